//! [`Sum`]: one word, the sum of integers, of a duration's nanoseconds, or of floats.

use std::hint;
use std::sync::atomic::Ordering;

use super::Exemplar;
use super::aggregation::{Aggregate, Aggregation, Data};
use super::row_format::RowFormat;
use super::row_writer::Write;
use super::sample::{MetricType, Sample};
use super::write::{self, Exclusive, Shared, Writer};
use crate::declare::{
    AggregationKind, AggregationSpec, AnyMeasure, Bounds, Measure, MeasureDescriptor,
    MeasureSource, Number, Observed, StaticViewSource, Sum, Value, ValueBits, ValueKind, View,
    ViewBuilder,
};
use crate::sync::AtomicU64;

impl Aggregation for Sum {
    type Data = Number;

    fn data(data: Data) -> Option<Number> {
        match data {
            Data::Sum(sum) => Some(sum),
            _ => None,
        }
    }
}

impl View<Sum> {
    /// A view to be registered at run time: the sum of the values.
    #[track_caller]
    pub fn sum(name: impl Into<String>, measure: &impl AnyMeasure) -> ViewBuilder<Sum> {
        let aggregation = AggregationSpec::without_options(AggregationKind::Sum);
        ViewBuilder::new(name.into(), measure, aggregation)
    }
}

// The constructors that `view!` calls. They are methods, because no function can have an argument of both types and be
// `const`.

impl<T: Value> Measure<T> {
    #[doc(hidden)]
    pub const fn __sum(&'static self) -> StaticViewSource<Sum> {
        StaticViewSource::new(self, AggregationKind::Sum)
    }
}

impl<T: Value> Observed<T> {
    #[doc(hidden)]
    pub const fn __sum(&'static self) -> StaticViewSource<Sum> {
        self.as_measure().__sum()
    }
}

impl Aggregate for Sum {
    /// A sum of nothing stays as it is.
    const TELLS_WRITES: bool = false;

    fn writes(_: &RowFormat, _: &[AtomicU64]) -> u64 {
        0
    }

    type Total = ValueBits;

    fn words(_: &Bounds) -> usize {
        1
    }

    fn record<W: Writer, T: Value>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
        if let [sum, ..] = words {
            write::add_value::<W>(T::KIND, sum, bits);
            if T::KIND == ValueKind::F64 && bits.0.cast_signed() < 0 {
                format.has_negative_float.store(true, Ordering::Relaxed);
            }
        }
    }

    fn own_writer<T: Value>(_: &Bounds) -> Option<Write> {
        Some(|_, words, bits| {
            let [sum, ..] = words else {
                return false;
            };
            if T::KIND == ValueKind::F64 && bits.0.cast_signed() < 0 {
                // The format has to know of floats below zero.
                hint::cold_path();
                return false;
            }
            write::add_value::<Exclusive>(T::KIND, sum, bits);
            true
        })
    }

    fn may_refuse(kind: ValueKind) -> bool {
        kind == ValueKind::F64
    }

    fn fold(format: &RowFormat, from: &[AtomicU64], into: &[AtomicU64]) {
        if let ([from, ..], [into, ..]) = (from, into) {
            write::add_value::<Shared>(format.value_kind, into, ValueBits(write::load(from)));
        }
    }

    fn new_total(_: &RowFormat) -> ValueBits {
        ValueBits(0)
    }

    fn reset(total: &mut ValueBits) {
        *total = ValueBits(0);
    }

    #[inline]
    fn add(format: &RowFormat, total: &mut ValueBits, words: &[AtomicU64]) {
        if let [sum, ..] = words {
            let sum = ValueBits(write::load(sum));
            *total = write::merge_sums(format.value_kind, *total, sum);
        }
    }

    fn rising_float_sum<'t>(format: &RowFormat, total: &'t mut ValueBits) -> Option<&'t mut u64> {
        let may_fall = format.has_negative_float.load(Ordering::Relaxed);
        (format.value_kind == ValueKind::F64 && !may_fall).then_some(&mut total.0)
    }

    fn data(
        format: &RowFormat,
        _: &MeasureDescriptor,
        total: &ValueBits,
        _: &dyn Fn() -> Vec<Option<Exemplar>>,
    ) -> Option<Data> {
        Some(Data::Sum(format.value_kind.number(*total)))
    }

    fn sample<'t>(format: &RowFormat, total: &'t ValueBits) -> Option<Sample<'t>> {
        Some(Sample::Value(format.value_kind.number(*total)))
    }

    fn combine(kind: ValueKind, so_far: Option<ValueBits>, value: ValueBits) -> Option<ValueBits> {
        Some(so_far.map_or(value, |sum| write::merge_sums(kind, sum, value)))
    }

    fn combined(kind: ValueKind, total: ValueBits) -> Option<Data> {
        Some(Data::Sum(kind.number(total)))
    }

    fn metric_type(kind: ValueKind, source: MeasureSource) -> MetricType {
        let never_falls = match source {
            MeasureSource::Recorded => kind.is_unsigned(),
            MeasureSource::Observed => false,
            MeasureSource::ObservedTotal => true,
        };
        if never_falls {
            MetricType::Counter
        } else {
            MetricType::Gauge
        }
    }
}
