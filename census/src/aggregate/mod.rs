//! Step 4, **aggregate**: the rows of the views, and what a measurement does to a row.
//!
//! The concurrency of counting lives here: in [`rows`], whose page has the protocol, and in `register::interest` and
//! the caches of `record`. Everything else is plain data.
//!
//! A thread usually counts in words of its own, which no other thread writes. Such a measurement takes no locked
//! instruction and no shared cache line; a scrape adds the words up. ([`shard`] and `LastValue::PER_THREAD` have the
//! exceptions.) Atomic accesses are Relaxed where no comment says otherwise: a word's value is independent of all other
//! memory, and a reader that must see a certain measurement (a test that joins its threads) has synchronized with the
//! recording thread by other means.
//!
//! Each aggregation has one file, which implements the trait of [`aggregation`]: `count`, `sum`, `last_value` and
//! `distribution`.

mod activity;
mod aggregation;
mod bits;
mod chunk;
mod column_values;
mod count;
mod data;
mod distribution;
mod exemplar;
mod idle;
mod index;
mod last_value;
mod layout;
mod limits;
mod live_view;
mod looks;
mod observed;
mod places;
mod reading;
mod rejected;
mod removal;
mod removed_rows;
mod row_format;
mod row_keys;
mod row_starts;
mod row_writer;
mod rows;
mod rows_at;
mod sample;
mod shard;
mod sum;
mod table;
mod totals;
mod word_pool;
mod write;

pub use aggregation::{Aggregation, Data};
pub(crate) use chunk::{Target, TargetName};
pub(crate) use column_values::{ColumnSets, ColumnValues, FunctionColumns, SortedValues};
pub use data::{DistributionData, Exemplar, NativeBuckets};
pub(crate) use exemplar::DROPPED_PANICKED;
pub(crate) use exemplar::ExemplarLabels;
#[cfg(feature = "prometheus")]
pub(crate) use exemplar::{DROPPED_BUSY, DROPPED_INVALID, DROPPED_TOO_LONG};
pub(crate) use index::Index;
pub use limits::DEFAULT_MAX_SERIES;
pub(crate) use limits::{default_max_series, set_default_max_series};
#[cfg(feature = "prometheus")]
pub(crate) use live_view::RowCounts;
pub(crate) use live_view::{LiveView, RowLookup, RowView};
pub(crate) use observed::ObservedRows;
pub(crate) use reading::{Reading, Run};
pub(crate) use rejected::count_rejected;
#[cfg(feature = "prometheus")]
pub(crate) use rejected::rejected_values;
pub(crate) use removed_rows::{Removal, RemovedCount};
pub(crate) use row_writer::OwnRow;
#[cfg(all(test, census_model))]
pub(crate) use rows::models;
#[cfg(feature = "prometheus")]
pub(crate) use rows_at::RowKey;
pub(crate) use sample::MetricType;
#[cfg(feature = "prometheus")]
pub(crate) use sample::Sample;
pub(crate) use shard::Shard;

use crate::declare::ViewSpec;

/// The type that a view is exported as.
pub(crate) fn metric_type(view: &ViewSpec) -> MetricType {
    let measure = &view.measure.descriptor;
    aggregation::metric_type(view.aggregation.kind, measure.kind, measure.source)
}

/// Whether the values that a view exports have the unit of its measure. Counts have none.
pub(crate) fn has_unit(view: &ViewSpec) -> bool {
    aggregation::has_unit(view.aggregation.kind)
}

/// The unit of the values that a view exports, a UCUM string.
pub(crate) fn unit(view: &ViewSpec) -> &str {
    if has_unit(view) {
        &view.measure.descriptor.unit
    } else {
        "1"
    }
}
