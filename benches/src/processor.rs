//! What the system says of the processors.

use std::time::{Duration, Instant};

/// How long this thread has waited for a processor in its life, because other programs or threads had them. Where the
/// system does not say: not at all.
pub(crate) fn waited() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let waited = statistics.split_whitespace().nth(1);
    Duration::from_nanos(waited.and_then(|waited| waited.parse().ok()).unwrap_or(0))
}

/// How long `work` takes on this thread, without its waits for a processor.
pub(crate) fn time_on_processor<R>(work: impl FnOnce() -> R) -> (Duration, R) {
    let waited_before = waited();
    let began = Instant::now();
    let result = work();
    let took = began.elapsed();
    let waited = waited().saturating_sub(waited_before);
    (took.saturating_sub(waited), result)
}
