//! Measuring how long something takes.

use std::time::Duration;

use super::clock;
use crate::declare::Measure;

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

impl<'a> Timer<'a> {
    pub(super) fn start(measure: &'a Measure<Duration>) -> Self {
        Self {
            measure,
            start: clock::now(),
        }
    }

    /// How long it has been running.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        clock::elapsed(self.start)
    }

    /// Records how long it was running, with the tags that are current now, and says so.
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
