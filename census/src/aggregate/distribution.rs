//! [`Distribution`]: a sum, the moments, the extremes, and a count for each bucket.

mod moments;
mod native;
mod native_total;
mod record;
#[cfg(test)]
mod tests;
mod total;
mod words;

use std::time::Duration;

use self::native::NativeWords;
use self::record::{fold_native, record, record_native, record_shared_native};
use self::total::Total;
use self::words::{HEADER, Words};
use super::Exemplar;
use super::aggregation::{Aggregate, Aggregation, Data};
use super::data::DistributionData;
use super::row_format::RowFormat;
use super::row_writer::Write;
use super::sample::{MetricType, Sample};
use super::write::{self, Exclusive, Shared, Writer};
use crate::declare::{
    AggregationKind, AggregationSpec, Bounds, BucketBounds, Buckets, DEFAULT_LATENCY_BUCKETS,
    DistributedMeasure, Distribution, DistributionBuckets, HasDefaultBuckets, Measure,
    MeasureDescriptor, MeasureSource, Observed, StaticBounds, StaticBuckets, StaticViewSource,
    Value, ValueBits, ValueKind, View, ViewBuilder,
};
use crate::sync::AtomicU64;

impl Aggregation for Distribution {
    type Data = DistributionData;

    fn data(data: Data) -> Option<DistributionData> {
        match data {
            Data::Distribution(data) => Some(*data),
            _ => None,
        }
    }
}

impl View<Distribution> {
    /// A view to be registered at run time: how the values are distributed over buckets. Their bounds are a list of values
    /// that are finite and increase strictly, or a [`Buckets`].
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagKey, View};
    ///
    /// let size = Measure::<u64>::builder("upload/size").unit("By").register()?;
    /// let tenant = TagKey::new("tenant")?;
    /// let sizes = View::distribution("upload_bytes", &size, [1 << 10, 1 << 20]).column(&tenant).register()?;
    /// assert!(sizes.unregister());
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    #[track_caller]
    pub fn distribution<M: DistributedMeasure>(
        name: impl Into<String>,
        measure: &M,
        bounds: impl BucketBounds<M::Value>,
    ) -> ViewBuilder<Distribution> {
        let (buckets, problem) = match bounds.into_buckets() {
            Ok(buckets) => (buckets, None),
            Err(problem) => (Bounds::none(M::Value::KIND).into(), Some(problem)),
        };
        let DistributionBuckets { bounds, native } = buckets;
        let aggregation = AggregationSpec {
            kind: AggregationKind::Distribution,
            bounds: Some(bounds),
            native,
        };
        let builder = ViewBuilder::new(name.into(), measure, aggregation);
        builder.with_problem(problem)
    }
}

impl<T: Value> Measure<T> {
    /// A `Distribution` of `view!` that names no buckets.
    #[doc(hidden)]
    pub const fn __default_distribution(&'static self) -> StaticViewSource<Distribution>
    where
        T: HasDefaultBuckets,
    {
        StaticViewSource::new(self, AggregationKind::Distribution)
            .with_bounds(StaticBounds::Duration(DEFAULT_LATENCY_BUCKETS))
    }
}

/// No observed measure: a `Distribution` of one does not compile, and the error says why.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "there is no `Distribution` of an observed measure, and `{Self}` is one: it is read once for each scrape",
    label = "write `LastValue`, `Sum` or `Count`",
    note = "a histogram counts every value: declare a `Measure`, and record each value to it"
)]
pub trait HasDistribution {}

