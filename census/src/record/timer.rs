//! Measuring durations.

use std::time::Duration;

use super::clock;
use super::measurement::{measurement, record};
use crate::declare::Measure;
use crate::not_a_future::{Closure, NotAFuture};
use crate::tags::{AsTagValue, TagValueRef};

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
    exemplar: Vec<(&'a str, TagValueRef<'a>)>,
}

impl Measure<Duration> {
    /// Starts a timer, which records when it is stopped.
    pub fn start(&self) -> Timer<'_> {
        Timer {
            measure: self,
            start: clock::now(),
            exemplar: Vec::new(),
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

impl<'a> Timer<'a> {
    /// Adds a label of the measurement's exemplar, such as `trace_id`. If a label is given twice, the exemplar has the later
    /// value.
    ///
    /// ```standalone_crate
    /// # use std::time::Duration;
    /// # use census::{Measure, measure, view};
    /// # #[measure]
    /// # static LATENCY: Measure<Duration>;
    /// # view! { static LATENCIES: Distribution<LATENCY>; }
    /// # fn work() -> u64 { 7 }
    /// let timer = LATENCY.start();
    /// let trace_id = work();
    /// timer.exemplar("trace_id", &trace_id).stop();
    /// # let data = LATENCIES.data();
    /// # let mut exemplars = data.rows[0].data.exemplars.iter().flatten();
    /// # assert_eq!(exemplars.next().unwrap().labels, [("trace_id".to_owned(), "7".to_owned())]);
    /// ```
    pub fn exemplar(mut self, label: &'a str, value: &'a (impl AsTagValue + ?Sized)) -> Self {
        self.exemplar.push((label, value.as_tag_value()));
        self
    }

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
        if self.exemplar.is_empty() {
            self.measure.record(elapsed);
        } else {
            record(&[measurement(self.measure, elapsed)], &[], &self.exemplar);
        }
        elapsed
    }
}
