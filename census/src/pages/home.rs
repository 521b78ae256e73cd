//! The page that says what is here.

use maud::{Markup, html};

use super::exposed::Exposed;
use super::number::length;
use super::page::Page;
use super::paths::PageKind;
use super::problems::problems;
use super::time::since;
use super::{layout, text};
use crate::collect::Collection;
use crate::register;

pub(super) fn page(exposed: &Exposed<'_>) -> Page {
    let program = layout::program();
    let content = html! {
        h1 { (program) }
        (links(exposed))
        h2 { "In numbers" }
        (facts(exposed))
        (problems(&exposed.problems))
    };
    layout::page(200, PageKind::Home, &program, exposed, &content)
}

fn links(exposed: &Exposed<'_>) -> Markup {
    let links = exposed.links;
    html! {
        dl {
            @if let Some(metrics) = &links.metrics {
                dt { a href=(metrics) { "/metrics" } }
                dd { "The values of all views, for Prometheus: " (exposed.formats.join(", ")) "." }
            }
            dt { a href=(links.statsz()) { "/statsz" } }
            dd { "Every measure and every view, and the rows of each view, with histograms." }
            dt { a href=(links.catalogue()) { "/catalogue.json" } }
            dd { "Everything that is declared, as JSON." }
            @if let Some(healthz) = &links.healthz {
                dt { a href=(healthz) { "/healthz" } }
                dd { "Answers while the program serves." }
            }
        }
    }
}

fn facts(exposed: &Exposed<'_>) -> Markup {
    let catalogue = register::catalogue();
    // The rows of observed measures are there only while they are read.
    let collection = Collection::of_all(exposed.observe_within);
    let rows = collection.views().map(|view| view.row_counts().rows).sum();
    let mut measures: Vec<(&str, bool)> = catalogue
        .measures
        .iter()
        .map(|measure| (measure.name.as_str(), measure.viewed))
        .collect();
    measures.sort_unstable();
    measures.dedup();
    let unviewed = measures.iter().filter(|(_, viewed)| !viewed).count();
    html! {
        dl {
            dt { "Library" }
            dd { "census " (env!("CARGO_PKG_VERSION")) }
            dt { "Exporter since" }
            dd { (since(exposed.since)) }
            dt { "Measures" }
            dd { (length(measures.len()).rounded) ", of which " (length(unviewed).rounded) " are used by no view" }
            dt { "Views" }
            dd { (length(collection.views().len()).rounded) }
            dt { "Rows" }
            dd { (length(rows).rounded) }
            @if !exposed.namespace.is_empty() {
                dt { "Namespace" }
                dd { code { (text::shown(exposed.namespace)) } }
            }
            @if !exposed.const_labels.is_empty() {
                dt { "Labels of all series" }
                dd {
                    @for (name, value) in &exposed.const_labels {
                        div { code { (name) } " = " (text::value(value)) }
                    }
                }
            }
        }
    }
}
