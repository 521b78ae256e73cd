//! Measures.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::Ordering;

use super::{Handle, Origin, TimeUnit, Value, ValueKind, name};
use crate::sync::ConstAtomicU64;

/// A measure: a quantity that a library records, such as the size of a video in bytes. Declared with
/// [`#[measure]`](macro@crate::measure).
///
/// A `Measure` is a handle that is cheap to clone. Measures with the same *name* and definition are one measure. The
/// default name begins with the crate's, so two crates may each have a `LATENCY`.
///
/// ```standalone_crate
/// use census::{Measure, measure};
///
/// /// Size of processed videos.
/// #[measure(name = "myorg/measures/video_size", unit = "By")]
/// pub static VIDEO_SIZE: Measure<u64>;
///
/// assert_eq!(VIDEO_SIZE.name(), "myorg/measures/video_size");
/// assert_eq!(VIDEO_SIZE.unit(), "By");
/// assert!(!VIDEO_SIZE.is_viewed());
/// VIDEO_SIZE.record(1 << 20); // costs one load: no view uses it
/// ```
pub struct Measure<T: Value> {
    cell: Handle<MeasureCell>,
    value: PhantomData<fn(T)>,
}

/// A measure's definition and the state of its registration, to which its `static` refers.
#[doc(hidden)]
#[derive(Debug)]
pub struct MeasureCell {
    pub(crate) descriptor: MeasureDescriptor,
    /// Identifies the measure's list of views. The step *register* changes it: see `register/interest.rs`.
    pub(crate) version: ConstAtomicU64,
    /// How many values were refused.
    rejected_values: ConstAtomicU64,
}

/// The definition of a measure.
#[derive(Debug)]
pub(crate) struct MeasureDescriptor {
    pub(crate) name: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
    pub(crate) unit: Cow<'static, str>,
    pub(crate) kind: ValueKind,
    pub(crate) source: MeasureSource,
    pub(crate) origin: Origin,
}

/// How a measure gets its values.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureSource {
    /// The program records them: a [`Measure`].
    Recorded,
    /// They are read at each collection: an [`Observed`](super::Observed).
    Observed,
    /// They are read at each collection, and are running totals.
    ObservedTotal,
}

impl MeasureSource {
    /// Whether the values are read.
    pub(crate) const fn is_observed(self) -> bool {
        matches!(self, Self::Observed | Self::ObservedTotal)
    }
}

impl MeasureDescriptor {
    /// Whether both define the same measure, in whichever place.
    pub(crate) fn is_same_definition(&self, other: &Self) -> bool {
        self.name == other.name
            && self.description == other.description
            && self.unit == other.unit
            && self.kind == other.kind
            && self.source == other.source
    }

    /// The unit of a `Duration` measure. Seconds for a measure of another type, for which the unit is not used.
    pub(crate) fn time_unit(&self) -> TimeUnit {
        TimeUnit::from_ucum(&self.unit).unwrap_or(TimeUnit::Seconds)
    }
}

impl MeasureCell {
    /// A checked cell.
    #[track_caller]
    pub(super) const fn new(
        kind: ValueKind,
        source: MeasureSource,
        name: &'static str,
        description: &'static str,
        unit: Option<&'static str>,
        origin: Origin,
    ) -> Self {
        assert!(
            name::is_valid(name),
            "the name of a measure is 1 to 255 bytes of printable ASCII"
        );
        let duration = matches!(kind, ValueKind::Duration);
        let unit = match unit {
            Some(unit) => unit,
            None if duration => "s",
            None => "1",
        };
        assert!(
            !duration || TimeUnit::from_ucum(unit).is_some(),
            "the unit of a `Measure<Duration>` is `s`, `ms`, `us` or `ns`"
        );
        assert!(name::is_valid_unit(unit), "{}", name::INVALID_UNIT);
        Self {
            descriptor: MeasureDescriptor {
                name: Cow::Borrowed(name),
                description: Cow::Borrowed(description),
                unit: Cow::Borrowed(unit),
                kind,
                source,
                origin,
            },
            version: ConstAtomicU64::new(Self::NEW),
            rejected_values: ConstAtomicU64::new(0),
        }
    }

    /// The same measure, whose values are running totals. Only an observed measure can be one.
    pub(super) const fn with_totals(mut self) -> Self {
        self.descriptor.source = MeasureSource::ObservedTotal;
        self
    }

    /// The `version` of a measure for which no list of views was ever made.
    pub(crate) const NEW: u64 = 0;

    /// A measure that is made at run time. The descriptor must be valid.
    pub(crate) const fn from_descriptor(descriptor: MeasureDescriptor) -> Self {
        Self {
            descriptor,
            version: ConstAtomicU64::new(Self::NEW),
            rejected_values: ConstAtomicU64::new(0),
        }
    }

    /// Counts a value that was refused: NaN or infinite or, of a running total, negative.
    pub(crate) fn count_rejected_value(&self) {
        // Relaxed, as the load: no other memory is published by the counter.
        self.rejected_values.fetch_add(1, Ordering::Relaxed);
    }

    /// How many values were refused.
    #[cfg(feature = "prometheus")]
    pub(crate) fn rejected_values(&self) -> u64 {
        self.rejected_values.load(Ordering::Relaxed)
    }
}

impl<T: Value> Measure<T> {
    /// The name: 1 to 255 bytes of printable ASCII (OpenCensus, `stats/Record.md`). Default: `crate/identifier`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.cell.descriptor.name
    }

    /// The description: the first paragraph of the doc comment.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.cell.descriptor.description
    }

    /// The unit, a UCUM string. Default: `1`, and `s` for durations.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.cell.descriptor.unit
    }

    /// Where the measure was declared.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.cell.descriptor.origin
    }

    pub(crate) fn cell(&self) -> &Handle<MeasureCell> {
        &self.cell
    }

    pub(crate) fn from_handle(cell: Handle<MeasureCell>) -> Self {
        Self {
            cell,
            value: PhantomData,
        }
    }

    pub(super) const fn handle(&'static self) -> &'static Handle<MeasureCell> {
        &self.cell
    }
}

/// The measure of a static's cell.
#[doc(hidden)]
#[must_use]
pub const fn static_measure<T: Value>(cell: &'static MeasureCell) -> Measure<T> {
    Measure {
        cell: Handle::Static(cell),
        value: PhantomData,
    }
}

impl<T: Value> Measure<T> {
    /// `is_total` is for the error about it only: see `TotalMeasure`.
    #[doc(hidden)]
    #[must_use]
    pub const fn __of_static(cell: &'static MeasureCell, _is_total: bool) -> Self {
        static_measure(cell)
    }
}

impl<T: Value> Clone for Measure<T> {
    fn clone(&self) -> Self {
        Self {
            cell: self.cell.clone(),
            value: PhantomData,
        }
    }
}

impl<T: Value> fmt::Debug for Measure<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Measure").field(&self.name()).finish()
    }
}
