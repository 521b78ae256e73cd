//! The observations that there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::measure_key::MeasureKey;
use super::observation::{Closure, Entry, Observation};
#[cfg(all(feature = "process", target_os = "linux"))]
use super::of_process;
use super::slices::OBSERVATIONS;
use crate::declare::{Handle, MeasureCell, elements, in_order_of_places};
use crate::id::ObservationId;
use crate::sync::Mutex;

/// The observations, in the order of their registration. Those of statics come first, in the order of the measures'
/// places.
#[derive(Debug, Default)]
pub(super) struct Observations(Mutex<Registered>);

#[derive(Debug, Default)]
struct Registered {
    /// In the order of their identifiers.
    entries: Vec<Arc<Entry>>,
    last: u64,
}

impl Registered {
    fn remove(&mut self, id: ObservationId) -> Option<Arc<Entry>> {
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id);
        place.ok().map(|place| self.entries.remove(place))
    }
}

impl Observations {
    /// The observations of the program's statics, and the library's own.
    pub(super) fn of_statics() -> Arc<Self> {
        let statics =
            in_order_of_places(elements(&OBSERVATIONS), |it| it.measure.descriptor.origin);
        let this = Self::default();
        for observation in statics {
            let reading = observation.reading;
            this.add(
                &[Handle::Static(observation.measure)],
                Box::new(|said| reading.read(said)),
            );
        }
        #[cfg(all(feature = "process", target_os = "linux"))]
        this.add(&of_process::measures(), of_process::closure());
        Arc::new(this)
    }

    fn add(&self, measures: &[Handle<MeasureCell>], closure: Closure) -> Arc<Entry> {
        let mut registered = self.0.lock();
        registered.last += 1;
        let id = ObservationId(registered.last);
        let measures = measures.iter().map(MeasureKey::new).collect();
        let entry = Arc::new(Entry::new(id, measures, closure));
        registered.entries.push(Arc::clone(&entry));
        entry
    }

    /// Adds an observation, which is there until the returned handle is dropped.
    pub(super) fn observe(
        self: &Arc<Self>,
        measures: &[Handle<MeasureCell>],
        closure: Closure,
    ) -> Observation {
        let entry = self.add(measures, closure);
        let observations = Arc::clone(self);
        let id = entry.id;
        Observation::new(entry, move || {
            let removed = observations.0.lock().remove(id);
            drop(removed);
        })
    }

    /// The observations that name one of these measures.
    pub(super) fn of(&self, measures: &BTreeSet<MeasureKey>) -> Vec<Arc<Entry>> {
        let registered = self.0.lock();
        let entries = registered.entries.iter();
        let entries = entries.filter(|entry| entry.names_any(measures));
        entries.cloned().collect()
    }

    /// Whether an observation names one of these measures.
    pub(super) fn has(&self, measures: &BTreeSet<MeasureKey>) -> bool {
        let registered = self.0.lock();
        let mut entries = registered.entries.iter();
        entries.any(|entry| entry.names_any(measures))
    }
}
