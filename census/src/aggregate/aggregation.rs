//! The interface of the aggregations: one trait, which each implements in a file of its own, and one dispatch over
//! them.

use std::fmt;
use std::slice::ChunksExact;

use super::exemplar::Exemplars;
use super::layout::Layout;
use super::row_format::{Recorder, RowFormat};
use super::row_writer::{RowWriter, Write, WriteRules};
use super::sample::{MetricType, Sample};
use super::word_pool::WordPool;
use super::write::{Exclusive, Shared, Writer};
use super::{DistributionData, Exemplar};
use crate::declare::{
    AggregationKind, Bounds, Count, Distribution, LastValue, MeasureDescriptor, MeasureSource,
    Number, Sum, Value, ValueBits, ValueKind,
};
use crate::id::ViewId;
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex};

/// How a view aggregates measurements: [`Count`], [`Sum`], [`LastValue`] or [`Distribution`].
pub trait Aggregation: sealed::Sealed + 'static {
    /// The data of one row.
    type Data: Clone + fmt::Debug + PartialEq;

    #[doc(hidden)]
    fn data(data: Data) -> Option<Self::Data>;
}

mod sealed {
    pub trait Sealed {}
    impl<A: super::Aggregate> Sealed for A {}
}

/// The data of one row, of any aggregation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Data {
    /// Of a [`Count`].
    Count(u64),
    /// Of a [`Sum`].
    Sum(Number),
    /// Of a [`LastValue`].
    LastValue(Number),
    /// Of a [`Distribution`].
    Distribution(Box<DistributionData>),
}

/// The operations of an aggregation on the words of its rows.
///
/// All words are zero before the first measurement. Each method takes the words of one row.
pub(super) trait Aggregate: 'static {
    /// Whether each thread counts in words of its own, which are added up later. Otherwise all threads write the same
    /// words.
    const PER_THREAD: bool = true;

    /// Whether a measurement only adds one to the first word. The fast path does that without a call.
    const IS_COUNTER: bool = false;

    /// Whether [`writes`](Self::writes) tells how often a row was written.
    const TELLS_WRITES: bool = true;

    /// How often these words of a row were written, modulo 2^64. An aggregation whose words belong to all threads may return
    /// any number but zero if they were written since the last call, and zero otherwise.
    fn writes(format: &RowFormat, words: &[AtomicU64]) -> u64;

    /// The total of one row's words, of one chunk or of several.
    type Total;

    /// How many words a row has.
    fn words(bounds: &Bounds) -> usize;

    /// Adds a measurement. Neither waits nor allocates.
    fn record<W: Writer, T: Value>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits);

    /// The function that adds a measurement to words of one thread, for views with these bounds. `None` if all threads share the
    /// words.
    fn own_writer<T: Value>(bounds: &Bounds) -> Option<Write>;

    /// Whether [`own_writer`](Self::own_writer) may refuse values of this type. All aggregations that may do so refuse the same
    /// values.
    fn may_refuse(kind: ValueKind) -> bool {
        let _ = kind;
        false
    }

    /// Adds the words `from`, which no thread writes any more, to the shared words `into` of the same row. Called only
    /// if threads have words of their own.
    fn fold(format: &RowFormat, from: &[AtomicU64], into: &[AtomicU64]);

    /// The total of no words.
    fn new_total(format: &RowFormat) -> Self::Total;

    /// Makes a total that of no words again.
    fn reset(total: &mut Self::Total);

    /// Adds a row's words to its total.
    fn add(format: &RowFormat, total: &mut Self::Total, words: &[AtomicU64]);

    /// Completes a total to which all words were added.
    fn finish(format: &RowFormat, total: &mut Self::Total) {
        let _ = (format, total);
    }

    /// The sum of floats, as their bits, if the total has one that must not fall because no value was negative.
    ///
    /// Floats that are added in another order, because a thread has ended, may make a sum that is smaller by the last
    /// digit.
    fn rising_float_sum<'t>(format: &RowFormat, total: &'t mut Self::Total) -> Option<&'t mut u64> {
        let _ = (format, total);
        None
    }

    /// Whether a measurement's exemplar is kept.
    const KEEPS_EXEMPLARS: bool = false;

    /// The bucket that keeps a measurement's exemplar; `None` if the aggregation keeps none.
    fn exemplar_bucket(format: &RowFormat, bits: ValueBits) -> Option<usize> {
        let _ = (format, bits);
        None
    }

    /// The total as plain data; `None` for a row that is not shown, because it never had a value.
    fn data(
        format: &RowFormat,
        measure: &MeasureDescriptor,
        total: &Self::Total,
        exemplars: &dyn Fn() -> Vec<Option<Exemplar>>,
    ) -> Option<Data>;

    /// The part of the total that is exported; `None` for a row that is not shown.
    #[cfg_attr(
        not(feature = "prometheus"),
        expect(dead_code, reason = "only an exporter uses it")
    )]
    fn sample<'t>(format: &RowFormat, total: &'t Self::Total) -> Option<Sample<'t>>;

    /// The total of a row for which `so_far` values were read, and one more value. `None` for an aggregation that
    /// observed measures do not have.
    fn combine(kind: ValueKind, so_far: Option<ValueBits>, value: ValueBits) -> Option<ValueBits> {
        let _ = (kind, so_far, value);
        None
    }

    /// The total that [`combine`](Self::combine) has made, as plain data.
    fn combined(kind: ValueKind, total: ValueBits) -> Option<Data> {
        let _ = (kind, total);
        None
    }

    /// The type that a view is exported as.
    fn metric_type(kind: ValueKind, source: MeasureSource) -> MetricType;

    /// Whether the exported values have the unit of the measure.
    const HAS_UNIT: bool = true;
}

