//! The page of one view's rows.

use maud::{Markup, html};

use super::exposed::Exposed;
use super::listing::Listing;
use super::number::{Unit, Words, count};
use super::page::Page;
use super::paths::PageKind;
use super::query::{COLUMN, Query};
use super::rows::{MAX_SORTED, Order, Selection, ShownRow, select};
use super::sort_key::SortBy;
use super::table::{Heading, link_of};
use super::{histogram, layout, quantile, table, text, view_facts};
use crate::aggregate::{Data, DistributionData};
use crate::collect::{CollectedView, Collection};
use crate::declare::{AggregationKind, Column, ViewSpec};

/// How many bytes the rows of a page may have. A thousand rows of hostile values, with histograms, may have more.
const MAX_BYTES: usize = 4 << 20;

/// The quantiles that are estimated.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

pub(super) fn page(name: &str, mut query: Query, exposed: &Exposed<'_>) -> Page {
    let collection = Collection::of_name(name, exposed.observe_within);
    let Some(view) = collection.views().next() else {
        return missing(name, exposed);
    };
    let spec = view.spec();
    query.keep_columns(|label| spec.columns.iter().any(|column| column.label() == label));
    let headings = headings(spec);
    let order = order(&mut query, &headings);
    if order.is_some() {
        keep_reachable(&mut query);
    }
    let selection = select(view, &query, order);
    let rows = rows(view, &query, &headings, &selection, exposed);
    let title = text::plain(&spec.name);
    let content = html! {
        h1.name { (text::name(&spec.name)) }
        p { (text::shown(&spec.description)) }
        (view_facts::summary(view, &selection))
        (layout::notices(query.notices()))
        (view_facts::warnings(view))
        (rows)
        h2 #about { "About the view" }
        (view_facts::facts(view, exposed))
    };
    layout::page(200, PageKind::Statsz, &title, exposed, &content)
}

fn missing(name: &str, exposed: &Exposed<'_>) -> Page {
    let content = html! {
        h1 { "There is no such view" }
        p { "No view named " (text::value(name)) " is registered." }
        p { a href=(exposed.links.statsz()) { "All views" } }
    };
    layout::page(
        404,
        PageKind::Statsz,
        "There is no such view",
        exposed,
        &content,
    )
}

/// What the rows of a view can be sorted by, in the order of its table's columns.
fn headings(spec: &ViewSpec) -> Vec<(Heading, SortBy)> {
    let columns = spec.columns.iter().enumerate().map(|(index, column)| {
        let label = column.label();
        let heading = Heading::of_text(&format!("{COLUMN}{label}"), label);
        (heading, SortBy::Column(index))
    });
    let of_data = match spec.aggregation.kind {
        AggregationKind::Distribution => {
            let mut headings = vec![
                (Heading::of_number("count", "Count"), SortBy::Count),
                (Heading::of_number("sum", "Sum"), SortBy::Sum),
                (Heading::of_number("mean", "Mean"), SortBy::Mean),
                (Heading::of_number("min", "Min"), SortBy::Min),
                (Heading::of_number("max", "Max"), SortBy::Max),
                (
                    Heading::of_number("deviation", "Deviation")
                        .with_title("the sample standard deviation"),
                    SortBy::Deviation,
                ),
            ];
            headings.extend(QUANTILES.map(|(name, part)| {
                let heading = Heading::of_number(name, name).with_note("estimated");
                let heading = heading.with_title("estimated from the counts of the buckets");
                (heading, SortBy::Quantile(part))
            }));
            headings
        }
        AggregationKind::Count | AggregationKind::Sum | AggregationKind::LastValue => {
            vec![(Heading::of_number("value", "Value"), SortBy::Value)]
        }
    };
    columns.chain(of_data).collect()
}

fn order(query: &mut Query, headings: &[(Heading, SortBy)]) -> Option<Order> {
    let sort = query.list.sort.clone()?;
    let mut headings = headings.iter();
    let found = headings.find(|(heading, _)| heading.sort.as_ref() == Some(&sort));
    if found.is_none() {
        query.notice(&format!("there is no order `{sort}`"));
        query.list.sort = None;
    }
    found.map(|(_, by)| Order {
        by: *by,
        descending: query.list.descending,
    })
}

/// Goes to the last page of a sorted list that can be reached, if the query asks for a later one.
fn keep_reachable(query: &mut Query) {
    let last = MAX_SORTED / query.list.per_page;
    if query.list.page > last {
        query.list.page = last;
        query.notice(&format!(
            "of a sorted list, the first {MAX_SORTED} rows are shown: filter it, or sort it the other way"
        ));
    }
}

