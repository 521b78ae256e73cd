//! The values of the process, from `/proc/self`.

use std::sync::OnceLock;
use std::time::Duration;

use procfs::process::{LimitValue, Process};
use procfs::{boot_time_secs, page_size, ticks_per_second};

use super::ProcessValues;

/// Reads the values. Without `/proc` there are none.
pub(crate) fn read() -> ProcessValues {
    let Ok(process) = Process::myself() else {
        return ProcessValues::default();
    };
    let stat = process.stat().ok();
    let stat = stat.as_ref();
    let limits = process.limits().ok();
    let limits = limits.as_ref();
    ProcessValues {
        cpu_time: stat.and_then(|it| duration(it.utime.saturating_add(it.stime))),
        open_fds: process.fd_count().ok().and_then(|it| it.try_into().ok()),
        max_fds: limits.map(|it| limit(it.max_open_files.soft_limit)),
        virtual_memory: stat.map(|it| it.vsize),
        virtual_memory_max: limits.map(|it| limit(it.max_address_space.soft_limit)),
        resident_memory: stat.map(|it| it.rss.saturating_mul(page_size())),
        threads: stat.and_then(|it| it.num_threads.try_into().ok()),
        start_time: stat.and_then(|it| start_time(it.starttime)),
    }
}

/// A limit; the largest number, where there is none.
fn limit(limit: LimitValue) -> u64 {
    match limit {
        LimitValue::Value(value) => value,
        LimitValue::Unlimited => u64::MAX,
    }
}

/// The time at which the process began, in seconds since the Unix epoch. It is computed once: the kernel derives the time at which the
/// system began from the clock, so a clock that is set would seem to move it, and a restart is told by this value.
fn start_time(ticks_after_boot: u64) -> Option<f64> {
    static START_TIME: OnceLock<f64> = OnceLock::new();
    if let Some(time) = START_TIME.get() {
        return Some(*time);
    }
    let boot = Duration::from_secs(boot_time_secs().ok()?);
    let time = boot.checked_add(duration(ticks_after_boot)?)?;
    Some(*START_TIME.get_or_init(|| time.as_secs_f64()))
}

/// A number of clock ticks as a duration.
fn duration(ticks: u64) -> Option<Duration> {
    let per_second = ticks_per_second();
    let seconds = ticks.checked_div(per_second)?;
    let rest = Duration::from_secs(ticks.checked_rem(per_second)?);
    let rest = rest.checked_div(per_second.try_into().ok()?)?;
    Duration::from_secs(seconds).checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_are_not_set_are_the_largest_number() {
        assert_eq!(limit(LimitValue::Value(1024)), 1024);
        assert_eq!(limit(LimitValue::Unlimited), u64::MAX);
    }

    #[test]
    fn ticks_become_durations() {
        let per_second = ticks_per_second();
        assert_eq!(duration(0), Some(Duration::ZERO));
        assert_eq!(duration(7 * per_second), Some(Duration::from_secs(7)));
        let half = duration(per_second + per_second / 2).expect("a duration");
        assert_eq!(half, Duration::from_millis(1500));
        assert!(duration(u64::MAX).is_some());
    }
}
