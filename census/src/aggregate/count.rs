//! [`Count`]: one word, which counts the measurements.

use super::Exemplar;
use super::aggregation::{Aggregate, Aggregation, Data};
use super::row_format::RowFormat;
use super::row_writer::Write;
use super::sample::{MetricType, Sample};
use super::write::{self, Exclusive, Shared, Writer};
use crate::declare::{
    AggregationKind, AggregationSpec, AnyMeasure, Bounds, Count, Measure, MeasureDescriptor,
    MeasureSource, Number, Observed, StaticViewSource, Value, ValueBits, ValueKind, View,
    ViewBuilder,
};
use crate::sync::AtomicU64;

impl Aggregation for Count {
    type Data = u64;

    fn data(data: Data) -> Option<u64> {
        match data {
            Data::Count(count) => Some(count),
            _ => None,
        }
    }
}

impl View<Count> {
    /// A view to be registered at run time: how many measurements there were.
    #[track_caller]
    pub fn count(name: impl Into<String>, measure: &impl AnyMeasure) -> ViewBuilder<Count> {
        let aggregation = AggregationSpec::without_options(AggregationKind::Count);
        ViewBuilder::new(name.into(), measure, aggregation)
    }
}

// The constructors that `view!` calls. They are methods, because no function can have an argument of both types and be
// `const`.

impl<T: Value> Measure<T> {
    #[doc(hidden)]
    pub const fn __count(&'static self) -> StaticViewSource<Count> {
        StaticViewSource::new(self, AggregationKind::Count)
    }
}

impl<T: Value> Observed<T> {
    #[doc(hidden)]
    pub const fn __count(&'static self) -> StaticViewSource<Count> {
        self.as_measure().__count()
    }
}

impl Aggregate for Count {
    const IS_COUNTER: bool = true;
    /// Measurements are counted, whatever the unit of their values.
    const HAS_UNIT: bool = false;

    fn writes(_: &RowFormat, words: &[AtomicU64]) -> u64 {
        words.first().map_or(0, write::load)
    }

    type Total = u64;

    fn words(_: &Bounds) -> usize {
        1
    }

    fn record<W: Writer, T: Value>(_: &RowFormat, words: &[AtomicU64], _: ValueBits) {
        if let [count, ..] = words {
            W::add(count, 1);
        }
    }

    fn own_writer<T: Value>(_: &Bounds) -> Option<Write> {
        Some(|_, words, _| {
            if let [count, ..] = words {
                Exclusive::add(count, 1);
            }
            true
        })
    }

    fn fold(_: &RowFormat, from: &[AtomicU64], into: &[AtomicU64]) {
        if let ([from, ..], [into, ..]) = (from, into) {
            Shared::add(into, write::load(from));
        }
    }

    fn new_total(_: &RowFormat) -> u64 {
        0
    }

    fn reset(total: &mut u64) {
        *total = 0;
    }

    #[inline]
    fn add(_: &RowFormat, total: &mut u64, words: &[AtomicU64]) {
        if let [count, ..] = words {
            *total = total.wrapping_add(write::load(count));
        }
    }

    fn data(
        _: &RowFormat,
        _: &MeasureDescriptor,
        total: &u64,
        _: &dyn Fn() -> Vec<Option<Exemplar>>,
    ) -> Option<Data> {
        Some(Data::Count(*total))
    }

    fn sample<'t>(_: &RowFormat, total: &'t u64) -> Option<Sample<'t>> {
        Some(Sample::Value(Number::U64(*total)))
    }

    fn combine(_: ValueKind, so_far: Option<ValueBits>, _: ValueBits) -> Option<ValueBits> {
        Some(ValueBits(so_far.map_or(1, |count| count.0 + 1)))
    }

    fn combined(_: ValueKind, total: ValueBits) -> Option<Data> {
        Some(Data::Count(total.0))
    }

    fn metric_type(_: ValueKind, source: MeasureSource) -> MetricType {
        if source.is_observed() {
            MetricType::Gauge
        } else {
            MetricType::Counter
        }
    }
}