/// Evaluates an expression with a type parameter's name bound to the aggregation of an [`AggregationKind`]. The
/// aggregations are listed here, in [`AggregationKind`] and in [`Data`].
macro_rules! dispatch {
    ($kind:expr, $Aggregation:ident => $body:expr) => {
        dispatch!(@ $kind, $Aggregation => $body; Count, Sum, LastValue, Distribution)
    };
    (@ $kind:expr, $Aggregation:ident => $body:expr; $($marker:ident),*) => {
        match $kind {
            $(AggregationKind::$marker => {
                type $Aggregation = $marker;
                $body
            })*
        }
    };
}

/// The function that records for an aggregation and a type of values, compiled for both.
fn recorder<W: Writer>(kind: AggregationKind, value: ValueKind) -> Recorder {
    dispatch!(kind, A => match value {
        ValueKind::U64 => A::record::<W, u64>,
        ValueKind::I64 => A::record::<W, i64>,
        ValueKind::F64 => A::record::<W, f64>,
        ValueKind::Duration => A::record::<W, std::time::Duration>,
    })
}

/// How words of one thread are written; `None` if threads have none.
fn write_rules(kind: AggregationKind, value: ValueKind, bounds: &Bounds) -> Option<WriteRules> {
    dispatch!(kind, A => {
        let write = match value {
            ValueKind::U64 => A::own_writer::<u64>(bounds),
            ValueKind::I64 => A::own_writer::<i64>(bounds),
            ValueKind::F64 => A::own_writer::<f64>(bounds),
            ValueKind::Duration => A::own_writer::<std::time::Duration>(bounds),
        };
        Some(WriteRules {
            write: write?,
            may_refuse: A::may_refuse(value),
            only_counts: A::IS_COUNTER,
        })
    })
}

/// The format of the rows of a view. `is_idle` says that rows go when they were not written for some time.
pub(super) fn row_format(
    view: ViewId,
    kind: AggregationKind,
    value_kind: ValueKind,
    bounds: Bounds,
    is_idle: bool,
) -> RowFormat {
    let words = dispatch!(kind, A => A::words(&bounds));
    // Only values of an `i64` can be taken back.
    let is_tracked = is_idle && (!tells_writes(kind) || value_kind == ValueKind::I64);
    let words = words + usize::from(is_tracked);
    // An aggregation that does not tell its writes counts them in the activity word, too.
    let has_writer = !is_tracked || tells_writes(kind);
    let rules = write_rules(kind, value_kind, &bounds).filter(|_| has_writer);
    RowFormat {
        view,
        kind,
        value_kind,
        writer: rules.and_then(|rules| RowWriter::find_or_add(kind, value_kind, &bounds, rules)),
        bounds,
        words,
        has_activity_word: is_tracked,
        record_exclusive: recorder::<Exclusive>(kind, value_kind),
        record_shared: recorder::<Shared>(kind, value_kind),
        layout: Layout::new(words, is_idle),
        owned_words: AtomicUsize::new(0),
        pool: WordPool::of_new_view(),
        exemplars: Exemplars::default(),
        shared_native: Mutex::default(),
        has_negative_float: AtomicBool::new(false),
    }
}

/// See [`Aggregate::TELLS_WRITES`].
pub(super) fn tells_writes(kind: AggregationKind) -> bool {
    dispatch!(kind, A => A::TELLS_WRITES)
}

/// See [`Aggregate::writes`].
pub(super) fn writes(format: &RowFormat, words: &[AtomicU64]) -> u64 {
    dispatch!(format.kind, A => A::writes(format, words))
}

/// See [`Aggregate::PER_THREAD`].
pub(super) fn is_per_thread(kind: AggregationKind) -> bool {
    dispatch!(kind, A => A::PER_THREAD)
}

/// See [`Aggregate::IS_COUNTER`].
pub(super) fn is_counter(kind: AggregationKind) -> bool {
    dispatch!(kind, A => A::IS_COUNTER)
}

/// See [`Aggregate::KEEPS_EXEMPLARS`].
pub(super) fn keeps_exemplars(kind: AggregationKind) -> bool {
    dispatch!(kind, A => A::KEEPS_EXEMPLARS)
}

