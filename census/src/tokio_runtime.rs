//! What tokio tells of its runtimes: workers, tasks, queues. With the feature `tokio`.
//!
//! An exporter observes the runtimes that it is given, with `ExporterBuilder::tokio`:
//!
//! ```standalone_crate
//! use census::prometheus::Exporter;
//! use tokio::runtime::Handle;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), census::CatalogueError> {
//! let exporter = Exporter::builder().tokio(&Handle::current()).build()?;
//! # let scrape = tokio::task::spawn_blocking(move || exporter.scrape(None)).await.expect("a scrape");
//! # assert!(scrape.text().contains("\ntokio_workers "));
//! # Ok(())
//! # }
//! ```
//!
//! | view | family | of each runtime |
//! |---|---|---|
//! | [`WORKER_COUNT`] | `tokio_workers`, a gauge | `RuntimeMetrics::num_workers` |
//! | [`ALIVE_TASK_COUNT`] | `tokio_alive_tasks`, a gauge | `num_alive_tasks`, without the library's own task |
//! | [`QUEUED_TASKS`] | `tokio_global_queue_depth`, a gauge | `global_queue_depth` |
//! | [`BUSY_SECONDS`] | `tokio_worker_busy_seconds_total`, a counter | `worker_total_busy_duration` of all workers |
//! | [`PARK_COUNT`] | `tokio_worker_parks_total`, a counter | `worker_park_count` of all workers |
//!
//! These are the metrics that a tokio without `tokio_unstable` has; their names follow those of tokio. The values of several
//! runtimes are added up. The views are `#[optional]` and stand outside of an exporter's namespace.
//!
//! `rate(tokio_worker_busy_seconds_total[1m]) / tokio_workers` is how busy the workers are: at 1, each of them is busy all
//! the time. A worker that is blocked counts as busy.
//!
//! # When a runtime ends
//!
//! A runtime that has ended is gone from the gauges, and the counters keep what it has counted. The library learns of the end
//! by a task of its own on each runtime that was observed, which waits for ever and is dropped when the runtime ends. tokio
//! counts it: `RuntimeMetrics::num_alive_tasks` is one more than without the observation. The library's handle of the runtime
//! is dropped with the task. The runtime ends as without an observation.
//!
//! # Without an exporter, and with several
//!
//! [`observe_runtime`](crate::observe_runtime) observes a runtime for a program that registers the views itself.
//!
//! A runtime that is given to two exporters is observed once. When no exporter and no `ObservedRuntime` holds it any more, it
//! is gone from the gauges, and the counters keep what it has counted so far. If it is held again later, they go on with what
//! it has counted then.

use std::time::Duration;

use census_macros::{built_in_measure, built_in_view};

use crate::declare::{BuiltIn, Observed, ViewSet};

/// The workers of a runtime.
#[built_in_measure(name = "census/tokio/workers")]
pub static WORKERS: Observed<u64>;

/// Tasks of a runtime that have not ended.
#[built_in_measure(name = "census/tokio/alive_tasks")]
pub static ALIVE_TASKS: Observed<u64>;

/// Tasks in the queue that the workers of a runtime share.
#[built_in_measure(name = "census/tokio/global_queue_depth")]
pub static GLOBAL_QUEUE_DEPTH: Observed<u64>;

/// How long the workers of a runtime were busy, all together.
#[built_in_measure(name = "census/tokio/worker_busy", total)]
pub static WORKER_BUSY: Observed<Duration>;

/// How often the workers of a runtime have parked: each time that a worker has nothing to do.
#[built_in_measure(name = "census/tokio/worker_parks", total)]
pub static WORKER_PARKS: Observed<u64>;

built_in_view! {
    /// Number of worker threads.
    #[optional]
    pub static WORKER_COUNT: Sum<WORKERS> { name: "tokio_workers", namespace: false }

    /// Number of tasks that have not ended.
    #[optional]
    pub static ALIVE_TASK_COUNT: Sum<ALIVE_TASKS> { name: "tokio_alive_tasks", namespace: false }

    /// Number of tasks in the queue that all workers share.
    #[optional]
    pub static QUEUED_TASKS: Sum<GLOBAL_QUEUE_DEPTH> {
        name: "tokio_global_queue_depth",
        namespace: false,
    }

    /// Total time in seconds that the workers were busy.
    #[optional]
    pub static BUSY_SECONDS: Sum<WORKER_BUSY> {
        name: "tokio_worker_busy_seconds_total",
        namespace: false,
    }

    /// Total number of times that workers have parked.
    #[optional]
    pub static PARK_COUNT: Sum<WORKER_PARKS> { name: "tokio_worker_parks_total", namespace: false }
}

/// All views of this module.
pub static VIEWS: ViewSet = ViewSet::new(&[
    &WORKER_COUNT,
    &ALIVE_TASK_COUNT,
    &QUEUED_TASKS,
    &BUSY_SECONDS,
    &PARK_COUNT,
]);

/// The declarations of this module, for the catalogue.
pub(crate) static BUILT_IN: BuiltIn = BuiltIn {
    keys: &[],
    views: &[
        WORKER_COUNT.handle(),
        ALIVE_TASK_COUNT.handle(),
        QUEUED_TASKS.handle(),
        BUSY_SECONDS.handle(),
        PARK_COUNT.handle(),
    ],
};
