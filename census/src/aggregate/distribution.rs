//! [`Distribution`]: a sum, the moments, the extremes, and a count for each bucket.

mod moments;
#[cfg(test)]
mod tests;
mod total;
mod words;

use std::time::Duration;

use self::moments::SCALE;
use self::total::Total;
use self::words::{HEADER, Words, load_float};
use super::Exemplar;
use super::aggregation::{Aggregate, Aggregation, Data};
use super::data::DistributionData;
use super::row_format::RowFormat;
use super::row_writer::Write;
use super::sample::{MetricType, Sample};
use super::write::{self, Exclusive, Shared, Writer};
use crate::declare::{
    AggregationKind, AggregationSpec, Bounds, BucketBounds, Buckets, DEFAULT_LATENCY_BUCKETS,
    DistributedMeasure, Distribution, HasDefaultBuckets, Measure, MeasureDescriptor, MeasureSource,
    Observed, SortKey, StaticBounds, StaticViewSource, Value, ValueBits, ValueKind, View,
    ViewBuilder,
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
        let (bounds, problem) = match bounds.into_bounds() {
            Ok(bounds) => (bounds, None),
            Err(problem) => (Bounds::none(M::Value::KIND), Some(problem)),
        };
        let aggregation = AggregationSpec {
            kind: AggregationKind::Distribution,
            bounds: Some(bounds),
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
                    .with_bounds(StaticBounds::$of_buckets(buckets))
            }
        }
    )*};
}

distributions! {
    u64 => U64, u64_buckets;
    i64 => I64, i64_buckets;
    f64 => F64, f64_buckets;
    Duration => Duration, duration_buckets;
}

impl Aggregate for Distribution {
    fn writes(words: &[AtomicU64]) -> u64 {
        let counts = Words::new(words).map_or(&[][..], |words| words.buckets);
        counts.iter().map(write::load).fold(0, u64::wrapping_add)
    }

    type Total = Total;

    fn words(bounds: &Bounds) -> usize {
        HEADER + bounds.buckets()
    }

    fn record<W: Writer, T: Value>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
        record::<W, T, false>(&format.bounds, words, bits);
    }

    fn own_writer<T: Value>(bounds: &Bounds) -> Option<Write> {
        let write: Write = if bounds.are_far_apart() {
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
        let mut total = Total::new(from.buckets.len());
        total.read(&from);
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
        for (count, into) in total.buckets.iter().zip(into.buckets) {
            Shared::add(into, *count);
        }
    }

    fn new_total(format: &RowFormat) -> Total {
        Total::new(format.bounds.buckets())
    }

    fn reset(total: &mut Total) {
        total.reset();
    }

    fn add(format: &RowFormat, total: &mut Total, words: &[AtomicU64]) {
        if let Some(words) = Words::new(words) {
            total.add(format.value_kind, &words);
        }
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
        })
    }

    fn metric_type(_: ValueKind, _: MeasureSource) -> MetricType {
        MetricType::Histogram
    }
}

/// Adds a value of type `T`, if these are the words of a row. Returns whether they are. `FAR_APART` may be true if the bounds [are](Bounds::are_far_apart).
fn record<W: Writer, T: Value, const FAR_APART: bool>(
    bounds: &Bounds,
    words: &[AtomicU64],
    bits: ValueBits,
) -> bool {
    let Some(named) = Words::new(words) else {
        return false;
    };
    if !(W::EXCLUSIVE && named.is_in_fast_range(bits)) {
        return record_any::<W, T>(bounds, words, bits);
    }
    let kind = T::KIND;
    let value = kind.to_f64_below_2_63(bits);
    let Some(bucket) = bounds.bucket_below_2_63::<FAR_APART>(bits, value) else {
        return record_any::<W, T>(bounds, words, bits);
    };
    let words = named;
    // The same as in `record_any`, without the cases that the fast range excludes: the extremes stay, and no sum
    // becomes infinite.
    let deviation = value * SCALE - load_float(words.shift);
    let add = |word, more: f64| W::update(word, |sum| (f64::from_bits(sum) + more).to_bits());
    match kind {
        ValueKind::F64 => add(words.sum, value),
        ValueKind::U64 | ValueKind::I64 | ValueKind::Duration => {
            write::add_value::<W>(kind, words.sum, bits);
        }
    }
    add(words.shifted_sum, deviation);
    add(words.shifted_squares, deviation * deviation);
    words.count::<W>(bucket);
    true
}

/// Adds any value, for any writer, if these are the words of a row.
#[inline(never)]
fn record_any<W: Writer, T: Value>(bounds: &Bounds, words: &[AtomicU64], bits: ValueBits) -> bool {
    let Some(words) = Words::new(words) else {
        return false;
    };
    let kind = T::KIND;
    let value = kind.to_f64(bits);
    let key = bits.sort_key(kind);
    let bucket = bounds.bucket_of_sort_key(key);
    let deviation = value * SCALE - words.shift_or(value * SCALE);
    write::add_value::<W>(kind, words.sum, bits);
    W::update(words.shifted_sum, |sum| {
        (f64::from_bits(sum) + deviation).to_bits()
    });
    write::add_float::<W>(words.shifted_squares, deviation * deviation);
    let SortKey(key) = key;
    let is_extreme = write::raise::<W>(words.greatest, key) | write::raise::<W>(words.least, !key);
    if W::EXCLUSIVE && is_extreme {
        words.update_fast_range(kind);
    }
    words.count::<W>(bucket);
    true
}
