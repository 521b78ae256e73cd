//! Between *record* and *collect*, **observe**: the values of observed measures, which are read for each collection.
//!
//! A collection calls [`rows`]. `flight.rs` has the protocol by which collections share readings and threads read;
//! everything else is plain data. No lock is held while code of a user runs: a reading, or the destructor of its
//! closure.

mod by_measure;
mod failures;
mod flight;
mod measure_key;
mod next_run;
mod observation;
#[cfg(all(feature = "process", target_os = "linux"))]
mod of_process;
#[cfg(feature = "tokio")]
mod of_runtime;
mod order;
mod program;
mod readers;
mod reading_function;
mod readings;
mod registry;
mod run;
mod slices;
mod source;
mod state;
mod taken;

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "prometheus")]
pub(crate) use failures::Reason;
pub use observation::Observation;
#[cfg(feature = "tokio")]
pub use of_runtime::{ObservedRuntime, observe_runtime};
pub use reading_function::{ReadingFunction, StaticObservation, StaticReading, reading};
pub use readings::{AnyReadings, Readings};
pub use slices::OBSERVATIONS;

use crate::aggregate::{LiveView, ObservedRows};
use crate::declare::{AnyObserved, Observed, Value};

/// How long a collection waits for readings, unless an exporter sets another deadline.
pub(crate) const DEFAULT_DEADLINE: Duration = Duration::from_secs(1);

/// Reads the observed measures of these views. Returns the rows of each view; `None` for a view of a recorded measure,
/// where a reading has failed, and for all views of a program that observes nothing. Waits for the deadline at most, or a
/// little longer where another collection's readings have to end first.
pub(crate) fn rows(views: &[Arc<LiveView>], deadline: Duration) -> Vec<Option<ObservedRows>> {
    match program::source() {
        Some(source) => source.rows(views, deadline),
        None => views.iter().map(|_| None).collect(),
    }
}

/// Whether this thread is reading, so that it must not wait for readings.
#[cfg(feature = "prometheus")]
pub(crate) fn is_reading() -> bool {
    readers::is_reading()
}

/// How often reading a measure has failed, by measure and reason.
#[cfg(feature = "prometheus")]
pub(crate) fn failures() -> Vec<(String, Reason, u64)> {
    program::source().map_or_else(Vec::new, source::Source::failures)
}

impl<T: Value> Observed<T> {
    /// Adds an observation: `read` is called for each collection that needs the measure, on a thread of the library's
    /// own, and says its values. It is taken away when the [`Observation`] is dropped.
    ///
    /// ```standalone_crate
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use census::{Observation, Observed, TagKey, measure, tag, tags, view};
    ///
    /// # #[tag]
    /// # static POOL: TagKey;
    /// /// Connections that wait in a pool.
    /// #[measure]
    /// static IDLE: Observed<u64>;
    /// view! { static IDLE_CONNECTIONS: Sum<IDLE> by (POOL); }
    ///
    /// struct Pool {
    ///     idle: Arc<AtomicU64>,
    ///     _observation: Observation,
    /// }
    ///
    /// impl Pool {
    ///     fn new(name: &'static str) -> Self {
    ///         let idle = Arc::new(AtomicU64::new(3));
    ///         let observed = Arc::clone(&idle);
    ///         Self {
    ///             idle,
    ///             _observation: IDLE.observe(move |seen| {
    ///                 seen.record(observed.load(Ordering::Relaxed), tags!(POOL = name));
    ///             }),
    ///         }
    ///     }
    /// }
    ///
    /// let pool = Pool::new("main");
    /// pool.idle.store(2, Ordering::Relaxed);
    /// assert!(IDLE_CONNECTIONS.data().get(&tags!(POOL = "main")).is_some_and(|idle| *idle == 2));
    /// drop(pool);
    /// assert!(IDLE_CONNECTIONS.data().rows.is_empty());
    /// ```
    pub fn observe(
        &self,
        mut read: impl FnMut(&mut Readings<'_, T>) + Send + 'static,
    ) -> Observation {
        program::observe(
            &[self.cell().clone()],
            Box::new(move |said| read(&mut Readings::new(said))),
        )
    }
}

/// Adds an observation of several measures, of whatever types: one reading says values of all of them. It is taken away
/// when the
/// [`Observation`] is dropped.
///
/// ```standalone_crate
/// use census::{Observed, measure, tags, view};
///
/// # mod engine {
/// #     pub struct Stats { pub hits: u64, pub ratio: f64 }
/// #     pub fn stats() -> Stats { Stats { hits: 3, ratio: 0.5 } }
/// # }
/// #[measure(total)]
/// static HITS: Observed<u64>;
/// #[measure]
/// static RATIO: Observed<f64>;
/// view! {
///     static CACHE_HITS: Sum<HITS>;
///     static CACHE_RATIO: LastValue<RATIO>;
/// }
///
/// let observation = census::observe([&HITS, &RATIO], |seen| {
///     let stats = engine::stats();
///     seen.record(&HITS, stats.hits, tags!());
///     seen.record(&RATIO, stats.ratio, tags!());
/// });
/// assert!(CACHE_HITS.data().get(&tags!()).is_some_and(|hits| *hits == 3));
/// ```
///
/// A value that is said for a measure that is not named is refused, and counted in
/// `census_failed_observations_total{reason="not_named"}`.
pub fn observe<const N: usize>(
    measures: [&dyn AnyObserved; N],
    mut read: impl FnMut(&mut AnyReadings<'_>) + Send + 'static,
) -> Observation {
    let handles = measures.map(|measure| measure.measure_handle().clone());
    program::observe(
        &handles,
        Box::new(move |said| read(&mut AnyReadings::new(said))),
    )
}
