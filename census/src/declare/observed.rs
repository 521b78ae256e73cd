//! Observed measures: measures whose values are read.

use std::fmt;
use std::panic::RefUnwindSafe;

use super::{Handle, Measure, MeasureCell, MeasureSource, Origin, Value, static_measure};

/// An observed measure: a quantity that is not recorded but read, at each collection, such as the length of a queue.
/// Declared with [`#[measure]`](macro@crate::measure).
///
/// ```standalone_crate
/// use std::sync::Mutex;
///
/// use census::{Observed, TagKey, measure, tag, tags, view};
///
/// # #[tag]
/// # static POOL: TagKey;
/// static JOBS: Mutex<Vec<String>> = Mutex::new(Vec::new());
///
/// /// Jobs waiting.
/// #[measure]
/// static QUEUE_DEPTH: Observed<u64> = || JOBS.lock().map_or(0, |jobs| jobs.len() as u64);
///
/// /// Connections that are open.
/// #[measure]
/// static CONNECTIONS: Observed<u64>;
///
/// view! {
///     static QUEUE: LastValue<QUEUE_DEPTH>;
///     static POOL_CONNECTIONS: Sum<CONNECTIONS> by (POOL);
/// }
///
/// let observation = CONNECTIONS.observe(|seen| seen.record(8, tags!(POOL = "main")));
/// assert!(QUEUE.data().get(&tags!()).is_some_and(|depth| *depth == 0));
/// assert!(POOL_CONNECTIONS.data().get(&tags!(POOL = "main")).is_some_and(|sum| *sum == 8));
/// drop(observation);
/// assert!(POOL_CONNECTIONS.data().rows.is_empty());
/// ```
///
/// An `Observed` is a handle that is cheap to clone. It is read by the function that initializes its `static`, if there
/// is one, and by every [observation](Self::observe) of it.
///
/// # What its views show
///
/// A view aggregates what is read for one collection, and nothing else: a row for which no value is said is not there,
/// so the row of a pool that is gone is gone from the next scrape on. Values for one row are combined in the order in
/// which their observations were registered, and rows are sorted by their tags. There are no rows with zeros.
///
/// | view | shows | exported as |
/// |---|---|---|
/// | [`LastValue`](crate::LastValue) | the last value of a row | a gauge |
/// | [`Sum`](crate::Sum) | the sum of a row's values | a gauge; a counter, if the measure is a total |
/// | [`Count`](crate::Count) | how many values there are for a row | a gauge |
///
/// # Totals
///
/// `#[measure(total)]` says that the values are running totals that something else keeps: processor time, bytes sent by
/// an engine. A `Sum` of totals never falls. If an observation says less for a row than before, its total began anew,
/// and what it said before stays in the row's sum. The same holds when an observation is dropped, and when it says
/// nothing for a row. A row stays while the view is registered. Totals are `u64`, `f64` or `Duration`; a negative one
/// is refused as NaN is.
///
/// # When it is read
///
/// A scrape, [`View::data`](crate::View::data), [`snapshot`](crate::snapshot) and a reporter begin a collection. A
/// thread of the library's own then reads what the collection's views need; a measure without a view is not read.
/// Collections that begin while another one reads share the next readings, which begin after all of them. So no value
/// is older than the call that returns it, and two scrapers do not read twice at once.
///
/// A collection waits for one deadline, however many readings there are: one second, or that of
/// `ExporterBuilder::observe_within`. A reading that is late, or panics, costs the rows of all measures that its
/// observation names, in this collection. Everything else is shown, and `census_failed_observations_total{measure,
/// reason}` counts the failure. A late reading is not begun again before it has returned, and until then nothing else is
/// read of its measures, whose rows it costs. While one is late, another thread reads the rest. If readings are late by the
/// dozen, not every other one may be read within the deadline; those that were not come first in the next collection.
/// While four of them or more have not returned, readings that were never in time are tried one at a time, and rarely.
///
/// Within a reading, recording, registering views, and making and dropping observations work as elsewhere. Data of
/// observed measures is not there within a reading, and a scrape answers 500. A caller that holds a lock that a reading
/// takes waits for the deadline, and has the data without that reading.
pub struct Observed<T: Value> {
    measure: Measure<T>,
    /// As in the descriptor. It stands here, too, so that the compiler can look at it: the cell has atomics.
    is_total: bool,
}

