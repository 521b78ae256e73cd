//! The observations of tokio's runtimes.
//!
//! A runtime is observed from when it is first asked for until it ends, by one observation. Whether that says anything
//! depends on whether somebody holds the runtime. A second observation of the same runtime would say its totals again,
//! from the beginning, and a view that stayed registered would count them twice.

use std::future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Handle, Id, RuntimeMetrics};

use super::observation::Observation;
use super::readings::AnyReadings;
use crate::sync::Mutex;
use crate::tags::{TagMap, with_part};
use crate::tokio_runtime::{ALIVE_TASKS, GLOBAL_QUEUE_DEPTH, WORKER_BUSY, WORKER_PARKS, WORKERS};

/// The runtimes that are observed. Those that have ended are taken away when another one is asked for.
#[derive(Debug, Default)]
struct ObservedRuntimes(Mutex<Vec<Runtime>>);

/// Calls `f` with the runtimes that are observed for the program, or for the isolation that this thread is within.
fn with_observed<R>(f: impl FnOnce(&Mutex<Vec<Runtime>>) -> R) -> R {
    static OBSERVED: ObservedRuntimes = ObservedRuntimes(Mutex::new(Vec::new()));
    with_part(
        || &OBSERVED,
        ObservedRuntimes::default,
        |observed| f(&observed.0),
    )
}

/// A runtime that is observed while this is there, or until it ends. Made by [`observe_runtime`], and held by an exporter
/// that was given the runtime.
#[must_use = "the runtime is observed while this is there"]
#[derive(Debug)]
pub struct ObservedRuntime(Arc<Shared>);

#[derive(Debug)]
struct Runtime {
    id: Id,
    shared: Arc<Shared>,
    _observation: Observation,
}

/// What an observation reads.
#[derive(Debug)]
struct Shared(Mutex<State>);

#[derive(Debug)]
struct State {
    /// `None` when the runtime has ended: they hold a handle, which keeps its queues and file descriptors.
    metrics: Option<RuntimeMetrics>,
    holders: usize,
}

/// Forgets the metrics when it is dropped, which is when the runtime ends. A task of the runtime has it.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        let metrics = self.0.0.lock().metrics.take();
        drop(metrics);
    }
}

/// Observes a tokio runtime, for a program that registers views of [`tokio_runtime`](crate::tokio_runtime) itself. An
/// exporter does the same with `ExporterBuilder::tokio`. With the feature `tokio`.
///
/// ```standalone_crate
/// use tokio::runtime::Handle;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), census::CatalogueError> {
/// census::tokio_runtime::VIEWS.register()?;
/// let observed = census::observe_runtime(&Handle::current());
/// let workers = || tokio::task::spawn_blocking(|| census::tokio_runtime::WORKER_COUNT.data().rows.len());
/// assert_eq!(workers().await.ok(), Some(1));
/// drop(observed);
/// assert_eq!(workers().await.ok(), Some(0));
/// # Ok(())
/// # }
/// ```
pub fn observe_runtime(handle: &Handle) -> ObservedRuntime {
    ObservedRuntime::of(handle)
}

impl ObservedRuntime {
    /// Observes a runtime, or finds its observation.
    pub(crate) fn of(handle: &Handle) -> Self {
        with_observed(|observed| Self::find_or_add(observed, handle))
    }

    fn find_or_add(observed: &Mutex<Vec<Runtime>>, handle: &Handle) -> Self {
        let mut observed = observed.lock();
        // The number of a runtime that has ended may be given to another one.
        let ended: Vec<Runtime> = observed
            .extract_if(.., |it| it.shared.0.lock().metrics.is_none())
            .collect();
        let found = observed.iter().find(|it| it.id == handle.id());
        let shared = if let Some(found) = found {
            Arc::clone(&found.shared)
        } else {
            let new = Runtime::new(handle);
            let shared = Arc::clone(&new.shared);
            observed.push(new);
            shared
        };
        drop(observed);
        drop(ended);
        shared.0.lock().holders += 1;
        Self(shared)
    }
}

impl Drop for ObservedRuntime {
    fn drop(&mut self) {
        self.0.0.lock().holders -= 1;
    }
}

impl Shared {
    /// A copy of the metrics of a runtime that somebody holds, so that no lock is held while tokio reads.
    fn held(&self) -> Option<RuntimeMetrics> {
        let state = self.0.lock();
        state.metrics.clone().filter(|_| state.holders > 0)
    }
}

impl Runtime {
    fn new(handle: &Handle) -> Self {
        let shared = Arc::new(Shared(Mutex::new(State {
            metrics: Some(handle.metrics()),
            holders: 0,
        })));
        let end = End(Arc::clone(&shared));
        // If the runtime has ended, tokio drops the task at once. Its handle does not keep it.
        let task = handle.spawn(async move {
            let _end = end;
            future::pending::<()>().await;
        });
        drop(task);
        let read = Arc::clone(&shared);
        let observation = super::observe(
            [
                &WORKERS,
                &ALIVE_TASKS,
                &GLOBAL_QUEUE_DEPTH,
                &WORKER_BUSY,
                &WORKER_PARKS,
            ],
            move |seen| {
                if let Some(metrics) = read.held() {
                    say(seen, &metrics);
                }
            },
        );
        Self {
            id: handle.id(),
            shared,
            _observation: observation,
        }
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
