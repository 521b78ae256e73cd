//! Step 1, **declare**: what measures, tag keys and views are. Plain data that can stand in a `static`, each with the
//! place where it was written.

mod aggregation;
mod bucket_lookup;
mod buckets;
mod built_in;

pub(crate) mod check;
mod columns;
mod function;
mod handle;
mod measure;
pub(crate) mod name;
mod number;
mod origin;
mod tag;
mod unit;
mod view;

pub use aggregation::{Aggregation, Count, Distribution, LastValue, Sum};
pub(crate) use aggregation::{AggregationKind, AggregationSpec};
pub use buckets::DEFAULT_LATENCY_BUCKETS;
pub(crate) use buckets::{Bounds, StaticBounds};
pub(crate) use built_in::BuiltIn;
pub use columns::{column, columns};
pub use function::{AnyMeasure, FunctionCell, function_name};
pub(crate) use handle::{Handle, WeakHandle};
pub(crate) use measure::MeasureDescriptor;
pub use measure::{Measure, MeasureCell, measure_cell, static_measure};
pub use number::{HasDefaultBuckets, Number, Value};
pub(crate) use number::{ValueKind, order};
pub use origin::Origin;
pub use tag::{TagKey, TagKeyCell, static_tag_key, tag_key_cell};
pub use unit::TimeUnit;
pub(crate) use view::ViewSpec;
pub use view::{View, ViewCell, count, default_distribution, last_value, static_view, sum};
