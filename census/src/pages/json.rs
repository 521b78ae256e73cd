//! What is declared, as JSON.

use serde::Serialize;

use super::exposed::Exposed;
use super::page::Page;
use crate::aggregate::MetricType;
use crate::collect::Collection;
use crate::register::{self, Catalogue, Problem, family_name};

/// The catalogue, and what the exporter makes of it. [`Exporter::page`](crate::prometheus::Exporter::page) documents it.
#[derive(Serialize)]
struct Document<'d> {
    census: &'static str,
    namespace: &'d str,
    const_labels: Vec<Label<'d>>,
    /// Its own problems are among those of the exporter.
    #[serde(flatten)]
    catalogue: Catalogue,
    families: Vec<Family<'d>>,
    exporter_problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Label<'d> {
    name: &'d str,
    value: &'d str,
}

/// The family of a registered view.
#[derive(Serialize)]
struct Family<'d> {
    view: &'d str,
    name: String,
    #[serde(rename = "type")]
    metric_type: &'static str,
}

pub(super) fn page(exposed: &Exposed<'_>) -> Page {
    let collection = Collection::of_definitions();
    let catalogue = register::catalogue();
    let families = collection.views().map(|view| {
        let spec = view.spec();
        let metric_type = crate::aggregate::metric_type(spec);
        Family {
            view: &spec.name,
            name: family_name(exposed.namespace_of(spec), &spec.name, metric_type),
            metric_type: word(metric_type),
        }
    });
    let problems = exposed.problems.iter();
    let problems = problems.filter(|problem| !catalogue.problems.contains(problem));
    let labels = exposed.const_labels.iter();
    let document = Document {
        census: env!("CARGO_PKG_VERSION"),
        namespace: exposed.namespace,
        const_labels: labels.map(|(name, value)| Label { name, value }).collect(),
        families: families.collect(),
        exporter_problems: problems.cloned().collect(),
        catalogue,
    };
    // It has no maps with other keys than texts, and no numbers that JSON has not.
    let mut json = serde_json::to_string_pretty(&document).unwrap_or_default();
    json.push('\n');
    Page::json(json)
}

/// Prometheus's word for the type of a family.
const fn word(metric_type: MetricType) -> &'static str {
    match metric_type {
        MetricType::Counter => "counter",
        MetricType::Gauge => "gauge",
        MetricType::Histogram => "histogram",
    }
}
