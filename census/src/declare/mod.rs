//! Step 1, **declare**: the definitions of measures, tag keys and views. They are plain data that can stand in a
//! `static`, each with the place where it was written. They know neither the catalogue nor how rows are aggregated.

mod address;
mod aggregation;
mod bucket_lookup;
mod bucket_series;
mod buckets;
mod builder;
mod built_in;
mod by_name;
pub(crate) mod check;
pub(crate) mod check_places;
mod columns;
mod decimal;
pub(crate) mod description;
mod difference;
mod function;
mod handle;
mod idle;
mod measure;
pub(crate) mod name;
mod native;
mod native_index;
mod number;
mod observed;
mod observed_names;
mod origin;
mod other_names;
mod slices;
mod tag;
mod unit;
#[cfg(any(feature = "prometheus", feature = "testing"))]
mod unit_word;
mod value_set;
mod view;
mod view_set;

pub(crate) use address::{ADDRESS_STEP, Address};
pub(crate) use aggregation::AggregationSpec;
pub use aggregation::{AggregationKind, Count, Distribution, LastValue, Sum};
pub use bucket_series::Buckets;
pub(crate) use buckets::{Bounds, DistributionBuckets, StaticBounds, StaticBuckets};
pub use buckets::{BucketBounds, DEFAULT_LATENCY_BUCKETS};
pub use builder::{MeasureBuilder, ObservedBuilder, ViewBuilder};
pub(crate) use built_in::BuiltIn;
pub(crate) use by_name::ByName;
pub use check::{measure_cell, tag_key_cell, total_measure_cell};
pub use columns::{Column, StaticColumn, column, columns};
pub(crate) use difference::Difference;
pub use function::{FunctionCell, FunctionMeasures, KnownResults, function_name};
pub(crate) use handle::{Handle, WeakHandle};
pub(crate) use idle::{IdleOption, Occasion};
pub use measure::{Measure, MeasureCell, static_measure};
pub(crate) use measure::{MeasureDescriptor, MeasureSource};
pub use native::DEFAULT_GROWTH;
pub(crate) use native::NativeSpec;
pub(crate) use native_index::{NativeIndex, NativePlace, ZERO_THRESHOLD};
pub(crate) use number::SortKey;
pub use number::{HasDefaultBuckets, Number, Value, ValueBits, ValueKind};
pub use observed::{AnyMeasure, AnyObserved, DistributedMeasure, Observed, static_observed};
pub use origin::Origin;
pub(crate) use origin::in_order_of_places;
pub use slices::{FUNCTIONS, MEASURES, TAG_KEYS, VIEWS};
pub(crate) use slices::{elements, has_second_copy};
pub use tag::{AnyTagKey, TagKey, TagKeyCell, static_tag_key};
pub(crate) use tag::{KeyValues, is_reserved};
pub use unit::TimeUnit;
#[cfg(feature = "prometheus")]
pub(crate) use unit_word::split_unit;
#[cfg(any(feature = "testing", feature = "pages"))]
pub(crate) use unit_word::unit_word;
pub use value_set::{ClosedSet, HasEveryText, InSet, OpenSet, ValueSet};
pub(crate) use view::ViewSpec;
pub use view::{StaticViewSource, View, ViewCell, and_native, static_view};
pub use view_set::{AnyView, ViewSet, ViewSetIter};
