//! The views: those that are registered, with the number of their rows, and the others.

use maud::{Markup, html};

use super::exposed::Exposed;
use super::number::{count, length};
use super::query::Query;
use super::table::{Heading, Key, is_wanted, link_of, measure_id};
use super::{table, text};
use crate::aggregate::{Removal, RowCounts};
use crate::collect::{CollectedView, Collection};
use crate::declare::{AggregationKind, Column};
use crate::register::{CatalogueView, ViewState};

struct ViewEntry<'c> {
    view: CollectedView<'c>,
    counts: RowCounts,
    removed: u64,
    columns: String,
}

impl<'c> ViewEntry<'c> {
    fn new(view: CollectedView<'c>) -> Self {
        let columns = view.spec().columns.iter().map(Column::label);
        let removed = Removal::ALL.iter().map(|reason| view.removed_rows(*reason));
        Self {
            view,
            counts: view.row_counts(),
            removed: removed.sum(),
            columns: columns.collect::<Vec<_>>().join(", "),
        }
    }

    fn key(&self, sort: &str) -> Option<Key<'_>> {
        let spec = self.view.spec();
        Some(match sort {
            "name" => Key::Text(&spec.name),
            "aggregation" => Key::Text(aggregation(spec.aggregation.kind)),
            "measure" => Key::Text(&spec.measure.descriptor.name),
            "columns" => Key::Text(&self.columns),
            "rows" => Key::of(self.counts.rows as u64),
            "share" => Key::Number(share(self.counts)),
            "overflowed" => Key::of(self.view.overflowed()),
            "removed" => Key::of(self.removed),
            _ => return None,
        })
    }
}

/// The part of `max_series` that is used.
#[expect(clippy::cast_precision_loss, reason = "a share is rounded")]
fn share(counts: RowCounts) -> f64 {
    counts.counted as f64 / counts.max.max(1) as f64
}

pub(super) fn views(query: &mut Query, collection: &Collection, exposed: &Exposed<'_>) -> Markup {
    let all = collection.views();
    let wanted = all.filter(|view| {
        let spec = view.spec();
        let family = exposed.series(spec);
        let measure = &spec.measure.descriptor.name;
        is_wanted(query, &[&spec.name, &family, measure, &spec.description])
    });
    let mut entries: Vec<ViewEntry<'_>> = wanted.map(ViewEntry::new).collect();
    let matches = entries.len();
    let notice = table::sorted_page(&mut entries, &query.list, ViewEntry::key);
    if let Some(notice) = notice {
        query.notice(&notice);
    }
    let statsz = exposed.links.statsz();
    let link = link_of(query, &statsz, |query| &mut query.list);
    let headings = [
        Heading::of_text("name", "View"),
        Heading::of_number("rows", "Rows"),
        Heading::of_number("share", "Of max_series")
            .with_title("how much of its bound on rows the view has used"),
        Heading::of_number("overflowed", "Overflowed")
            .with_title("measurements that went to overflow rows"),
        Heading::of_number("removed", "Removed rows"),
        Heading::of_text("aggregation", "Aggregation"),
        Heading::of_text("measure", "Measure"),
        Heading::of_text("columns", "Columns"),
    ];
    html! {
        (table::scrolled("views", &html! {
            table {
                thead { tr { @for heading in &headings { (heading.cell(&query.list, &link)) } } }
                tbody { @for entry in &entries { (view_row(entry, exposed)) } }
            }
        }))
        (table::pages("views", &query.list, matches, matches, &link))
    }
}

