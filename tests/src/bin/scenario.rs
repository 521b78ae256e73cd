//! `scenario [--format openmetrics|text] FILE.json`: plays a conformance scenario through the run-time API and prints
//! the exposition of one scrape. What is refused is told on stderr, a line each, and the run goes on.
//!
//! `tests/conformance/README.md` describes the files.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program's output"
)]

use std::collections::HashMap;
use std::error::Error;
use std::process::ExitCode;

use census::prometheus::Exporter;
use census::{CatalogueError, Measure, Measurements, TagKey, TagMap, TagValue, View};
use serde_json::Value;

fn main() -> ExitCode {
    let mut format = "openmetrics".to_owned();
    let mut file = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--format" => format = args.next().unwrap_or_default(),
            _ => file = Some(arg),
        }
    }
    let accept = match format.as_str() {
        "openmetrics" => "application/openmetrics-text; version=1.0.0",
        "text" => "text/plain; version=0.0.4",
        _ => return usage(),
    };
    let Some(file) = file else { return usage() };
    match play(&file, accept) {
        Ok(body) => {
            print!("{body}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: scenario [--format openmetrics|text] FILE.json");
    ExitCode::from(2)
}

fn play(file: &str, accept: &str) -> Result<String, Box<dyn Error>> {
    let json: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let mut run = Run::default();
    for key in list(&json, "tag_keys") {
        run.tag_key(text(key)?);
    }
    for measure in list(&json, "measures") {
        run.measure(measure)?;
    }
    let views: HashMap<&str, &Value> = list(&json, "views")
        .map(|view| Ok((id(view)?, view)))
        .collect::<Result<_, Box<dyn Error>>>()?;
    for view in list(&json, "views").filter(|view| view["register"] != false) {
        run.register_view(view)?;
    }
    for (number, step) in list(&json, "steps").enumerate() {
        match text(&step["op"])? {
            "record" => run.record(number, step)?,
            "register_view" => {
                run.register_view(views.get(text(&step["view"])?).ok_or("no such view")?)?
            }
            "unregister_view" => run.unregister_view(text(&step["view"])?),
            other => return Err(format!("step {number}: unknown op `{other}`").into()),
        }
    }
    let mut exporter = Exporter::builder().namespace(text(&json["namespace"])?);
    for (name, value) in json["const_labels"].as_object().into_iter().flatten() {
        exporter = exporter.const_label(name, text(value)?);
    }
    let exporter = exporter.build_lenient();
    for problem in exporter.problems() {
        eprintln!("exporter: {problem}");
    }
    let scrape = exporter.scrape(Some(accept));
    if scrape.status == 200 {
        Ok(scrape.body)
    } else {
        Err(scrape.body.into())
    }
}

/// What the scenario has made so far, by its ids.
#[derive(Default)]
struct Run {
    measures: HashMap<String, AnyMeasure>,
    views: HashMap<String, AnyView>,
}

enum AnyMeasure {
    Int(Measure<i64>),
    Float(Measure<f64>),
}

/// A registered view, by what the scenario does with it.
struct AnyView {
    unregister: Box<dyn Fn() -> bool>,
    register: Box<dyn Fn() -> Result<(), CatalogueError>>,
}

impl Run {
    fn tag_key(&mut self, name: &str) {
        if let Err(error) = TagKey::new(name) {
            eprintln!("tag key {name:?}: invalid_tag_key: {error}");
        }
    }

    fn measure(&mut self, measure: &Value) -> Result<(), Box<dyn Error>> {
        let (name, description, unit) = (
            text(&measure["name"])?,
            text(&measure["description"])?,
            text(&measure["unit"])?,
        );
        macro_rules! register {
            ($type:ty, $variant:ident) => {
                Measure::<$type>::builder(name)
                    .description(description)
                    .unit(unit)
                    .register()
                    .map(AnyMeasure::$variant)
            };
        }
        let made = match text(&measure["type"])? {
            "int" => register!(i64, Int),
            "float" => register!(f64, Float),
            other => return Err(format!("unknown measure type `{other}`").into()),
        };
        let id = id(measure)?;
        match made {
            Ok(made) => {
                self.measures.insert(id.to_owned(), made);
            }
            Err(error) => eprintln!("measure {id:?}: {error}"),
        }
        Ok(())
    }

    fn register_view(&mut self, view: &Value) -> Result<(), Box<dyn Error>> {
        let id = id(view)?;
        let registered = match self.views.get(id) {
            Some(made) => (made.register)(),
            None => {
                let Some(measure) = self.measures.get(text(&view["measure"])?) else {
                    eprintln!("view {id:?}: invalid_view: its measure was refused");
                    return Ok(());
                };
                let made = match measure {
                    AnyMeasure::Int(measure) => make_view(view, measure, integer)?,
                    AnyMeasure::Float(measure) => make_view(view, measure, Value::as_f64)?,
                };
                made.map(|made| drop(self.views.insert(id.to_owned(), made)))
            }
        };
        if let Err(error) = registered {
            eprintln!("view {id:?}: {error}");
        }
        Ok(())
    }

    fn unregister_view(&mut self, id: &str) {
        if !self.views.get(id).is_some_and(|view| (view.unregister)()) {
            eprintln!("view {id:?}: not registered");
        }
    }

    fn record(&mut self, number: usize, step: &Value) -> Result<(), Box<dyn Error>> {
        let tags = match tags(step) {
            Ok(tags) => tags,
            Err(error) => {
                eprintln!("step {number}: {error}");
                return Ok(());
            }
        };
        let attachments: Vec<(&str, &str)> = step["attachments"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| Ok((name.as_str(), text(value)?)))
            .collect::<Result<_, Box<dyn Error>>>()?;
        let mut measurements = Measurements::new();
        for (label, value) in &attachments {
            measurements = measurements.exemplar(label, *value);
        }
        for measurement in list(step, "measurements") {
            match self.measures.get(text(&measurement[0])?) {
                Some(AnyMeasure::Int(measure)) => {
                    measurements =
                        measurements.put(measure, measurement[1].as_i64().ok_or("no integer")?);
                }
                Some(AnyMeasure::Float(measure)) => {
                    let value = float(&measurement[1])?;
                    if !value.is_finite() {
                        eprintln!("step {number}: not_finite: {}", measurement[1]);
                    }
                    measurements = measurements.put(measure, value);
                }
                None => eprintln!("step {number}: the measure {} was refused", measurement[0]),
            }
        }
        if step["context"] == true {
            tags.scope(|| measurements.record());
        } else {
            measurements.record_with(&tags);
        }
        Ok(())
    }
}

/// Registers a view over a measure whose numbers `number` reads.
fn make_view<T: census::Value>(
    view: &Value,
    measure: &Measure<T>,
    number: impl Fn(&Value) -> Option<T>,
) -> Result<Result<AnyView, CatalogueError>, Box<dyn Error>> {
    let (name, description) = (text(&view["name"])?, text(&view["description"])?);
    let mut columns = Vec::new();
    for column in list(view, "columns") {
        match TagKey::new(text(column)?) {
            Ok(key) => columns.push(key),
            Err(error) => return Ok(Err(error)),
        }
    }
    macro_rules! register {
        ($builder:expr) => {{
            let mut builder = $builder.description(description);
            for key in &columns {
                builder = builder.column(key);
            }
            builder.register().map(any_view)
        }};
    }
    let aggregation = &view["aggregation"];
    Ok(match text(&aggregation["type"])? {
        "count" => register!(View::count(name, measure)),
        "sum" => register!(View::sum(name, measure)),
        "last_value" => register!(View::last_value(name, measure)),
        "distribution" => {
            let bounds: Option<Vec<T>> = list(aggregation, "bounds").map(number).collect();
            register!(View::distribution(
                name,
                measure,
                bounds.ok_or("a bound of another type than the measure's")?
            ))
        }
        other => return Err(format!("unknown aggregation `{other}`").into()),
    })
}

fn any_view<A: census::Aggregation>(view: View<A>) -> AnyView {
    let again = view.clone();
    AnyView {
        unregister: Box::new(move || view.unregister()),
        register: Box::new(move || again.register()),
    }
}

/// The tags of a step, from `tags` or `tag_ops`.
fn tags(step: &Value) -> Result<TagMap, Box<dyn Error>> {
    let mut map = TagMap::empty();
    let mut insert = |key: &str, value: &Value| -> Result<(), Box<dyn Error>> {
        map.insert(&tag_key(key)?, tag_value(value)?);
        Ok(())
    };
    match &step["tags"] {
        Value::Object(tags) => tags
            .iter()
            .try_for_each(|(key, value)| insert(key, value))?,
        Value::Array(tags) => tags
            .iter()
            .try_for_each(|tag| insert(text(&tag[0])?, &tag[1]))?,
        _ => {}
    }
    for operation in list(step, "tag_ops") {
        let key = tag_key(text(&operation[1])?)?;
        match text(&operation[0])? {
            "insert" => map.insert(&key, tag_value(&operation[2])?),
            "update" => map.update(&key, tag_value(&operation[2])?),
            "upsert" => map.upsert(&key, tag_value(&operation[2])?),
            "delete" => map.delete(&key),
            other => return Err(format!("unknown tag operation `{other}`").into()),
        }
    }
    Ok(map)
}

fn tag_key(name: &str) -> Result<TagKey, Box<dyn Error>> {
    TagKey::new(name).map_err(|error| format!("invalid_tag_key: {error}").into())
}

fn tag_value(value: &Value) -> Result<TagValue, Box<dyn Error>> {
    TagValue::new(text(value)?).map_err(|error| format!("invalid_tag_value: {error}").into())
}

/// An integer, also one that is written as `16.0`.
fn integer(value: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number within 2^53"
    )]
    let whole =
        |value: f64| (value.fract() == 0.0 && value.abs() < 2f64.powi(53)).then_some(value as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(whole))
}

/// A number as JSON has it, or `"NaN"`, `"+Inf"`, `"-Inf"`, `"-0.0"`.
fn float(value: &Value) -> Result<f64, Box<dyn Error>> {
    match value {
        Value::String(text) => Ok(text.parse()?),
        value => value
            .as_f64()
            .ok_or_else(|| format!("no number: {value}").into()),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value[key].as_array().into_iter().flatten()
}

fn id(value: &Value) -> Result<&str, Box<dyn Error>> {
    text(if value["id"].is_null() {
        &value["name"]
    } else {
        &value["id"]
    })
}

fn text(value: &Value) -> Result<&str, Box<dyn Error>> {
    value
        .as_str()
        .ok_or_else(|| format!("no text: {value}").into())
}