fn rows(
    view: CollectedView<'_>,
    query: &Query,
    headings: &[(Heading, SortBy)],
    selection: &Selection,
    exposed: &Exposed<'_>,
) -> Markup {
    let spec = view.spec();
    let statsz = exposed.links.statsz();
    let link = link_of(query, &statsz, |query| &mut query.list);
    let (body, left_out) = body(view, selection);
    let reachable = match query.list.sort {
        Some(_) => selection.matches.min(MAX_SORTED),
        None => selection.matches,
    };
    let pages = table::pages("rows", &query.list, selection.matches, reachable, &link);
    let is_distribution = spec.aggregation.kind == AggregationKind::Distribution;
    html! {
        @if !spec.columns.is_empty() { (filters(query, &spec.columns, &statsz)) }
        (pages)
        (table::scrolled("rows", &html! {
            table {
                thead { tr {
                    @for (heading, by) in headings {
                        // The drawing stands between the columns and the numbers.
                        @if is_distribution && *by == SortBy::Count { (Heading::unsorted("Histogram").cell(&query.list, &link)) }
                        (heading.cell(&query.list, &link))
                    }
                } }
                tbody { (body) }
            }
        }))
        @if left_out > 0 {
            div.notice { (left_out) " further rows of this page are not shown, because the page would be too large: show fewer rows a page." }
        }
        @if query.list.pages(reachable) > 1 { (pages) }
        @if selection.matches > 10 {
            p.small.muted {
                "Rows a page: "
                @for per_page in [10, 50, 200, 1_000] {
                    a href=(link(Listing { page: 1, per_page, ..query.list.clone() })) { (per_page) } " "
                }
            }
        }
    }
}

fn filters(query: &Query, columns: &[Column], statsz: &str) -> Markup {
    let fields = html! {
        @if columns.len() > 1 {
            details open[!query.column_filters.is_empty()] {
                summary { "Filter by column" }
                @for column in columns {
                    label {
                        span.name { (column.label()) } " "
                        input type="search" name={ (COLUMN) (column.label()) } value=(query.column_filter(column.label()))
                            maxlength="255" autocomplete="off";
                    }
                }
            }
        }
    };
    table::filter_form(query, statsz, "Rows with", &fields)
}

/// The rows as cells, and how many of them were left out.
fn body(view: CollectedView<'_>, selection: &Selection) -> (Markup, usize) {
    let unit = Unit {
        ucum: crate::aggregate::unit(view.spec()),
    };
    let closed = view.closed_columns();
    let mut body = html! {};
    for (index, row) in selection.rows.iter().enumerate() {
        let cells = html! {
            tr {
                @for (column, value) in row.values().enumerate() {
                    td.value-cell {
                        (text::value(value))
                        @let is_closed = closed.get(column).is_some_and(Option::is_some);
                        (special(value, is_closed))
                    }
                }
                (data(row, unit, index))
            }
        };
        if body.0.len() + cells.0.len() > MAX_BYTES {
            return (body, selection.rows.len() - index);
        }
        body.0.push_str(&cells.0);
    }
    (body, 0)
}

/// Says what a value means that the library gives.
fn special(value: &str, is_closed: bool) -> Markup {
    html! {
        @match value {
            "_overflow" if !is_closed => { " " span.badge.warn title="measurements of further rows" { "overflow" } }
            "_other" if is_closed => { " " span.badge title="values that are not in the closed set" { "not in the set" } }
            _ => {}
        }
    }
}

fn data(row: &ShownRow, unit: Unit<'_>, index: usize) -> Markup {
    let cell = |words: Words| html! { td.number-cell { (words.markup()) } };
    match &row.data {
        Data::Count(0) if row.is_initial => html! {
            td.number-cell { "0 " span.badge title="The row is there from the start." { "none yet" } }
        },
        Data::Count(value) => cell(count(*value)),
        Data::Sum(number) | Data::LastValue(number) => cell(unit.number(*number)),
        Data::Distribution(data) => html! {
            td { (histogram::histogram(data, unit, index)) }
            (cell(count(data.count)))
            (cell(unit.number(data.sum)))
            (distribution(data, unit))
        },
    }
}

fn distribution(data: &DistributionData, unit: Unit<'_>) -> Markup {
    let float = |value: Option<f64>| value.map(|value| unit.float(value));
    let has_values = data.count > 0;
    let numbers = [
        float(has_values.then_some(data.mean)),
        data.min.map(|number| unit.number(number)),
        data.max.map(|number| unit.number(number)),
        float((data.count > 1).then(|| data.variance().sqrt())),
    ];
    let quantiles = QUANTILES.map(|(_, part)| float(quantile::estimate(data, part, unit)));
    html! {
        @for words in numbers.into_iter().chain(quantiles) {
            td.number-cell {
                @match words {
                    Some(words) => (words.markup()),
                    None => span.muted { "–" },
                }
            }
        }
    }
}
