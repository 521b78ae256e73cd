//! What the system tells of the process itself: processor time, memory, file descriptors. With the feature `process`.
//!
//! An exporter shows it with `ExporterBuilder::process`:
//!
//! ```standalone_crate
//! # #[cfg(feature = "prometheus")]
//! # {
//! use census::prometheus::Exporter;
//!
//! let exporter = Exporter::builder().process().build()?;
//! # #[cfg(target_os = "linux")]
//! assert!(exporter.scrape(None).text().contains("\nprocess_open_fds "));
//! # }
//! # Ok::<(), census::CatalogueError>(())
//! ```
//!
//! The views are `#[optional]`. [`VIEWS`] has them for programs without an exporter, and for those that want only some of
//! them. They stand outside of an exporter's namespace, because dashboards expect these names.
//!
//! | view | family | as in |
//! |---|---|---|
//! | [`CPU_SECONDS`] | `process_cpu_seconds_total`, a counter | Prometheus's client libraries for Python, Go and Java |
//! | [`OPEN_FILES`] | `process_open_fds`, a gauge | the same |
//! | [`MAX_FILES`] | `process_max_fds`, a gauge | the same |
//! | [`VIRTUAL_BYTES`] | `process_virtual_memory_bytes`, a gauge | the same |
//! | [`RESIDENT_BYTES`] | `process_resident_memory_bytes`, a gauge | the same |
//! | [`STARTED`] | `process_start_time_seconds`, a gauge | the same |
//! | [`MAX_VIRTUAL_BYTES`] | `process_virtual_memory_max_bytes`, a gauge | the client library for Go |
//! | [`THREAD_COUNT`] | `process_threads`, a gauge | the crate `prometheus` |
//!
//! A limit that is not set is shown as 18446744073709551615, the largest `u64`, as the client library for Go shows it. (The
//! one for Python fails then, and the kernel does not accept such a limit of files.)
//!
//! # Systems
//!
//! The values are read on Linux, by system calls and from `/proc`. A value that cannot be read has no row in that collection, and so no sample.
//! On other systems the set [`VIEWS`] is empty, and its views have no rows.

#[cfg(target_os = "linux")]
mod linux;

use std::time::Duration;

use census_macros::{built_in_measure, built_in_view};
#[cfg(target_os = "linux")]
pub(crate) use linux::read;

use crate::declare::{BuiltIn, Observed, ViewSet};

/// Processor time used, by user code and by the kernel for it.
#[built_in_measure(name = "census/process/cpu_time", total)]
pub static CPU_TIME: Observed<Duration>;

/// Open file descriptors.
#[built_in_measure(name = "census/process/open_fds")]
pub static OPEN_FDS: Observed<u64>;

/// How many file descriptors may be open, by the soft limit.
#[built_in_measure(name = "census/process/max_fds")]
pub static MAX_FDS: Observed<u64>;

/// The size of the address space that is in use.
#[built_in_measure(name = "census/process/virtual_memory", unit = "By")]
pub static VIRTUAL_MEMORY: Observed<u64>;

/// How large the address space may be, by the soft limit.
#[built_in_measure(name = "census/process/virtual_memory_max", unit = "By")]
pub static VIRTUAL_MEMORY_MAX: Observed<u64>;

/// Memory that is in RAM.
#[built_in_measure(name = "census/process/resident_memory", unit = "By")]
pub static RESIDENT_MEMORY: Observed<u64>;

/// Threads.
#[built_in_measure(name = "census/process/threads")]
pub static THREADS: Observed<u64>;

/// When the process began, in seconds since the Unix epoch. A float has the digits that the client libraries show; a duration
/// of so many nanoseconds would get others when it is exported.
#[built_in_measure(name = "census/process/start_time", unit = "s")]
pub static START_TIME: Observed<f64>;

built_in_view! {
    /// Total user and system CPU time spent in seconds.
    #[optional]
    pub static CPU_SECONDS: Sum<CPU_TIME> { name: "process_cpu_seconds_total", namespace: false }

    /// Number of open file descriptors.
    #[optional]
    pub static OPEN_FILES: LastValue<OPEN_FDS> { name: "process_open_fds", namespace: false }

    /// Maximum number of open file descriptors.
    #[optional]
    pub static MAX_FILES: LastValue<MAX_FDS> { name: "process_max_fds", namespace: false }

    /// Virtual memory size in bytes.
    #[optional]
    pub static VIRTUAL_BYTES: LastValue<VIRTUAL_MEMORY> {
        name: "process_virtual_memory_bytes",
        namespace: false,
    }

    /// Maximum amount of virtual memory available in bytes.
    #[optional]
    pub static MAX_VIRTUAL_BYTES: LastValue<VIRTUAL_MEMORY_MAX> {
        name: "process_virtual_memory_max_bytes",
        namespace: false,
    }

    /// Resident memory size in bytes.
    #[optional]
    pub static RESIDENT_BYTES: LastValue<RESIDENT_MEMORY> {
        name: "process_resident_memory_bytes",
        namespace: false,
    }

    /// Number of OS threads in the process.
    #[optional]
    pub static THREAD_COUNT: LastValue<THREADS> { name: "process_threads", namespace: false }

    /// Start time of the process since unix epoch in seconds.
    #[optional]
    pub static STARTED: LastValue<START_TIME> { name: "process_start_time_seconds", namespace: false }
}

/// The views of what this system tells.
#[cfg(target_os = "linux")]
pub static VIEWS: ViewSet = ViewSet::new(&[
    &CPU_SECONDS,
    &OPEN_FILES,
    &MAX_FILES,
    &VIRTUAL_BYTES,
    &MAX_VIRTUAL_BYTES,
    &RESIDENT_BYTES,
    &THREAD_COUNT,
    &STARTED,
]);

/// The views of what this system tells: none, because the library reads nothing here.
#[cfg(not(target_os = "linux"))]
pub static VIEWS: ViewSet = ViewSet::new(&[]);

/// The declarations of this module, for the catalogue.
pub(crate) static BUILT_IN: BuiltIn = BuiltIn {
    keys: &[],
    views: &[
        CPU_SECONDS.handle(),
        OPEN_FILES.handle(),
        MAX_FILES.handle(),
        VIRTUAL_BYTES.handle(),
        MAX_VIRTUAL_BYTES.handle(),
        RESIDENT_BYTES.handle(),
        THREAD_COUNT.handle(),
        STARTED.handle(),
    ],
};

/// What one reading has found. A value that could not be read is `None`.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProcessValues {
    pub(crate) cpu_time: Option<Duration>,
    pub(crate) open_fds: Option<u64>,
    pub(crate) max_fds: Option<u64>,
    pub(crate) virtual_memory: Option<u64>,
    pub(crate) virtual_memory_max: Option<u64>,
    pub(crate) resident_memory: Option<u64>,
    pub(crate) threads: Option<u64>,
    pub(crate) start_time: Option<f64>,
}
