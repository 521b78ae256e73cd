//! Step 3, **record**: from a measurement to the rows of the measure's views.
//!
//! A measure without views costs one load. Otherwise the thread's [memo](memo) says which rows the tags mean, in one
//! look-up however many views there are; only a first meeting asks the views' own tables.

mod bound;
mod call;
mod clock;
mod in_flight;
mod measurements;
mod memo;
mod timer;
mod unregister;

pub use bound::BoundMeasure;
pub use call::{Call, CallPlan, Measured, OptionalValue, PlainCall, call};
use in_flight::InFlight;
pub use measurements::MeasureMap;
pub use timer::Timer;

use std::time::Duration;

use crate::aggregate::ExemplarLabels;
use crate::declare::{Measure, MeasureCell, Value, ValueBits};
use crate::register::{ViewsVersion, current_version};
use crate::tags::{AsTagValue, Tag, TagMap, TagValueRef};

/// A value for a measure, on its way to the views.
#[doc(hidden)]
#[derive(Debug)]
pub struct Measurement<'a> {
    cell: &'a MeasureCell,
    bits: Option<ValueBits>,
}

impl<T: Value> Measure<T> {
    /// Records a value with the tags that are current in this scope.
    ///
    /// NaN and infinities are refused, and counted in `census_refused_measurements_total`. A duration of more than
    /// 584 years counts as that. Never panics; waits for nobody once this thread has met the row.
    #[inline]
    pub fn record(&self, value: T) {
        if let Some(version) = viewed(self) {
            record_one(version, &measurement(self, value), || []);
        }
    }

    /// Whether a view uses this measure, so that recording has an effect.
    #[must_use]
    #[inline]
    pub fn is_viewed(&self) -> bool {
        viewed(self).is_some()
    }

    /// A handle that records with these tags and no others, and needs no look-up.
    ///
    /// ```standalone_crate
    /// # use census::{Measure, TagKey, measure, tag, tags, view};
    /// # #[tag]
    /// # static SHARD: TagKey;
    /// # #[measure]
    /// # static WRITES: Measure<u64>;
    /// # view! { static WRITTEN: Sum<WRITES> by (SHARD); }
    /// let writes = WRITES.bind(tags!(SHARD = 7));
    /// writes.record(1);
    /// writes.record(2);
    /// assert!(WRITTEN.data().get(&tags!(SHARD = 7)).is_some_and(|sum| *sum == 3));
    /// ```
    #[must_use]
    pub fn bind(&self, tags: TagMap) -> BoundMeasure<T> {
        BoundMeasure::new(self.clone(), tags)
    }
}

impl Measure<Duration> {
    /// Starts a timer, which records when it is stopped.
    pub fn start(&self) -> Timer<'_> {
        Timer::start(self)
    }

    /// Calls `f`, and records how long it took. Nothing is recorded if it panics.
    pub fn time<R>(&self, f: impl FnOnce() -> R) -> R {
        let timer = self.start();
        let result = f();
        timer.stop();
        result
    }
}

/// The version of the measure's views, if there are any.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn viewed<T: Value>(measure: &Measure<T>) -> Option<ViewsVersion> {
    current_version(measure.cell())
}

#[doc(hidden)]
#[inline]
pub fn measurement<T: Value>(measure: &Measure<T>, value: T) -> Measurement<'_> {
    Measurement {
        cell: measure.cell(),
        bits: value.to_bits(),
    }
}

#[doc(hidden)]
pub fn exemplar_label<'a>(
    name: &'a str,
    value: &'a (impl AsTagValue + ?Sized),
) -> (&'a str, TagValueRef<'a>) {
    (name, value.as_tag_value())
}

/// What `record!` calls for one measurement of a measure whose views have this version: with the tags of the scope and
/// `tags` over them.
#[doc(hidden)]
#[inline]
pub fn record_one<'a, const N: usize>(
    version: ViewsVersion,
    measurement: &Measurement<'_>,
    tags: impl Fn() -> [Tag<'a>; N],
) {
    match measurement.bits {
        Some(bits) => memo::record(measurement.cell, version, tags, bits),
        None => measurement.cell.count_rejected_value(),
    }
}

/// What `record!` calls for each of several measurements.
#[doc(hidden)]
#[inline]
pub fn record_if_viewed<'a, const N: usize>(
    measurement: &Measurement<'_>,
    tags: impl Fn() -> [Tag<'a>; N],
) {
    if let Some(version) = current_version(measurement.cell) {
        record_one(version, measurement, tags);
    }
}

/// What `record!` calls: measurements that have exemplars, with the tags of the scope and `tags` over them.
#[doc(hidden)]
pub fn record(
    measurements: &[Measurement<'_>],
    tags: &[Tag<'_>],
    exemplar: &[(&str, TagValueRef<'_>)],
) {
    let exemplar = (!exemplar.is_empty())
        .then(|| ExemplarLabels::new(exemplar))
        .flatten();
    for measurement in measurements {
        let Some(version) = current_version(measurement.cell) else {
            continue;
        };
        let Some(bits) = measurement.bits else {
            measurement.cell.count_rejected_value();
            continue;
        };
        match &exemplar {
            None => memo::record_unknown(measurement.cell, version, tags, bits),
            Some(labels) => memo::each_target(measurement.cell, version, tags, |target| {
                target.record(bits);
                target.keep_exemplar(bits, labels);
            }),
        }
    }
}
