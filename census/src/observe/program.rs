//! The observations of the program, and the flight that reads them.
//!
//! The code of a flight is large, and most programs observe nothing. So a program links that code only with its first
//! observation: [`PROGRAM`] is named by what makes observations, and collections find it through [`source`].

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

#[cfg(feature = "prometheus")]
use super::failures::Reason;
use super::flight::Flight;
use super::measure_key::MeasureKey;
use super::observation::{Closure, Observation};
use super::reading_function::{StaticObservation, StaticReading};
use super::registry::Observations;
use super::slices::OBSERVATIONS;
use super::source::Source;
use crate::aggregate::{LiveView, ObservedRows};
use crate::declare::{Handle, MeasureCell, elements};
use crate::tags::with_part;

/// The code that reads. It stands for the program's observations, and for those of each isolation.
struct Reads;

/// The observations of the program, or of the isolation that this thread is within.
fn flight() -> Arc<Flight> {
    static PROGRAM: LazyLock<Arc<Flight>> = LazyLock::new(new);
    fn new() -> Arc<Flight> {
        Arc::new(Flight::new(Observations::of_statics()))
    }
    with_part(|| &*PROGRAM, new, Arc::clone)
}

/// [`Reads`], once there was an observation that is not a static's.
static SOURCE: OnceLock<&'static dyn Source> = OnceLock::new();

/// The code that reads; `None` in a program that has observed nothing.
pub(super) fn source() -> Option<&'static dyn Source> {
    // The process is observed without an observation of the program.
    #[cfg(all(feature = "process", target_os = "linux"))]
    SOURCE.get_or_init(|| &Reads);
    let of_static = elements(&OBSERVATIONS).first().map(|it| it.source);
    of_static.or_else(|| SOURCE.get().copied())
}

/// Adds an observation, which is there until the returned handle is dropped.
pub(super) fn observe(measures: &[Handle<MeasureCell>], closure: Closure) -> Observation {
    SOURCE.get_or_init(|| &Reads);
    flight().observe(measures, closure)
}

impl StaticObservation {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(measure: &'static MeasureCell, reading: &'static dyn StaticReading) -> Self {
        Self {
            measure,
            reading,
            source: &Reads,
        }
    }
}

impl Source for Reads {
    fn rows(&self, views: &[Arc<LiveView>], deadline: Duration) -> Vec<Option<ObservedRows>> {
        fn measure(live: &LiveView) -> MeasureKey {
            MeasureKey::new(&live.spec.measure)
        }
        let observed = views.iter().filter(|live| live.is_observed());
        let measures: BTreeSet<MeasureKey> = observed.map(|live| measure(live)).collect();
        if measures.is_empty() {
            return views.iter().map(|_| None).collect();
        }
        let taken = flight().read(&measures, deadline);
        let rows = |live: &Arc<LiveView>| {
            let run = taken.of(&measure(live))?;
            live.is_observed().then(|| live.observed_rows(&run))
        };
        views.iter().map(rows).collect()
    }

    #[cfg(feature = "prometheus")]
    fn failures(&self) -> Vec<(String, Reason, u64)> {
        flight().failures().all()
    }
}
