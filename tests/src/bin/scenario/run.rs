//! The steps.

use std::collections::HashMap;
use std::error::Error;

use census::{CatalogueError, Measure, MeasureMap, ProblemKind, TagKey, TagMap, TagValue};

use crate::model::{self, Record, Scenario, SetOp, Step, TagOp, ValueType, float, integer};
use crate::view::{AnyMeasure, AnyView};

/// What the scenario has made so far, by its ids.
pub(crate) struct Run<'a> {
    scenario: &'a Scenario,
    measures: HashMap<&'a str, AnyMeasure>,
    views: HashMap<&'a str, AnyView>,
}

impl<'a> Run<'a> {
    /// Makes what stands before the steps.
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
                Ok(made) => drop(run.measures.insert(measure.id(), made)),
                Err(error) => tell("measure", measure.id(), &error),
            }
        }
        for view in scenario.views.iter().filter(|view| view.register) {
            run.register_view(view);
        }
        run
    }

    pub(crate) fn step(&mut self, number: usize, step: &Step) -> Result<(), Box<dyn Error>> {
        match step {
            Step::Record(record) => self.record(number, record)?,
            Step::RegisterView { view } => {
                let views = &self.scenario.views;
                let view = views.iter().find(|other| other.id() == view);
                self.register_view(view.ok_or_else(|| format!("step {number}: no such view"))?);
            }
            Step::UnregisterView { view } => {
                let known = self.views.get(view.as_str());
                if !known.is_some_and(|view| (view.unregister)()) {
                    eprintln!("note: in step {number}, the view {view:?} is not registered");
                }
            }
        }
        Ok(())
    }

    fn register_view(&mut self, view: &'a model::View) {
        let known = self.views.get(view.id());
        let measure = self.measures.get(view.measure.as_str());
        let registered = match (known, measure) {
            (Some(made), _) => (made.register)(),
            (None, Some(measure)) => {
                AnyView::new(view, measure).map(|made| drop(self.views.insert(view.id(), made)))
            }
            (None, None) => {
                eprintln!(
                    "view {:?}: invalid_view: its measure was refused",
                    view.id()
                );
                return;
            }
        };
        if let Err(error) = registered {
            tell("view", view.id(), &error);
        }
    }

    fn record(&self, number: usize, record: &Record) -> Result<(), Box<dyn Error>> {
        let tags = match tags(record) {
            Ok(tags) => tags,
            Err(error) => {
                eprintln!("step {number}: {error}");
                return Ok(());
            }
        };
        let mut measurements = MeasureMap::new();
        for (label, value) in &record.attachments {
            measurements = measurements.exemplar(label, value);
        }
        for (id, value) in &record.measurements {
            let no_value = || format!("step {number}: {value} is no value of the measure {id:?}");
            match self.measures.get(id.as_str()) {
                Some(AnyMeasure::Int(measure)) => {
                    measurements = measurements.put(measure, integer(value).ok_or_else(no_value)?);
                }
                Some(AnyMeasure::Float(measure)) => {
                    let value = float(value).ok_or_else(no_value)?;
                    if !value.is_finite() {
                        eprintln!("step {number}: not_finite: {value}");
                    }
                    measurements = measurements.put(measure, value);
                }
                None => eprintln!("note: in step {number}, the measure {id:?} was refused before"),
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

/// Tells what was refused, and of what kind the problems are.
fn tell(what: &str, id: &str, error: &CatalogueError) {
    for problem in error.problems() {
        eprintln!("{what} {id:?}: {}: {problem}", kind(problem.kind()));
    }
}

/// What the files call it.
pub(crate) fn kind(kind: ProblemKind) -> &'static str {
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
        map.insert(&key(name)?, text(value)?);
    }
    for operation in &record.tag_ops {
        match operation {
            TagOp::Set(SetOp::Insert, name, value) => {
                map.insert(&key(name)?, text(value)?);
            }
            TagOp::Set(SetOp::Update, name, value) => {
                map.update(&key(name)?, text(value)?);
            }
            TagOp::Set(SetOp::Upsert, name, value) => {
                map.upsert(&key(name)?, text(value)?);
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

fn text(value: &str) -> Result<TagValue, String> {
    TagValue::new(value).map_err(|error| format!("invalid_tag_value: {error}"))
}
