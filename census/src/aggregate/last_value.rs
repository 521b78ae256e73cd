//! [`LastValue`]: the value, and a word that says whether there is one.

use std::sync::atomic::Ordering;

use super::Exemplar;
use super::aggregation::{Aggregate, Aggregation, Data};
use super::row_format::RowFormat;
use super::row_writer::Write;
use super::sample::{MetricType, Sample};
use super::write::Writer;
use crate::declare::{
    AggregationKind, AggregationSpec, AnyMeasure, Bounds, LastValue, Measure, MeasureDescriptor,
    MeasureSource, Number, Observed, StaticViewSource, Value, ValueBits, ValueKind, View,
    ViewBuilder,
};
use crate::sync::AtomicU64;

impl Aggregation for LastValue {
    type Data = Number;

    fn data(data: Data) -> Option<Number> {
        match data {
            Data::LastValue(value) => Some(value),
            _ => None,
        }
    }
}

impl View<LastValue> {
    /// A view to be registered at run time: the newest value. There is none of a [total](crate::Observed#totals).
    #[track_caller]
    pub fn last_value(
        name: impl Into<String>,
        measure: &impl AnyMeasure,
    ) -> ViewBuilder<LastValue> {
        let aggregation = AggregationSpec::without_options(AggregationKind::LastValue);
        let is_total = measure.measure_handle().descriptor.source == MeasureSource::ObservedTotal;
        let builder = ViewBuilder::new(name.into(), measure, aggregation);
        builder.with_problem(is_total.then_some(OF_A_TOTAL))
    }
}

// The constructors that `view!` calls. They are methods, because no function can have an argument of both types and be
// `const`.

impl<T: Value> Measure<T> {
    #[doc(hidden)]
    pub const fn __last_value(&'static self) -> StaticViewSource<LastValue> {
        StaticViewSource::new(self, AggregationKind::LastValue)
    }
}

impl<T: Value> Observed<T> {
    #[doc(hidden)]
    #[track_caller]
    pub const fn __last_value(&'static self) -> StaticViewSource<LastValue> {
        assert!(!self.is_total(), "{}", OF_A_TOTAL);
        self.as_measure().__last_value()
    }
}

/// The second word of a row that has a value; it is zero before.
const IS_SET: u64 = 1;
/// The same, if the value was there when it was last [looked at](Aggregate::writes).
const IS_SET_AND_SEEN: u64 = 2;

const OF_A_TOTAL: &str = "there is no `LastValue` of a total, which would be lost when what keeps the total begins anew: write `Sum`";

impl Aggregate for LastValue {
    /// The newest value cannot be told from the values of several threads.
    const PER_THREAD: bool = false;

    /// Replaces the flag of a value by that of a value that was looked at.
    fn writes(_: &RowFormat, words: &[AtomicU64]) -> u64 {
        match words {
            [_, flag, ..] if flag.load(Ordering::Relaxed) == IS_SET => {
                // In one step: a value that is stored meanwhile sets the flag again. AcqRel: a reader that sees the new flag
                // sees the value, too, as if it saw the former flag.
                let former = flag.swap(IS_SET_AND_SEEN, Ordering::AcqRel);
                u64::from(former == IS_SET)
            }
            _ => 0,
        }
    }

    type Total = Option<ValueBits>;

    fn words(_: &Bounds) -> usize {
        2
    }

    /// Stores the value. Of concurrent stores, the last one stays.
    fn record<W: Writer, T: Value>(_: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
        if let [value, is_set, ..] = words {
            value.store(bits.0, Ordering::Relaxed);
            // Release: pairs with the Acquire in `add`. A reader that sees the flag sees this value or a newer one,
            // never the zero from before the first value.
            is_set.store(IS_SET, Ordering::Release);
        }
    }

    /// Does nothing: no thread has words of its own.
    fn own_writer<T: Value>(_: &Bounds) -> Option<Write> {
        None
    }

    fn fold(_: &RowFormat, _: &[AtomicU64], _: &[AtomicU64]) {}

    fn new_total(_: &RowFormat) -> Option<ValueBits> {
        None
    }

    fn reset(total: &mut Option<ValueBits>) {
        *total = None;
    }

    fn add(_: &RowFormat, total: &mut Option<ValueBits>, words: &[AtomicU64]) {
        if let [value, is_set, ..] = words
            // Acquire: pairs with the Release in `record`.
            && is_set.load(Ordering::Acquire) != 0
        {
            *total = Some(ValueBits(value.load(Ordering::Relaxed)));
        }
    }

    fn data(
        format: &RowFormat,
        _: &MeasureDescriptor,
        total: &Option<ValueBits>,
        _: &dyn Fn() -> Vec<Option<Exemplar>>,
    ) -> Option<Data> {
        Some(Data::LastValue(format.value_kind.number((*total)?)))
    }

    fn sample<'t>(format: &RowFormat, total: &'t Option<ValueBits>) -> Option<Sample<'t>> {
        Some(Sample::Value(format.value_kind.number((*total)?)))
    }

    fn combine(_: ValueKind, _: Option<ValueBits>, value: ValueBits) -> Option<ValueBits> {
        Some(value)
    }

    fn combined(kind: ValueKind, total: ValueBits) -> Option<Data> {
        Some(Data::LastValue(kind.number(total)))
    }

    fn metric_type(_: ValueKind, _: MeasureSource) -> MetricType {
        MetricType::Gauge
    }
}
