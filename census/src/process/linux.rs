//! The values of the process, from system calls and `/proc/self`.

use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::ProcessValues;

/// Reads the values. Without `/proc` there are only those that system calls tell.
pub(crate) fn read() -> ProcessValues {
    let stat = fs::read_to_string("/proc/self/stat").ok();
    let stat = stat.as_deref().and_then(Stat::parse);
    let stat = stat.as_ref();
    ProcessValues {
        cpu_time: cpu_time(),
        open_fds: open_fds(),
        max_fds: Some(soft_limit(Resource::Nofile)),
        virtual_memory: stat.map(|it| it.virtual_memory),
        virtual_memory_max: Some(soft_limit(Resource::As)),
        resident_memory: stat.and_then(|it| {
            Some(
                it.resident_pages
                    .saturating_mul(page_size().try_into().ok()?),
            )
        }),
        threads: stat.map(|it| it.threads),
        start_time: stat.and_then(|it| start_time(it.start_ticks)),
    }
}

/// What `/proc/self/stat` has, and what no system call tells.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    threads: u64,
    /// Clock ticks from the system's start to the process's.
    start_ticks: u64,
    /// In bytes.
    virtual_memory: u64,
    resident_pages: u64,
}

impl Stat {
    /// The second field is the name of the program in parentheses, and a name may have spaces and parentheses in it. The numbers of
    /// the others are those of proc(5).
    fn parse(text: &str) -> Option<Self> {
        let (_, from_third) = text.rsplit_once(") ")?;
        let mut from_twentieth = from_third.split_ascii_whitespace().skip(20 - 3);
        let mut next = || from_twentieth.next()?.parse().ok();
        let threads = next()?;
        let _always_zero: u64 = next()?;
        Some(Self {
            threads,
            start_ticks: next()?,
            virtual_memory: next()?,
            resident_pages: next()?,
        })
    }
}

/// Processor time of all threads, also of those that have ended.
fn cpu_time() -> Option<Duration> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanoseconds) = (time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?);
    Some(Duration::new(seconds, nanoseconds))
}

/// A limit; the largest number, where there is none.
fn soft_limit(resource: Resource) -> u64 {
    getrlimit(resource).current.unwrap_or(u64::MAX)
}

/// Since version 6.2, the kernel tells the number as the size of the directory. Before, the size is 0.
fn open_fds() -> Option<u64> {
    let directory = "/proc/self/fd";
    let size = fs::metadata(directory).ok()?.len();
    if size > 0 {
        return Some(size);
    }
    let with_directory: u64 = fs::read_dir(directory).ok()?.count().try_into().ok()?;
    with_directory.checked_sub(1)
}

/// The time at which the process began, in seconds since the Unix epoch. It is computed once: the kernel derives the time at which the
/// system began from the clock, so a clock that is set would seem to move it, and a restart is told by this value.
fn start_time(ticks_after_boot: u64) -> Option<f64> {
    static START_TIME: OnceLock<f64> = OnceLock::new();
    if let Some(time) = START_TIME.get() {
        return Some(*time);
    }
    let time = boot_time()?.checked_add(duration(ticks_after_boot)?)?;
    Some(*START_TIME.get_or_init(|| time.as_secs_f64()))
}

/// The time at which the system began, since the Unix epoch.
fn boot_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let seconds = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    Some(Duration::from_secs(seconds.trim_end().parse().ok()?))
}

/// A number of clock ticks as a duration.
fn duration(ticks: u64) -> Option<Duration> {
    let per_second = clock_ticks_per_second();
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
        let limits = fs::read_to_string("/proc/self/limits").expect("/proc");
        for (name, resource) in [
            ("Max open files ", Resource::Nofile),
            ("Max address space ", Resource::As),
        ] {
            let line = limits.lines().find_map(|line| line.strip_prefix(name));
            let soft = line.and_then(|line| line.split_whitespace().next());
            let soft = match soft.expect("a soft limit") {
                "unlimited" => u64::MAX,
                number => number.parse().expect("a number"),
            };
            assert_eq!(soft_limit(resource), soft, "{name}");
        }
    }

    #[test]
    fn stat_is_read_also_where_the_name_looks_like_fields() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 20 0 22 23 24 25\n";
        let expected = Some(Stat {
            threads: 20,
            start_ticks: 22,
            virtual_memory: 23,
            resident_pages: 24,
        });
        for name in ["sh", "a b", ") R 7 (", "(", ""] {
            let text = format!("77 ({name}) {fields}");
            assert_eq!(Stat::parse(&text), expected, "{text}");
        }
        for broken in [
            "",
            "77",
            "77 (sh) S 1 2",
            "77 (sh) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 -1",
        ] {
            assert_eq!(Stat::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn ticks_become_durations() {
        let per_second = clock_ticks_per_second();
        assert_eq!(duration(0), Some(Duration::ZERO));
        assert_eq!(duration(7 * per_second), Some(Duration::from_secs(7)));
        let half = duration(per_second + per_second / 2).expect("a duration");
        assert_eq!(half, Duration::from_millis(1500));
        assert!(duration(u64::MAX).is_some());
    }
}