/// See [`Aggregate::fold`].
pub(super) fn fold(format: &RowFormat, from: &[AtomicU64], into: &[AtomicU64]) {
    dispatch!(format.kind, A => A::fold(format, format.own(from), format.own(into)));
}

/// See [`Aggregate::exemplar_bucket`].
pub(super) fn exemplar_bucket(format: &RowFormat, bits: ValueBits) -> Option<usize> {
    dispatch!(format.kind, A => A::exemplar_bucket(format, bits))
}

/// See [`Aggregate::metric_type`].
pub(super) fn metric_type(
    kind: AggregationKind,
    value: ValueKind,
    source: MeasureSource,
) -> MetricType {
    dispatch!(kind, A => A::metric_type(value, source))
}

/// See [`Aggregate::combine`].
pub(super) fn combine(
    format: &RowFormat,
    so_far: Option<ValueBits>,
    value: ValueBits,
) -> Option<ValueBits> {
    dispatch!(format.kind, A => A::combine(format.value_kind, so_far, value))
}

/// See [`Aggregate::combined`].
pub(super) fn combined(format: &RowFormat, total: ValueBits) -> Option<Data> {
    dispatch!(format.kind, A => A::combined(format.value_kind, total))
}

/// See [`Aggregate::HAS_UNIT`].
pub(super) fn has_unit(kind: AggregationKind) -> bool {
    dispatch!(kind, A => A::HAS_UNIT)
}

/// The totals of some successive rows, made anew for each collection and used again from one group of rows to the next.
pub(super) trait RowTotals {
    /// Makes the first `rows` totals those of no words, and drops the others. There must be at least `rows`.
    fn reset(&mut self, rows: usize);

    /// Adds the words of successive rows to the totals from `first` on, for as many rows as both have.
    fn add(&mut self, format: &RowFormat, first: usize, rows: ChunksExact<'_, AtomicU64>);

    /// Completes the totals, to which all words were added.
    fn finish(&mut self, format: &RowFormat);

    /// Raises each sum that must not fall to the one that was read last, which `last_sums` holds by position. `start` is the
    /// position of the first total, and `are_there` has the bits of the rows whose totals are whole: other positions may have
    /// other rows.
    fn keep_rising(
        &mut self,
        format: &RowFormat,
        start: usize,
        are_there: u64,
        last_sums: &mut Vec<f64>,
    );

    /// See [`Aggregate::data`].
    fn data(
        &self,
        format: &RowFormat,
        measure: &MeasureDescriptor,
        row: usize,
        exemplars: &dyn Fn() -> Vec<Option<Exemplar>>,
    ) -> Option<Data>;

    /// See [`Aggregate::sample`].
    #[cfg(feature = "prometheus")]
    fn sample(&self, format: &RowFormat, row: usize) -> Option<Sample<'_>>;
}

struct TotalsOf<A: Aggregate>(Vec<A::Total>);

/// Totals for so many rows.
pub(super) fn row_totals(format: &RowFormat, rows: usize) -> Box<dyn RowTotals> {
    dispatch!(format.kind, A => {
        let totals = (0..rows).map(|_| A::new_total(format)).collect();
        Box::new(TotalsOf::<A>(totals))
    })
}

impl<A: Aggregate> RowTotals for TotalsOf<A> {
    fn reset(&mut self, rows: usize) {
        self.0.truncate(rows);
        self.0.iter_mut().for_each(A::reset);
    }

    fn add(&mut self, format: &RowFormat, first: usize, rows: ChunksExact<'_, AtomicU64>) {
        let rows = self.0.iter_mut().skip(first).zip(rows);
        if format.has_activity_word {
            rows.for_each(|(total, words)| A::add(format, total, format.own(words)));
        } else {
            rows.for_each(|(total, words)| A::add(format, total, words));
        }
    }

    fn finish(&mut self, format: &RowFormat) {
        let totals = self.0.iter_mut();
        totals.for_each(|total| A::finish(format, total));
    }

    fn keep_rising(
        &mut self,
        format: &RowFormat,
        start: usize,
        are_there: u64,
        last_sums: &mut Vec<f64>,
    ) {
        for (index, total) in self.0.iter_mut().enumerate() {
            if are_there & (1 << index) != 0
                && let Some(sum) = A::rising_float_sum(format, total)
            {
                let row = start + index;
                if last_sums.len() <= row {
                    last_sums.resize(row + 1, f64::MIN);
                }
                if let Some(last) = last_sums.get_mut(row) {
                    *last = f64::from_bits(*sum).max(*last);
                    *sum = last.to_bits();
                }
            }
        }
    }

    fn data(
        &self,
        format: &RowFormat,
        measure: &MeasureDescriptor,
        row: usize,
        exemplars: &dyn Fn() -> Vec<Option<Exemplar>>,
    ) -> Option<Data> {
        A::data(format, measure, self.0.get(row)?, exemplars)
    }

    #[cfg(feature = "prometheus")]
    fn sample(&self, format: &RowFormat, row: usize) -> Option<Sample<'_>> {
        A::sample(format, self.0.get(row)?)
    }
}