fn view_row(entry: &ViewEntry<'_>, exposed: &Exposed<'_>) -> Markup {
    let spec = entry.view.spec();
    let series = exposed.series(spec);
    let overflowed = entry.view.overflowed();
    html! {
        tr {
            th.name-cell scope="row" {
                a.name href=(exposed.view_link(&spec.name)) { (text::name(&spec.name)) }
                @if series != *spec.name { div.small.muted { "exported as " span.name { (text::name(&series)) } } }
                @if entry.view.is_unread() { " " span.badge.warn { "could not be read" } }
                div.small.muted { (text::shown(&spec.description)) }
            }
            td.number-cell { (length(entry.counts.rows).markup()) }
            td.number-cell {
                // Without columns, there is nothing to bound.
                @if spec.columns.is_empty() { span.muted { "–" } } @else { (share_bar(entry.counts)) }
            }
            td.number-cell {
                @if overflowed > 0 { span.badge.warn { (count(overflowed).markup()) } } @else { "0" }
            }
            td.number-cell { (removed(entry.view)) }
            td { (aggregation(spec.aggregation.kind)) }
            td.place-cell { a.name href={ "#" (measure_id(&spec.measure.descriptor.name)) } { (text::name(&spec.measure.descriptor.name)) } }
            td.value-cell {
                @if entry.columns.is_empty() { span.none { "none: one row" } } @else { span.name { (entry.columns) } }
            }
        }
    }
}

/// How many rows were removed, with the reasons as a tooltip.
fn removed(view: CollectedView<'_>) -> Markup {
    let reasons = Removal::ALL.map(|reason| (reason, view.removed_rows(reason)));
    let total: u64 = reasons.iter().map(|(_, rows)| *rows).sum();
    let words = reasons.map(|(reason, rows)| {
        let word = match reason {
            Removal::Idle => "idle",
            Removal::Removed => "by the program",
            Removal::Cleared => "with all others",
        };
        format!("{rows} {word}")
    });
    html! {
        @if total == 0 { "0" } @else { span.number title=(words.join(", ")) { (count(total).rounded) } }
    }
}

/// A share of `max_series`, with a bar.
fn share_bar(counts: RowCounts) -> Markup {
    let part = share(counts).min(1.0);
    let width = if counts.counted > 0 {
        (part * 100.0).max(1.5)
    } else {
        0.0
    };
    html! {
        span.number title={ (counts.counted) " of " (counts.max) " rows" } { (percent(counts)) }
        svg.share viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.back width="100" height="10" rx="2" {}
            rect.bar.full[part >= 0.9] width=(format!("{width:.1}")) height="10" rx="2" {}
        }
    }
}

/// The same in words.
pub(super) fn percent(counts: RowCounts) -> String {
    match 100.0 * share(counts) {
        0.0 => "0\u{a0}%".to_owned(),
        percent if percent < 0.1 => "less than 0.1\u{a0}%".to_owned(),
        percent if percent < 10.0 => format!("{percent:.1}\u{a0}%"),
        percent => format!("{percent:.0}\u{a0}%"),
    }
}

/// A word for an aggregation.
pub(super) const fn aggregation(kind: AggregationKind) -> &'static str {
    match kind {
        AggregationKind::Count => "count",
        AggregationKind::Sum => "sum",
        AggregationKind::LastValue => "last value",
        AggregationKind::Distribution => "distribution",
    }
}

/// The views that are declared and not registered.
pub(super) fn offered(views: &[CatalogueView]) -> Markup {
    let others = || {
        let others = views.iter();
        others.filter(|view| view.state != ViewState::Registered)
    };
    html! {
        @if others().next().is_some() {
            h2 #offered { "Views that are not registered" }
            (table::scrolled("views that are not registered", &html! {
                table {
                    thead { tr {
                        th scope="col" { "View" }
                        th scope="col" { "Aggregation" }
                        th scope="col" { "Measure" }
                        th scope="col" { "State" }
                        th scope="col" { "Declared at" }
                    } }
                    tbody {
                        @for view in others() {
                            tr {
                                th.name-cell scope="row" {
                                    span.name { (text::name(&view.name)) }
                                    div.small.muted { (text::shown(&view.description)) }
                                }
                                td { (aggregation(view.aggregation)) }
                                td.place-cell { span.name { (text::name(&view.measure)) } }
                                td { (state(view.state)) }
                                td.place-cell { (text::shown(&view.origin.to_string())) }
                            }
                        }
                    }
                }
            }))
        }
    }
}

const fn state(state: ViewState) -> &'static str {
    match state {
        ViewState::Registered => "registered",
        ViewState::Optional => "optional: registered on request",
        ViewState::Rejected => "rejected: see the problems",
        ViewState::Unregistered => "unregistered by the program",
    }
}
