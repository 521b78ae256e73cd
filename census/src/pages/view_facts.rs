//! What a view's page says of the view, beside its rows.

use maud::{Markup, html};

use super::exposed::Exposed;
use super::number::{Unit, count, length};
use super::rows::Selection;
use super::{text, time, views};
use crate::aggregate::{self, Removal, SortedValues};
use crate::collect::CollectedView;
use crate::declare::{Column, MeasureSource, unit_word};

/// How many values of a closed set are listed.
const MAX_LISTED: usize = 20;

/// What the rows are, in a line.
pub(super) fn summary(view: CollectedView<'_>, selection: &Selection) -> Markup {
    let spec = view.spec();
    let rows = match selection.total {
        1 => "1 row".to_owned(),
        total => format!("{} rows", length(total).rounded),
    };
    html! {
        p.muted {
            (first_upper(views::aggregation(spec.aggregation.kind))) " of "
            span.name { (text::name(&spec.measure.descriptor.name)) }
            @match aggregate::unit(spec) {
                "1" => "",
                unit => { ", in " (unit_words(unit)) }
            }
            ", " (rows)
            @if !spec.columns.is_empty() && !view.is_unread() {
                " (" (views::percent(view.row_counts())) " of " span.name { "max_series" } ")"
            }
            ". " a href="#about" { "About the view" }
        }
    }
}

fn first_upper(word: &str) -> String {
    let (first, rest) = word.split_at_checked(1).unwrap_or_default();
    first.to_ascii_uppercase() + rest
}

/// A unit, with a word if there is one for it.
fn unit_words(ucum: &str) -> Markup {
    html! {
        @match unit_word(ucum) {
            Some(word) => (word),
            None => (text::shown(ucum)),
        }
    }
}

/// What a reader of the rows should know.
pub(super) fn warnings(view: CollectedView<'_>) -> Markup {
    html! {
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

/// The definition of the view, and what has become of its rows.
pub(super) fn facts(view: CollectedView<'_>, exposed: &Exposed<'_>) -> Markup {
    let spec = view.spec();
    let counts = view.row_counts();
    let measure = &spec.measure.descriptor;
    let removed = Removal::ALL.iter().map(|reason| view.removed_rows(*reason));
    html! {
        dl {
            dt { "Exported as" }
            dd { span.name { (text::name(&exposed.series(spec))) } }
            dt { "Measure" }
            dd {
                span.name { (text::name(&measure.name)) }
                @match measure.source {
                    MeasureSource::Recorded => "",
                    MeasureSource::Observed => ", which is read when the page is loaded",
                    MeasureSource::ObservedTotal => ", a running total, which is read when the page is loaded",
                }
            }
            @if !spec.columns.is_empty() {
                dt { "Rows" }
                dd {
                    (length(counts.counted).rounded) " of at most " (length(counts.max).rounded)
                    ", without those from the start and overflow rows"
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
            @for (column, values) in spec.columns.iter().zip(view.closed_columns()) {
                @if let Some(values) = values { (closed_set(column, values)) }
            }
            dt { "Registered" }
            dd { (time::since(view.start())) }
            dt { "Declared at" }
            dd { (text::shown(&spec.origin.to_string())) }
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
