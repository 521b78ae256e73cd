//! The clock of durations.
//!
//! A measured call reads it twice. On the machine where this was decided, two reads took 49 ns with `std`, 22 with
//! `fastant` and 19 with `quanta`. Both of the latter read the processor's counter, and fall back to the system's clock
//! where that is not steady. `quanta` it is: it calibrates when it is first used (in less than a millisecond), where
//! `fastant` does so before `main`, in every program that links it; and it is kept by people who make metrics. It comes
//! with the feature `fast-clock`, which `prometheus` turns on: a library that only records should not bring it along.
//!
//! Neither clock goes backwards; should one, the duration is zero.

use std::time::Duration;

#[cfg(feature = "fast-clock")]
pub(crate) use self::counter::{Instant, elapsed, now};
#[cfg(not(feature = "fast-clock"))]
pub(crate) use self::system::{Instant, elapsed, now};

#[cfg(feature = "fast-clock")]
mod counter {
    use std::sync::LazyLock;

    use quanta::Clock;

    use super::Duration;

    static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);

    /// What the counter showed. Only differences are made nanoseconds, which saves half the work.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Instant(u64);

    #[inline]
    pub(crate) fn now() -> Instant {
        Instant(CLOCK.raw())
    }

    #[inline]
    pub(crate) fn elapsed(start: Instant) -> Duration {
        let clock = &*CLOCK;
        clock.delta(start.0, clock.raw())
    }
}

#[cfg(not(feature = "fast-clock"))]
mod system {
    use super::Duration;

    pub(crate) use std::time::Instant;

    pub(crate) fn now() -> Instant {
        Instant::now()
    }

    pub(crate) fn elapsed(start: Instant) -> Duration {
        Instant::now().saturating_duration_since(start)
    }
}
