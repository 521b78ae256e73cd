//! What to write instead: a name that keeps all rules at once, and what has to change of the measure.

use super::rules::{is_type, reserved_last_words, snake_case};
use super::taken_names::TakenNames;
use super::units::{self, Unit, says_unit};
use crate::aggregate::{self, MetricType};
use crate::declare::{MeasureDescriptor, ValueKind, ViewSpec, name, unit_word};
use crate::register::family_name;

/// What to write instead of a view's name or of its measure's unit.
pub(super) struct Proposal {
    /// What to do, in one line.
    pub(super) instead: String,
    /// Whether the measure must change.
    pub(super) changes_measure: bool,
}

impl Proposal {
    /// A proposal for a view whose name or unit is wrong. The proposed name is taken then.
    pub(super) fn new(view: &ViewSpec, taken: &mut TakenNames) -> Self {
        let clean = CleanName::of_view(view, &view.name);
        let unit = exported_unit(view, clean.said_unit);
        let metric_type = aggregate::metric_type(view);
        let measure = measure_change(view, clean.said_unit);
        let family = |name: &str| family_name("", name, metric_type);
        let name = clean.with_unit(unit);
        let is_changed = family(&name) != family(&view.name);
        let rename = is_changed.then(|| {
            // Prometheus's conventions put a library's name before the names of its metrics.
            let longer = format!("{}_{}", library_of(view), view.name);
            let names = [name, CleanName::of_view(view, &longer).with_unit(unit)];
            let free = names.iter().find(|name| taken.take(view, name));
            match free {
                Some(name) => rename(view, name),
                None => format!(
                    "write another name than `{}`, which are taken",
                    names.join("` and `")
                ),
            }
        });
        let both = [measure.clone(), rename].into_iter().flatten();
        Self {
            instead: both.collect::<Vec<_>>().join(", and "),
            changes_measure: measure.is_some(),
        }
    }
}

/// The word for the base unit of the values that a view exports, once its measure has changed. `said_unit` is that of the
/// unit that the view's name says, which tells what the measure does not.
fn exported_unit<'v>(view: &'v ViewSpec, said_unit: Option<&'v str>) -> Option<&'v str> {
    if !aggregate::has_unit(view) {
        return None;
    }
    let word = unit_word(&view.measure.descriptor.unit);
    let base = word.map(|word| Unit::of_word(word).map_or(word, |unit| unit.base));
    base.or(said_unit)
}

/// The library that a view's measure is of, by its name.
fn library_of(view: &ViewSpec) -> &str {
    let measure = &view.measure.descriptor.name;
    let library = measure.split('/').next();
    library.unwrap_or_default()
}

/// How to give a view another name.
fn rename(view: &ViewSpec, name: &str) -> String {
    if view.origin.crate_name().is_empty() {
        return format!("name the view `{name}`");
    }
    // A view without the option `name` has its identifier's name, in lower case.
    let is_identifier = |name: &str| {
        let mut bytes = name.bytes();
        !name.starts_with(|first: char| first.is_ascii_digit())
            && bytes.all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    if is_identifier(&view.name) && is_identifier(name) {
        let identifier = name.to_ascii_uppercase();
        format!("write `static {identifier}` or `{{ name: \"{name}\" }}`")
    } else {
        format!("write `{{ name: \"{name}\" }}`")
    }
}

/// How a view's measure has to change so that its values are in a base unit. `said_unit` is as above.
fn measure_change(view: &ViewSpec, said_unit: Option<&str>) -> Option<String> {
    let MeasureDescriptor {
        name, unit, kind, ..
    } = &view.measure.descriptor;
    if !aggregate::has_unit(view) {
        return None;
    }
    let base = match unit_word(unit) {
        Some(word) => {
            let unit = Unit::of_word(word)?;
            (!unit.is_base()).then_some(unit.base)?
        }
        None => said_unit?,
    };
    let change = match units::ucum(base) {
        _ if *kind == ValueKind::Duration => {
            format!(
                "leave out the unit `{unit}` of the measure `{name}`, so that it is exported in seconds"
            )
        }
        // A ratio has no unit.
        None if unit == "1" => format!("record values from 0 to 1 to the measure `{name}`"),
        None => {
            format!("record values from 0 to 1 to the measure `{name}`, without the unit `{unit}`")
        }
        Some("s") => format!(
            "give the measure `{name}` the unit `s` and values in seconds, or the type `Duration`"
        ),
        Some(ucum) => format!("give the measure `{name}` the unit `{ucum}` and values in {base}"),
    };
    Some(change)
}

/// A name that keeps the rules.
struct CleanName {
    words: Vec<String>,
    metric_type: MetricType,
    /// Whether the name ended with the suffix of counters.
    has_total: bool,
    /// The base unit for the first unit that was left out.
    said_unit: Option<&'static str>,
}

impl CleanName {
    /// A name for a view that would be named `name`.
    fn of_view(view: &ViewSpec, name: &str) -> Self {
        let metric_type = aggregate::metric_type(view);
        let measure = &view.measure.descriptor;
        let mut clean = Self::new(name, metric_type);
        if clean.words.is_empty() {
            let (_, last) = measure.name.rsplit_once('/').unwrap_or(("", &measure.name));
            clean.words = Self::new(last, metric_type).words;
        }
        if clean.words.is_empty() {
            clean.words.push("values".to_owned());
        }
        clean
    }

    /// This name, without the words that say a type, an abbreviated unit, or a unit that is not a base unit, and
    /// without the suffixes of other types.
    fn new(name: &str, metric_type: MetricType) -> Self {
        let name = snake_case(&name::sanitize(name));
        let mut words = Vec::new();
        let mut said_unit = None;
        for (index, word) in name.split('_').enumerate() {
            let is_later = index > 0;
            let abbreviated = units::of_abbreviation(word).filter(|_| is_later);
            let unit = Unit::of_word(word).filter(|unit| !unit.is_base());
            if let Some(base) = abbreviated.or(unit.map(|unit| unit.base)) {
                said_unit.get_or_insert(base);
            } else if !(word.is_empty() || is_later && is_type(word)) {
                words.push(word.to_owned());
            }
        }
        let ends_with = |words: &[String], ends: &[&str]| {
            let last = words.last().map_or("", String::as_str);
            words.len() > 1 && ends.contains(&last)
        };
        let has_total = metric_type == MetricType::Counter && ends_with(&words, &["total"]);
        if has_total {
            words.pop();
        }
        while ends_with(&words, reserved_last_words(metric_type)) {
            words.pop();
        }
        Self {
            words,
            metric_type,
            has_total,
            said_unit,
        }
    }

    /// The text, with a unit unless the name says it.
    fn with_unit(&self, unit: Option<&str>) -> String {
        let mut words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        words.extend(unit.filter(|unit| !says_unit(&words, unit)));
        if self.metric_type == MetricType::Histogram {
            while let [_, .., "timestamp", "seconds"] = words.as_slice() {
                words.remove(words.len() - 2);
            }
        }
        if self.has_total {
            words.push("total");
        }
        words.join("_")
    }
}
