//! `Measure::hold`: what a guard adds to a row it takes from that very row, wherever it is dropped, or from none.

mod ends;
mod rows;
mod views;

use census::{Measure, Number, Sum, TagKey, TagMap, View, measure, tag, view};

#[tag]
static LISTENER: TagKey;
/// Its view has no columns, so the row is found without the scope.
#[measure]
static OPEN: Measure<i64>;
/// Its views' rows depend on the scope.
#[measure]
static CONNECTIONS: Measure<i64>;

view! {
    static OPEN_SUM: Sum<OPEN>;
    static CONNECTIONS_BY_LISTENER: Sum<CONNECTIONS> by (LISTENER);
}

/// The value of the row with these tags.
fn level(view: &View<Sum>, tags: &TagMap) -> Option<i64> {
    let sum: Option<Number> = census_tests::rows::row(view, tags);
    sum.as_ref().map(census_tests::rows::integer)
}
