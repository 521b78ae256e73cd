//! The steps of a scenario.

use std::collections::HashMap;
use std::error::Error;

use census::{CatalogueError, Measure, MeasureMap, ProblemKind, TagKey, TagMap, TagValue};

use crate::model::{self, Record, Scenario, SetOp, Step, TagOp, ValueType, float, integer};
use crate::view::{AnyMeasure, AnyView};

/// The measures and views that a scenario has registered so far, by their ids.
pub(crate) struct Run<'a> {
    scenario: &'a Scenario,
    measures: HashMap<&'a str, AnyMeasure>,
    views: HashMap<&'a str, AnyView>,
}

impl<'a> Run<'a> {
    /// Registers the measures, and the views that are not left to a step.
    pub(crate) fn new(scenario: &'a Scenario) -> Self {
        for key in &scenario.tag_keys {
            if let Err(error) = TagKey::new(key.as_str()) {
                eprintln!("tag_key {key:?}: invalid_tag_key: {error}");
            }
        }
        let mut run = Self {
            scenario,
            measures: HashMap::new(),
            views: HashMap::new(),
        };
        for measure in &scenario.measures {
            match register_measure(measure) {
                Ok(registered) => drop(run.measures.insert(measure.id(), registered)),
                Err(error) => print_problems("measure", measure.id(), &error),
            }
        }
        for view in scenario.views.iter().filter(|view| view.register) {
            run.register_view(view);
        }
        run
    }

    pub(crate) fn step(&mut self, index: usize, step: &Step) -> Result<(), Box<dyn Error>> {
        match step {
            Step::Record(record) => self.record(index, record)?,
            Step::RegisterView { view } => {
                let views = &self.scenario.views;
                let view = views.iter().find(|other| other.id() == view);
                self.register_view(view.ok_or_else(|| format!("step {index}: no such view"))?);
            }
            Step::UnregisterView { view } => {
                let registered = self.views.get(view.as_str());
                if !registered.is_some_and(|view| (view.unregister)()) {
                    eprintln!("note: in step {index}, the view {view:?} is not registered");
                }
            }
        }
        Ok(())
    }

    fn register_view(&mut self, view: &'a model::View) {
        let former = self.views.get(view.id());
        let measure = self.measures.get(view.measure.as_str());
        let result = match (former, measure) {
            (Some(former), _) => (former.register)(),
            (None, Some(measure)) => {
                AnyView::new(view, measure).map(|new| drop(self.views.insert(view.id(), new)))
            }
            (None, None) => {
                eprintln!(
                    "view {:?}: invalid_view: its measure was rejected",
                    view.id()
                );
                return;
            }
        };
        if let Err(error) = result {
            print_problems("view", view.id(), &error);
        }
    }

    fn record(&self, index: usize, record: &Record) -> Result<(), Box<dyn Error>> {
        let tags = match tags(record) {
            Ok(tags) => tags,
            Err(error) => {
                eprintln!("step {index}: {error}");
                return Ok(());
            }
        };
        let mut measurements = MeasureMap::new();
        for (label, value) in &record.attachments {
            measurements = measurements.exemplar(label, value);
        }
        for (id, value) in &record.measurements {
            let wrong_type =
                || format!("step {index}: {value} is not a value of the measure {id:?}");
            match self.measures.get(id.as_str()) {
                Some(AnyMeasure::Int(measure)) => {
                    measurements =
                        measurements.put(measure, integer(value).ok_or_else(wrong_type)?);
                }
                Some(AnyMeasure::Float(measure)) => {
                    let value = float(value).ok_or_else(wrong_type)?;
                    if !value.is_finite() {
                        eprintln!("step {index}: not_finite: {value}");
                    }
                    measurements = measurements.put(measure, value);
                }
                None => eprintln!("note: in step {index}, the measure {id:?} was rejected before"),
            }
        }
        if record.context {
            tags.scope(|| measurements.record());
        } else {
            measurements.record_with(&tags);
        }
        Ok(())
    }
}

/// Prints why a declaration was rejected.
fn print_problems(what: &str, id: &str, error: &CatalogueError) {
    for problem in error.problems() {
        eprintln!("{what} {id:?}: {}: {problem}", kind_name(problem.kind()));
    }
}

/// The name of an error in the files.
pub(crate) fn kind_name(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Conflict => "conflict",
        ProblemKind::InvalidName => "invalid_name",
        ProblemKind::InvalidMeasure => "invalid_measure",
        ProblemKind::InvalidExporter => "invalid_exporter",
        _ => "invalid_view",
    }
}

fn register_measure(measure: &model::Measure) -> Result<AnyMeasure, CatalogueError> {
    let (name, description, unit) = (&*measure.name, &*measure.description, &*measure.unit);
    Ok(match measure.value {
        ValueType::Int => AnyMeasure::Int(
            Measure::builder(name)
                .description(description)
                .unit(unit)
                .register()?,
        ),
        ValueType::Float => AnyMeasure::Float(
            Measure::builder(name)
                .description(description)
                .unit(unit)
                .register()?,
        ),
    })
}

/// The tags of a step, from `tags` and `tag_ops`.
fn tags(record: &Record) -> Result<TagMap, String> {
    let mut map = TagMap::new();
    for (name, value) in record.tags.iter() {
        map.insert(&key(name)?, tag_value(value)?);
    }
    for operation in &record.tag_ops {
        match operation {
            TagOp::Set(SetOp::Insert, name, value) => {
                map.insert(&key(name)?, tag_value(value)?);
            }
            TagOp::Set(SetOp::Update, name, value) => {
                map.update(&key(name)?, tag_value(value)?);
            }
            TagOp::Set(SetOp::Upsert, name, value) => {
                map.upsert(&key(name)?, tag_value(value)?);
            }
            TagOp::Delete(_, name) => {
                map.delete(&key(name)?);
            }
        }
    }
    Ok(map)
}

fn key(name: &str) -> Result<TagKey, String> {
    TagKey::new(name).map_err(|error| format!("invalid_tag_key: {error}"))
}

fn tag_value(value: &str) -> Result<TagValue, String> {
    TagValue::new(value).map_err(|error| format!("invalid_tag_value: {error}"))
}
