//! What a view's page says of the view, beside its rows.

use maud::{Markup, html};

use super::exposed::Exposed;
use super::number::{Unit, count, length};
use super::rows::Selection;
use super::{text, time, views};
use crate::aggregate::{Removal, SortedValues};
use crate::collect::CollectedView;
use crate::declare::{Column, MeasureSource};

/// How many values of a closed set are listed.
const MAX_LISTED: usize = 20;

pub(super) fn facts(
    view: CollectedView<'_>,
    selection: &Selection,
    exposed: &Exposed<'_>,
) -> Markup {
    let spec = view.spec();
    let counts = view.row_counts();
    let measure = &spec.measure.descriptor;
    let removed = Removal::ALL.iter().map(|reason| view.removed_rows(*reason));
    html! {
        dl {
            dt { "Exported as" }
            dd { span.name { (exposed.series(spec)) } }
            dt { "Aggregation" }
            dd { (views::aggregation(spec.aggregation.kind)) " of " span.name { (text::shown(&measure.name)) }
                @match measure.source {
                    MeasureSource::Recorded => "",
                    MeasureSource::Observed => ", which is read when the page is loaded",
                    MeasureSource::ObservedTotal => ", a running total, which is read when the page is loaded",
                }
            }
            dt { "Unit" }
            dd { (text::shown(crate::aggregate::unit(spec))) }
            dt { "Rows" }
            dd {
                (length(selection.total).markup())
                @if !spec.columns.is_empty() {
                    "; " (length(counts.counted).rounded) " of at most " (length(counts.max).rounded) " that may come ("
                    (format!("{:.0}", 100.0 * views::share(counts.counted, counts.max))) "\u{a0}%)"
                }
            }
            @if let Some(idle) = spec.idle {
                dt { "Idle rows" }
                dd { "leave after " (Unit { ucum: "s" }.number(idle.after.into()).rounded) " without a measurement" }
            }
            @if removed.sum::<u64>() > 0 {
                dt { "Removed rows" }
                dd { (removed_rows(view)) }
            }
            dt { "Registered" }
            dd { (time::since(view.start())) }
            dt { "Declared at" }
            dd { (text::shown(&spec.origin.to_string())) }
            @for (column, values) in spec.columns.iter().zip(view.closed_columns()) {
                @if let Some(values) = values { (closed_set(column, values)) }
            }
        }
        @if view.overflowed() > 0 {
            div.notice {
                (count(view.overflowed()).markup()) " measurements came when the view had as many rows as it may. They are in "
                "the rows whose columns have the value " span.name { "_overflow" } "."
            }
        }
        @if view.is_unread() {
            div.notice { "The measure could not be read in time, or its reading failed: the rows are missing." }
        }
    }
}

fn removed_rows(view: CollectedView<'_>) -> Markup {
    let rows = |reason| count(view.removed_rows(reason)).rounded;
    html! {
        (rows(Removal::Idle)) " were idle, " (rows(Removal::Removed)) " the program removed one by one, "
        (rows(Removal::Cleared)) " it removed with all others"
    }
}

fn closed_set(column: &Column, values: &SortedValues) -> Markup {
    let further = values.iter().len().saturating_sub(MAX_LISTED);
    html! {
        dt { "Values of " span.name { (column.label()) } }
        dd {
            @for (index, value) in values.iter().take(MAX_LISTED).enumerate() {
                @if index > 0 { ", " }
                (text::value(value))
            }
            @if further > 0 { " and " (further) " more" }
            "; any other is counted as " span.name { "_other" }
        }
    }
}