impl<T: Value> Observed<T> {
    /// The name: 1 to 255 bytes of printable ASCII. Default: `crate/identifier`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.measure.name()
    }

    /// The description: the first paragraph of the doc comment.
    #[must_use]
    pub fn description(&self) -> &str {
        self.measure.description()
    }

    /// The unit, a UCUM string. Default: `1`, and `s` for durations.
    #[must_use]
    pub fn unit(&self) -> &str {
        self.measure.unit()
    }

    /// Where the measure was declared.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.measure.origin()
    }

    /// Whether its values are running [totals](Self#totals).
    #[must_use]
    pub const fn is_total(&self) -> bool {
        self.is_total
    }

    pub(crate) fn cell(&self) -> &Handle<MeasureCell> {
        self.measure.cell()
    }

    /// The part that it has in common with a recorded measure.
    pub(crate) const fn as_measure(&'static self) -> &'static Measure<T> {
        &self.measure
    }

    pub(crate) fn from_handle(cell: Handle<MeasureCell>) -> Self {
        Self {
            is_total: cell.descriptor.source == MeasureSource::ObservedTotal,
            measure: Measure::from_handle(cell),
        }
    }
}

/// The observed measure of a static's cell.
#[doc(hidden)]
#[must_use]
pub const fn static_observed<T: Value>(cell: &'static MeasureCell, is_total: bool) -> Observed<T> {
    Observed {
        measure: static_measure(cell),
        is_total,
    }
}

impl<T: Value> Observed<T> {
    #[doc(hidden)]
    #[must_use]
    pub const fn __of_static(cell: &'static MeasureCell, is_total: bool) -> Self {
        static_observed(cell, is_total)
    }
}

impl<T: Value> Clone for Observed<T> {
    fn clone(&self) -> Self {
        Self {
            measure: self.measure.clone(),
            is_total: self.is_total,
        }
    }
}

impl<T: Value> fmt::Debug for Observed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observed").field(&self.name()).finish()
    }
}

/// A measure of any value type, of which there can be a view: a [`Measure`] or an [`Observed`].
///
/// The auto traits of [`Measure`] are supertraits here: a measured future holds a reference to a `FunctionCell`, which
/// holds such measures, and is to be `Send`, `Sync` and `UnwindSafe` exactly when the user's future is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a measure",
    label = "expected a `Measure` or an `Observed`"
)]
pub trait AnyMeasure: sealed::Sealed + Send + Sync + RefUnwindSafe + fmt::Debug {
    #[doc(hidden)]
    fn measure_handle(&self) -> &Handle<MeasureCell>;
}

/// An [`Observed`] of any value type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an observed measure",
    label = "expected an `Observed`",
    note = "declare one: `#[measure] static QUEUE_DEPTH: Observed<u64>;`"
)]
pub trait AnyObserved: AnyMeasure {}

/// A measure of which there can be a `Distribution`: a [`Measure`]. An observed measure is read once for each scrape, and a
/// histogram counts every value.
#[diagnostic::on_unimplemented(
    message = "there is no `Distribution` of `{Self}`",
    label = "expected a `Measure`",
    note = "an `Observed` is read once for each scrape: write `View::last_value`, `View::sum` or `View::count`; or declare \
            a `Measure`, and record each value to it"
)]
pub trait DistributedMeasure: AnyMeasure {
    #[doc(hidden)]
    type Value: Value;
}

#[diagnostic::do_not_recommend]
impl<T: Value> DistributedMeasure for Measure<T> {
    type Value = T;
}

mod sealed {
    pub trait Sealed {}
    impl<T: super::Value> Sealed for super::Measure<T> {}
    impl<T: super::Value> Sealed for super::Observed<T> {}
}

#[diagnostic::do_not_recommend]
impl<T: Value> AnyMeasure for Measure<T> {
    fn measure_handle(&self) -> &Handle<MeasureCell> {
        self.cell()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> AnyMeasure for Observed<T> {
    fn measure_handle(&self) -> &Handle<MeasureCell> {
        self.cell()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> AnyObserved for Observed<T> {}
