//! The processors: how many there are, how long a thread waits for one, and how much of them other programs have.

use std::num::NonZeroUsize;
use std::ops::Range;
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

/// The time of the processor that this process has had, with all its threads. NaN if the system does not report it.
fn seconds_of_this_process() -> f64 {
    seconds_of_stat(11..13)
}

/// The time of the processor that all children have had that have ended, with their own children. NaN if the system does
/// not report it.
pub(crate) fn seconds_of_children() -> f64 {
    seconds_of_stat(13..15)
}

/// How many times Linux counts in a second where it reports times to programs, whatever its own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// The sum of fields of `/proc/self/stat`, in seconds. The fields are counted from the one after the program's name, which
/// is in parentheses and may contain anything.
fn seconds_of_stat(fields: Range<usize>) -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    sum_of_ticks(after_name, fields)
}

/// The time that all programs have had, and the host if this is a virtual machine. NaN if the system does not report it.
fn seconds_of_all_programs() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    // `cpu`, user, nice, system, idle, waiting for input and output, interrupts, soft interrupts, stolen.
    sum_of_ticks(line, 1..4) + sum_of_ticks(line, 6..9)
}

fn sum_of_ticks(line: &str, fields: Range<usize>) -> f64 {
    let ticks: Vec<f64> = line
        .split_whitespace()
        .skip(fields.start)
        .take(fields.len())
        .filter_map(|ticks| ticks.parse().ok())
        .collect();
    if ticks.len() == fields.len() {
        ticks.iter().sum::<f64>() / TICKS_PER_SECOND
    } else {
        f64::NAN
    }
}

/// Tells which share of the cores other programs had.
pub(crate) struct OtherPrograms {
    begun: Instant,
    seconds: f64,
}

impl OtherPrograms {
    pub(crate) fn watch() -> Self {
        Self {
            begun: Instant::now(),
            seconds: Self::seconds(),
        }
    }

    fn seconds() -> f64 {
        seconds_of_all_programs() - seconds_of_this_process()
    }

    /// The share since [`OtherPrograms::watch`]. The system counts in hundredths of a second. Zero if it does not report
    /// it.
    pub(crate) fn share(&self) -> f64 {
        let all = self.begun.elapsed().as_secs_f64() * cores() as f64;
        // `max` takes the other number if one is NaN.
        ((Self::seconds() - self.seconds) / all).max(0.0)
    }
}