impl<T: Value> Observed<T> {
    #[doc(hidden)]
    pub const fn __default_distribution(&'static self) -> StaticViewSource<Distribution>
    where
        Self: HasDistribution,
    {
        StaticViewSource::new(self.as_measure(), AggregationKind::Distribution)
    }

    #[doc(hidden)]
    pub const fn __distribution(&'static self, _: &'static [T]) -> StaticViewSource<Distribution>
    where
        Self: HasDistribution,
    {
        StaticViewSource::new(self.as_measure(), AggregationKind::Distribution)
    }

    #[doc(hidden)]
    pub const fn __distribution_in(&'static self, _: Buckets<T>) -> StaticViewSource<Distribution>
    where
        Self: HasDistribution,
    {
        StaticViewSource::new(self.as_measure(), AggregationKind::Distribution)
    }
}

/// Two methods for each type of values, so that `buckets: [0, 16 * MIB]` and `buckets: Buckets::linear(0, 10, 5)` take the
/// measure's type.
macro_rules! distributions {
    ($($type:ty => $variant:ident, $of_buckets:ident;)*) => {$(
        impl Measure<$type> {
            #[doc(hidden)]
            #[track_caller]
            pub const fn __distribution(
                &'static self,
                bounds: &'static [$type],
            ) -> StaticViewSource<Distribution> {
                StaticViewSource::new(self, AggregationKind::Distribution)
                    .with_bounds(StaticBounds::$variant(bounds).checked())
            }

            #[doc(hidden)]
            #[track_caller]
            pub const fn __distribution_in(
                &'static self,
                buckets: Buckets<$type>,
            ) -> StaticViewSource<Distribution> {
                StaticViewSource::new(self, AggregationKind::Distribution)
                    .with_buckets(StaticBuckets::$of_buckets(buckets))
            }
        }
    )*};
}

distributions! {
    u64 => U64, of_u64;
    i64 => I64, of_i64;
    f64 => F64, of_f64;
    Duration => Duration, of_duration;
}

impl Aggregate for Distribution {
    fn writes(format: &RowFormat, words: &[AtomicU64]) -> u64 {
        Words::new(words).map_or(0, |words| words.count_all(&format.bounds))
    }

    type Total = Total;

    fn words(bounds: &Bounds) -> usize {
        let buckets = match bounds.native() {
            Some(_) => NativeWords::FIXED + bounds.numbers().len(),
            None => bounds.buckets(),
        };
        HEADER + buckets
    }

    fn record<W: Writer, T: Value>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
        if format.bounds.native().is_none() {
            record::<W, T, false>(&format.bounds, words, bits);
        } else if W::EXCLUSIVE {
            record_native::<T>(&format.bounds, words, bits);
        } else {
            record_shared_native::<T>(format, words, bits);
        }
    }

    fn own_writer<T: Value>(bounds: &Bounds) -> Option<Write> {
        let write: Write = if bounds.native().is_some() {
            record_native::<T>
        } else if bounds.are_far_apart() {
            record::<Exclusive, T, true>
        } else {
            record::<Exclusive, T, false>
        };
        Some(write)
    }

    fn fold(format: &RowFormat, from: &[AtomicU64], into: &[AtomicU64]) {
        let (Some(from), Some(into)) = (Words::new(from), Words::new(into)) else {
            return;
        };
        let mut total = Total::new(&format.bounds);
        total.read(&format.bounds, &from);
        if total.moments.count == 0 {
            return;
        }
        write::add_value::<Shared>(format.value_kind, into.sum, total.sum);
        let shift = into.shift_or(total.moments.shift);
        let moments = total.moments.shifted_to(shift);
        write::add_float::<Shared>(into.shifted_sum, moments.sum);
        write::add_float::<Shared>(into.shifted_squares, moments.squares);
        write::raise::<Shared>(into.greatest, total.greatest);
        write::raise::<Shared>(into.least, total.least);
        if let Some(index) = format.bounds.native() {
            fold_native(format, index, &from, &into);
            return;
        }
        for (count, into) in total.buckets.iter().zip(into.buckets) {
            Shared::add(into, *count);
        }
    }

    fn new_total(format: &RowFormat) -> Total {
        Total::new(&format.bounds)
    }

    fn reset(total: &mut Total) {
        total.reset();
    }

    fn add(format: &RowFormat, total: &mut Total, words: &[AtomicU64]) {
        if let Some(words) = Words::new(words) {
            total.add(format.value_kind, &format.bounds, &words);
        }
    }

    fn finish(format: &RowFormat, total: &mut Total) {
        total.finish(&format.bounds);
    }

    fn rising_float_sum<'t>(format: &RowFormat, total: &'t mut Total) -> Option<&'t mut u64> {
        let kind = format.value_kind;
        (kind == ValueKind::F64 && !total.has_negative(kind)).then_some(&mut total.sum.0)
    }

    const KEEPS_EXEMPLARS: bool = true;

    fn exemplar_bucket(format: &RowFormat, bits: ValueBits) -> Option<usize> {
        Some(format.bounds.bucket(bits))
    }

    fn data(
        format: &RowFormat,
        measure: &MeasureDescriptor,
        total: &Total,
        exemplars: &dyn Fn() -> Vec<Option<Exemplar>>,
    ) -> Option<Data> {
        let mut data = total.data(format, measure);
        data.exemplars = exemplars();
        Some(Data::Distribution(Box::new(data)))
    }

    fn sample<'t>(format: &RowFormat, total: &'t Total) -> Option<Sample<'t>> {
        Some(Sample::Histogram {
            sum: format.value_kind.number(total.sum),
            buckets: &total.buckets,
            native: total.native.as_ref().map(|native| &native.buckets),
        })
    }

    fn metric_type(_: ValueKind, _: MeasureSource) -> MetricType {
        MetricType::Histogram
    }
}
