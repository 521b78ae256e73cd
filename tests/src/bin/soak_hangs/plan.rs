//! The times of a run.

use std::ops::Range;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The schedule of a run. All times are offsets from its start, in seconds.
///
/// The collector hangs for 3 of each 31 seconds, so that the scrapes of Prometheus meet each phase; once for longer than
/// the deadline; and from shortly before the end on for ever.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// In seconds since 1970.
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Plan {
    pub(crate) fn now(&self) -> f64 {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        since_1970.unwrap_or_default().as_secs_f64() - self.start
    }

    pub(crate) fn sleep_until(&self, time: f64) {
        sleep(Duration::from_secs_f64((time - self.now()).max(0.0)));
    }

    pub(crate) fn long_hang(&self) -> Range<f64> {
        self.end - 51.0..self.end - 30.0
    }

    /// The end of the recording. A scrape of `often` is due between the long hang and this time.
    pub(crate) fn recorded(&self) -> f64 {
        self.end - 10.0
    }

    fn last_hang(&self) -> Range<f64> {
        self.end - 3.0..f64::INFINITY
    }

    /// The hang at a time. Between two hangs there are several seconds, so that no scrape waits for both.
    pub(crate) fn hang(&self, time: f64) -> Option<Range<f64>> {
        let long = self.long_hang();
        let period = time - time % 31.0;
        let short = period + 20.0..period + 23.0;
        let is_apart = short.end + 10.0 < long.start
            || (long.end + 5.0 < short.start && short.end + 5.0 < self.recorded());
        let mut hangs = vec![long, self.last_hang()];
        hangs.extend(is_apart.then_some(short));
        hangs.into_iter().find(|hang| hang.contains(&time))
    }

    /// The longest hang that a request met.
    pub(crate) fn hang_during(&self, request: &Range<f64>) -> f64 {
        let mut time = request.start;
        let mut longest = 0.0_f64;
        while time < request.end {
            longest = longest.max(self.hang(time).map_or(0.0, |hang| hang.end - hang.start));
            time += 0.5;
        }
        longest
    }
}
