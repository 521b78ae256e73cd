//! Measuring durations.

use std::time::Duration;

use super::clock;
use crate::declare::Measure;
use crate::not_a_future::{Closure, NotAFuture};

/// A running timer. Made by [`Measure::start`].
///
/// ```
/// # use std::time::Duration;
/// # use census::{Measure, measure};
/// # #[measure]
/// # static LATENCY: Measure<Duration>;
/// let timer = LATENCY.start();
/// // the work
/// let took = timer.stop();
/// # assert!(took < Duration::from_secs(60));
/// ```
#[must_use = "a timer records when it is stopped; dropped, it records nothing"]
#[derive(Debug)]
pub struct Timer<'a> {
    measure: &'a Measure<Duration>,
    start: clock::Instant,
}

impl Measure<Duration> {
    /// Starts a timer, which records when it is stopped.
    pub fn start(&self) -> Timer<'_> {
        Timer {
            measure: self,
            start: clock::now(),
        }
    }

    /// Calls `f` and records how long the call took. If `f` panics, nothing is recorded.
    ///
    /// A future that `f` returns would run after the call, so the compiler rejects it ([`NotAFuture`] explains the error).
    /// For a future, call [`start`](Self::start) before the `.await` and [`stop`](Timer::stop) after it, or write
    /// `#[measure(LATENCY)]` on an `async fn`.
    pub fn time<R, UseStartAndStopForAFuture>(&self, f: impl Closure<R>) -> R
    where
        R: NotAFuture<UseStartAndStopForAFuture>,
    {
        let timer = self.start();
        let result = f();
        timer.stop();
        result
    }
}

impl Timer<'_> {
    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        clock::elapsed(self.start)
    }

    /// Records the time since the start, with the tags that are current now, and returns it.
    #[expect(
        clippy::must_use_candidate,
        reason = "it is called for what it records"
    )]
    pub fn stop(self) -> Duration {
        let elapsed = self.elapsed();
        self.measure.record(elapsed);
        elapsed
    }
}
