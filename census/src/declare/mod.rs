//! Step 1, **declare**: what measures, tag keys and views are. Plain data that can stand in a `static`, each with the
//! place where it was written.

mod address;
mod aggregation;
mod bucket_lookup;
mod buckets;
mod by_name;
pub(crate) mod check;
mod columns;
mod function;
mod handle;
mod measure;
pub(crate) mod name;
mod number;
mod origin;
mod slices;
mod tag;
mod unit;
mod view;

pub(crate) use address::Address;
pub use aggregation::{Aggregation, Count, Distribution, LastValue, Sum};
pub(crate) use aggregation::{AggregationKind, AggregationSpec};
pub use buckets::DEFAULT_LATENCY_BUCKETS;
pub(crate) use buckets::{Bounds, StaticBounds};
pub(crate) use by_name::ByName;
pub use columns::{column, columns};
pub use function::{AnyMeasure, FunctionCell, function_name};
pub(crate) use handle::{Handle, WeakHandle};
pub(crate) use measure::MeasureDescriptor;
pub use measure::{Measure, MeasureCell, measure_cell};
pub use number::{HasDefaultBuckets, Number, Value};
pub(crate) use number::{ValueKind, order};
pub use origin::Origin;
pub use slices::{
    CENSUS_0_1_FUNCTIONS as FUNCTIONS, CENSUS_0_1_MEASURES as MEASURES,
    CENSUS_0_1_TAG_KEYS as TAG_KEYS, CENSUS_0_1_VIEWS as VIEWS,
};
pub use tag::{TagKey, TagKeyCell};
pub use unit::TimeUnit;
pub(crate) use view::ViewSpec;
pub use view::{View, ViewCell, count, default_distribution, last_value, sum};
