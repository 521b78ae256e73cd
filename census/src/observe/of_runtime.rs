//! The observations of tokio's runtimes: one for each runtime, as long as an exporter holds it.

use std::future;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id, RuntimeMetrics};
use tokio::task::AbortHandle;

use super::observation::Observation;
use super::readings::AnyReadings;
use crate::sync::Mutex;
use crate::tags::TagMap;
use crate::tokio_runtime::{ALIVE_TASKS, GLOBAL_QUEUE_DEPTH, WORKER_BUSY, WORKER_PARKS, WORKERS};

/// The runtimes that are observed. A runtime that was observed twice would count twice.
static OBSERVED: Mutex<Vec<Weak<ObservedRuntime>>> = Mutex::new(Vec::new());

/// A runtime that is observed until this is dropped, or until it ends.
#[derive(Debug)]
pub(crate) struct ObservedRuntime {
    id: Id,
    metrics: Arc<UntilEnd>,
    /// The task that is dropped when the runtime ends.
    task: AbortHandle,
    _observation: Observation,
}

/// The metrics of a runtime that has not ended. They hold a handle, which keeps the runtime's queues and file descriptors.
#[derive(Debug)]
struct UntilEnd(Mutex<Option<RuntimeMetrics>>);

/// Forgets the metrics when it is dropped. The task has it.
struct End(Arc<UntilEnd>);

impl Drop for End {
    fn drop(&mut self) {
        let metrics = self.0.0.lock().take();
        drop(metrics);
    }
}

impl UntilEnd {
    /// A copy, so that no lock is held while tokio reads.
    fn get(&self) -> Option<RuntimeMetrics> {
        self.0.lock().clone()
    }
}

impl ObservedRuntime {
    /// Observes a runtime, or finds its observation.
    pub(crate) fn of(handle: &Handle) -> Arc<Self> {
        let mut observed = OBSERVED.lock();
        observed.retain(|it| it.strong_count() > 0);
        // The number of a runtime that has ended may be given to another one.
        let is_same = |it: &Arc<Self>| it.id == handle.id() && it.metrics.get().is_some();
        if let Some(found) = observed.iter().filter_map(Weak::upgrade).find(is_same) {
            return found;
        }
        let new = Arc::new(Self::new(handle));
        observed.push(Arc::downgrade(&new));
        new
    }

    fn new(handle: &Handle) -> Self {
        let metrics = Arc::new(UntilEnd(Mutex::new(Some(handle.metrics()))));
        let end = End(Arc::clone(&metrics));
        // If the runtime has ended, tokio drops the task at once.
        let task = handle.spawn(async move {
            let _end = end;
            future::pending::<()>().await;
        });
        let read = Arc::clone(&metrics);
        let observation = super::observe(
            [
                &WORKERS,
                &ALIVE_TASKS,
                &GLOBAL_QUEUE_DEPTH,
                &WORKER_BUSY,
                &WORKER_PARKS,
            ],
            move |seen| {
                if let Some(metrics) = read.get() {
                    say(seen, &metrics);
                }
            },
        );
        Self {
            id: handle.id(),
            metrics,
            task: task.abort_handle(),
            _observation: observation,
        }
    }
}

impl Drop for ObservedRuntime {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn say(seen: &mut AnyReadings<'_>, metrics: &RuntimeMetrics) {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let workers = metrics.num_workers();
    // Without the library's own task.
    let tasks = metrics.num_alive_tasks().saturating_sub(1);
    seen.record(&WORKERS, count(workers), TagMap::new());
    seen.record(&ALIVE_TASKS, count(tasks), TagMap::new());
    let queued = count(metrics.global_queue_depth());
    seen.record(&GLOBAL_QUEUE_DEPTH, queued, TagMap::new());
    // tokio counts these only where the processor has atomic words of 64 bits.
    #[cfg(target_has_atomic = "64")]
    {
        let busy = (0..workers).map(|worker| metrics.worker_total_busy_duration(worker));
        let busy = busy.fold(Duration::ZERO, Duration::saturating_add);
        seen.record(&WORKER_BUSY, busy, TagMap::new());
        let parks = (0..workers).map(|worker| metrics.worker_park_count(worker));
        seen.record(&WORKER_PARKS, parks.sum(), TagMap::new());
    }
}
