//! The processors: how many there are, and how long a thread waits for one.

use std::num::NonZeroUsize;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// How many threads can run at once.
pub(crate) fn cores() -> usize {
    static CORES: LazyLock<usize> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get));
    *CORES
}

/// How long this thread has waited for a processor since it started, while other programs or threads had the
/// processors. Zero if the system does not report it; only Linux does.
pub(crate) fn time_waited() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = statistics.split_whitespace().nth(1);
    Duration::from_nanos(waited.and_then(|waited| waited.parse().ok()).unwrap_or(0))
}

/// How long `work` takes on this thread, without the thread's waits for a processor.
pub(crate) fn time_on_processor<R>(work: impl FnOnce() -> R) -> (Duration, R) {
    let waited_before = time_waited();
    let began = Instant::now();
    let result = work();
    let elapsed = began.elapsed();
    let waited = time_waited().saturating_sub(waited_before);
    (elapsed.saturating_sub(waited), result)
}
