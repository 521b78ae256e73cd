//! Recording a measurement: [`Measure::record`], and the functions that `record!` calls.

use super::cache;
use crate::aggregate::{ExemplarLabels, count_rejected};
use crate::declare::check_places::RecordedMeasure;
use crate::declare::{Handle, Measure, MeasureCell, Value, ValueBits};
use crate::register::{ViewsVersion, current_version, unchecked_version};
use crate::tags::{AsTagValue, Tag, TagValueRef};

/// A measure and a value.
#[doc(hidden)]
#[derive(Debug)]
pub struct Measurement<'a> {
    measure: &'a Handle<MeasureCell>,
    /// `None` if the value is rejected.
    bits: Option<ValueBits>,
}

impl<T: Value> Measure<T> {
    /// Records a value with the tags that are current in this scope. With further tags:
    /// `record!(MEASURE = value, tags(KEY = value))`.
    ///
    /// NaN and infinities are rejected, and counted in `census_refused_measurements_total`. A duration of more than 584
    /// years counts as 584 years. Recording never panics. It takes no lock while this thread has the row in its cache,
    /// where the first measurement puts it.
    // The compiler shows the line of the signature to a program that passes tags as a second argument.
    #[rustfmt::skip]
    #[inline]
    pub fn record(&self, value: T) { // with tags: `record!(MEASURE = value, tags(KEY = value))`
        if viewed(self) {
            record_one(&measurement(self, value), || []);
        }
    }

    /// Whether a view uses this measure, so that recording has an effect.
    #[must_use]
    #[inline]
    pub fn is_viewed(&self) -> bool {
        viewed(self)
    }
}

/// Whether the measure has views, so that its values and tags must be evaluated.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn viewed<M: RecordedMeasure>(measure: &M) -> bool {
    current_version(measure.measure().cell()).is_some()
}

#[doc(hidden)]
#[inline]
pub fn measurement<M: RecordedMeasure>(measure: &M, value: M::Value) -> Measurement<'_> {
    Measurement {
        measure: measure.measure().cell(),
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

/// Records one measurement of a measure that was [`viewed`] before its value was evaluated, with the tags of the scope and `tags` over them.
#[doc(hidden)]
#[inline]
pub fn record_one<'a, const N: usize>(
    measurement: &Measurement<'_>,
    tags: impl Fn() -> [Tag<'a>; N],
) {
    match measurement.bits {
        Some(bits) => {
            let version = unchecked_version(measurement.measure);
            cache::record(measurement.measure, version, tags, bits);
        }
        None => count_rejected(measurement.measure),
    }
}

/// The version of the measure's views; `None` if it has none. Of a measure whose views were never asked for, it is a version for
/// which nothing is recorded yet.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn version<M: RecordedMeasure>(measure: &M) -> Option<Version> {
    let version = unchecked_version(measure.measure().cell());
    version.is_of_views().then_some(Version(version))
}

/// What [`version`] has returned.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Version(ViewsVersion);

/// As [`record_one`], for a value and tags that were evaluated without code of a user, since `version` was loaded.
#[doc(hidden)]
#[inline]
pub fn record_literals<'a, const N: usize>(
    measurement: &Measurement<'_>,
    Version(version): Version,
    tags: impl Fn() -> [Tag<'a>; N],
) {
    match measurement.bits {
        Some(bits) => cache::record(measurement.measure, version, tags, bits),
        None => record_if_viewed(measurement, tags),
    }
}

/// Records one of several measurements, if its measure has views.
#[doc(hidden)]
#[inline]
pub fn record_if_viewed<'a, const N: usize>(
    measurement: &Measurement<'_>,
    tags: impl Fn() -> [Tag<'a>; N],
) {
    if current_version(measurement.measure).is_some() {
        record_one(measurement, tags);
    }
}

/// Records measurements with an exemplar, with the tags of the scope and `tags` over them. Without labels there is no
/// exemplar.
#[doc(hidden)]
pub fn record(
    measurements: &[Measurement<'_>],
    tags: &[Tag<'_>],
    exemplar: &[(&str, TagValueRef<'_>)],
) {
    let labels = (!exemplar.is_empty())
        .then(|| ExemplarLabels::new(exemplar))
        .flatten();
    for measurement in measurements {
        let Some(version) = current_version(measurement.measure) else {
            continue;
        };
        let Some(bits) = measurement.bits else {
            count_rejected(measurement.measure);
            continue;
        };
        match &labels {
            None => cache::record_slow(measurement.measure, tags, bits),
            Some(labels) => cache::for_each_target(measurement.measure, version, tags, |target| {
                target.record(bits);
                target.keep_exemplar(bits, labels);
            }),
        }
    }
}
