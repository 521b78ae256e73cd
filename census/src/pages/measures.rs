//! The measures, those that no view uses among them.

use std::collections::HashMap;

use maud::{Markup, html};

use super::exposed::Exposed;
use super::listing::Listing;
use super::number::count;
use super::query::Query;
use super::table::{Heading, Key, is_wanted, link_of, measure_id};
use super::{table, text};
use crate::collect::Collection;
use crate::declare::ValueKind;
use crate::observe;
use crate::register::{self, Catalogue, CatalogueMeasure};

struct MeasureEntry<'c> {
    measure: &'c CatalogueMeasure,
    views: &'c [String],
    /// The places of equal definitions, which are one measure.
    places: Vec<String>,
    /// How many values were refused, of a measure that may refuse some.
    refused: Option<u64>,
    failures: &'c [(&'static str, u64)],
}

impl MeasureEntry<'_> {
    fn key(&self, sort: &str) -> Option<Key<'_>> {
        Some(match sort {
            "name" => Key::Text(&self.measure.name),
            "unit" => Key::Text(&self.measure.unit),
            "type" => Key::Text(value_kind(self.measure.value_kind)),
            "place" => Key::Text(self.places.first()?),
            "views" => Key::of(self.views.len() as u64),
            "refused" => Key::of(self.refused.unwrap_or(0)),
            _ => return None,
        })
    }
}

pub(super) fn measures(
    query: &mut Query,
    catalogue: &Catalogue,
    collection: &Collection,
    exposed: &Exposed<'_>,
) -> Markup {
    let mut views: HashMap<&str, Vec<String>> = HashMap::new();
    for view in collection.views() {
        let spec = view.spec();
        let of_measure = views.entry(&spec.measure.descriptor.name).or_default();
        of_measure.push(spec.name.to_string());
    }
    let refused: HashMap<String, u64> = register::rejected_values().into_iter().collect();
    let mut failures: HashMap<String, Vec<(&'static str, u64)>> = HashMap::new();
    for (measure, reason, times) in observe::failures() {
        failures
            .entry(measure)
            .or_default()
            .push((reason.label(), times));
    }
    let wanted = catalogue
        .measures
        .iter()
        .filter(|measure| is_wanted(query, &[&measure.name, &measure.description]));
    let mut entries: Vec<MeasureEntry<'_>> = Vec::new();
    let mut indices: HashMap<&str, usize> = HashMap::new();
    for measure in wanted {
        let index = *indices.entry(&measure.name).or_insert(entries.len());
        match entries.get_mut(index) {
            Some(equal) => equal.places.push(measure.origin.to_string()),
            None => entries.push(entry(measure, &views, &refused, &failures)),
        }
    }
    let matches = entries.len();
    let notice = table::sorted_page(&mut entries, &query.measures, MeasureEntry::key);
    if let Some(notice) = notice {
        query.notice(&notice);
    }
    let statsz = exposed.links.statsz();
    let link = link_of(query, &statsz, |query| &mut query.measures);
    let link = |list: Listing| format!("{}#measures", link(list));
    let headings = [
        Heading::of_text("name", "Measure"),
        Heading::of_text("unit", "Unit"),
        Heading::of_text("type", "Type"),
        Heading::of_text("views", "Views"),
        Heading::of_number("refused", "Refused")
            .with_title("values that were NaN or infinite, and negative totals"),
        Heading::of_text("place", "Declared at"),
    ];
    html! {
        (table::scrolled("measures", &html! {
            table {
                thead { tr { @for heading in &headings { (heading.cell(&query.measures, link)) } } }
                tbody { @for entry in &entries { (measure_row(entry, exposed)) } }
            }
        }))
        (table::pages("measures", &query.measures, matches, matches, link))
    }
}

fn entry<'c>(
    measure: &'c CatalogueMeasure,
    views: &'c HashMap<&str, Vec<String>>,
    refused: &HashMap<String, u64>,
    failures: &'c HashMap<String, Vec<(&'static str, u64)>>,
) -> MeasureEntry<'c> {
    let name = measure.name.as_str();
    MeasureEntry {
        measure,
        views: views.get(name).map_or(&[], Vec::as_slice),
        places: vec![measure.origin.to_string()],
        refused: refused.get(name).copied(),
        failures: failures.get(name).map_or(&[], Vec::as_slice),
    }
}

fn measure_row(entry: &MeasureEntry<'_>, exposed: &Exposed<'_>) -> Markup {
    let measure = entry.measure;
    html! {
        tr id=(measure_id(&measure.name)) {
            th.name-cell scope="row" {
                span.name { (text::name(&measure.name)) }
                @if measure.total { " " span.badge { "total, read" } }
                @else if measure.observed { " " span.badge { "read" } }
                div.small.muted { (text::shown(&measure.description)) }
                @for (reason, times) in entry.failures {
                    div.small { span.badge.warn { "readings failed: " (reason) ", " (count(*times).rounded) } }
                }
            }
            td { (text::shown(&measure.unit)) }
            td { (value_kind(measure.value_kind)) }
            td.value-cell {
                @if entry.views.is_empty() { span.badge { "no view uses it" } }
                @for view in entry.views { div { a.name href=(exposed.view_link(view)) { (text::name(view)) } } }
            }
            td.number-cell {
                @match entry.refused {
                    None => span.muted { "–" },
                    Some(0) => "0",
                    Some(refused) => span.badge.warn { (count(refused).markup()) },
                }
            }
            td.place-cell { @for place in &entry.places { div { (text::shown(place)) } } }
        }
    }
}

/// A word for a type of values.
const fn value_kind(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::U64 => "u64",
        ValueKind::I64 => "i64",
        ValueKind::F64 => "f64",
        ValueKind::Duration => "duration",
    }
}
