//! Step 1, **declare**: the definitions of measures, tag keys and views. They are plain data that can stand in a
//! `static`, each with the place where it was written. They know neither the catalogue nor how rows are aggregated.

mod address;
mod aggregation;
mod bucket_lookup;
mod buckets;
mod builder;
mod built_in;
mod by_name;
pub(crate) mod check;
mod columns;
pub(crate) mod description;
mod function;
mod handle;
mod measure;
pub(crate) mod name;
mod number;
mod origin;
mod other_names;
mod slices;
mod tag;
mod unit;
mod view;

pub(crate) use address::Address;
pub(crate) use aggregation::AggregationSpec;
pub use aggregation::{AggregationKind, Count, Distribution, LastValue, Sum};
pub use buckets::DEFAULT_LATENCY_BUCKETS;
pub(crate) use buckets::{Bounds, StaticBounds};
pub use builder::{MeasureBuilder, ViewBuilder};
pub(crate) use built_in::BuiltIn;
pub(crate) use by_name::ByName;
pub use check::measure_cell;
pub use columns::{Column, column, columns};
pub use function::{AnyMeasure, FunctionCell, FunctionMeasures, KnownResults, function_name};
pub(crate) use handle::{Handle, WeakHandle};
pub(crate) use measure::MeasureDescriptor;
pub use measure::{Measure, MeasureCell, static_measure};
pub(crate) use number::SortKey;
pub use number::{HasDefaultBuckets, Number, Value, ValueBits, ValueKind};
pub use origin::Origin;
pub use slices::{FUNCTIONS, MEASURES, TAG_KEYS, VIEWS};
pub use tag::{TagKey, TagKeyCell, static_tag_key, tag_key_cell};
pub use unit::TimeUnit;
pub(crate) use view::ViewSpec;
pub use view::{StaticViewSource, View, ViewCell, static_view};
