//! Periodic reports of all views: OpenCensus's exporters and reporting period (`stats/Export.md`).

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::snapshot::{Snapshot, snapshot};
use crate::panics;
use crate::tags::Carried;

/// Receives the views' data periodically, to send it somewhere. A closure `FnMut(&Snapshot)` is a reporter.
pub trait Reporter: Send + 'static {
    /// Receives a snapshot. Each reporter has its own thread, so a slow reporter delays no other. Periods that pass
    /// while this function runs are skipped.
    fn report(&mut self, snapshot: &Snapshot);
}

impl<F: FnMut(&Snapshot) + Send + 'static> Reporter for F {
    fn report(&mut self, snapshot: &Snapshot) {
        self(snapshot);
    }
}

/// A handle to a running reporter. When the handle is dropped, the reporter is called a last time; see
/// [`ReporterHandle::stop`].
#[must_use = "reporting ends when the handle is dropped"]
pub struct ReporterHandle {
    /// The thread makes the last report when this is dropped.
    stop: Option<Sender<()>>,
    /// Receives from the thread when the last report is made.
    done: Receiver<()>,
    panics: Arc<AtomicU64>,
}

/// How long dropping a [`ReporterHandle`] waits for the last report.
const DROP_TIMEOUT: Duration = Duration::from_secs(5);

/// Calls `reporter` with a snapshot each `period` (at least a millisecond), on a thread that it starts, and a last time
/// when the handle is stopped or dropped. A panic of the reporter is counted, and the reporter is called again after
/// the next period.
///
/// ```
/// use std::time::Duration;
///
/// let reporter = census::report_every(Duration::from_secs(10), |snapshot: &census::Snapshot| {
///     for view in snapshot.views() {
///         println!("{} has {} rows", view.name(), view.data.rows.len());
///     }
/// })?;
/// // the program
/// reporter.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the system cannot start a thread.
pub fn report_every(period: Duration, reporter: impl Reporter) -> io::Result<ReporterHandle> {
    let (stop, stopped) = channel();
    let (ended, done) = channel();
    let panics = Arc::new(AtomicU64::new(0));
    let thread_panics = Arc::clone(&panics);
    let carried = Carried::current();
    thread::Builder::new()
        .name("census-report".to_owned())
        .spawn(move || {
            let period = period.max(Duration::from_millis(1));
            carried.within(|| run(period, reporter, &stopped, &thread_panics));
            // The handle may have stopped waiting.
            let _ = ended.send(());
        })?;
    Ok(ReporterHandle {
        stop: Some(stop),
        done,
        panics,
    })
}

fn run(
    period: Duration,
    mut reporter: impl Reporter,
    stopped: &Receiver<()>,
    panic_count: &AtomicU64,
) {
    let mut next_report = Instant::now().checked_add(period);
    loop {
        let now = Instant::now();
        if next_report.is_some_and(|time| time <= now) {
            // The last report took longer than a period. The periods that have passed are skipped.
            next_report = now.checked_add(period);
        }
        let is_last = if let Some(time) = next_report {
            let stop_signal = stopped.recv_timeout(time - now);
            stop_signal != Err(RecvTimeoutError::Timeout)
        } else {
            // The next report is later than the clock can express.
            let _ = stopped.recv();
            true
        };
        next_report = next_report.and_then(|time| time.checked_add(period));
        if panics::catch(|| reporter.report(&snapshot())).is_err() {
            // Relaxed, as the load: no other memory is published by the counter.
            panic_count.fetch_add(1, Ordering::Relaxed);
        }
        if is_last {
            break;
        }
    }
    if panics::catch(|| drop(reporter)).is_err() {
        panic_count.fetch_add(1, Ordering::Relaxed);
    }
}

impl ReporterHandle {
    /// Calls the reporter a last time, and waits until it returns, without a time limit. Dropping the handle waits for
    /// at most 5 seconds, so that a reporter that hangs does not keep the program from ending.
    pub fn stop(mut self) {
        self.stop = None;
        let _ = self.done.recv();
    }

    /// How many times the reporter has panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}

impl Drop for ReporterHandle {
    fn drop(&mut self) {
        self.stop = None;
        let _ = self.done.recv_timeout(DROP_TIMEOUT);
    }
}

impl fmt::Debug for ReporterHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReporterHandle")
            .field("panics", &self.panics())
            .finish_non_exhaustive()
    }
}
