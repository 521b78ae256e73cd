//! Sending views elsewhere: OpenCensus's exporters and reporting period (`stats/Export.md`).

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::collect::{Snapshot, snapshot};

/// Takes the views' data somewhere. A closure `FnMut(&Snapshot)` is one.
pub trait Reporter: Send + 'static {
    /// Takes a snapshot's data. It may take its time: it has a thread of its own, and periods that pass meanwhile are
    /// left out, not made up for.
    fn report(&mut self, snapshot: &Snapshot);
}

impl<F: FnMut(&Snapshot) + Send + 'static> Reporter for F {
    fn report(&mut self, snapshot: &Snapshot) {
        self(snapshot);
    }
}

/// A reporter at work. Dropped, it reports a last time; see [`ReporterHandle::stop`].
#[must_use = "reporting ends when it is dropped"]
pub struct ReporterHandle {
    /// Dropped to stop.
    stop: Option<Sender<()>>,
    done: Receiver<()>,
    panics: Arc<AtomicU64>,
}

/// How long dropping a [`ReporterHandle`] waits for the last report.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands `reporter` a snapshot at each `period` (at least a millisecond), on a thread of its own, and a last one at the
/// end. If it panics, that is counted, and it is called again at the next period.
///
/// ```
/// use std::time::Duration;
///
/// let reporting = census::report_every(Duration::from_secs(10), |snapshot: &census::Snapshot| {
///     for view in snapshot.views() {
///         println!("{} has {} rows", view.name(), view.data.rows.len());
///     }
/// })?;
/// // the program
/// reporting.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the system gives no thread.
pub fn report_every(period: Duration, reporter: impl Reporter) -> io::Result<ReporterHandle> {
    let (stop, stopped) = channel();
    let (ended, done) = channel();
    let panics = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&panics);
    thread::Builder::new()
        .name("census-report".to_owned())
        .spawn(move || {
            run(
                period.max(Duration::from_millis(1)),
                reporter,
                &stopped,
                &counted,
            );
            // Nobody may be waiting any more.
            let _ = ended.send(());
        })?;
    Ok(ReporterHandle {
        stop: Some(stop),
        done,
        panics,
    })
}

fn run(period: Duration, mut reporter: impl Reporter, stopped: &Receiver<()>, panics: &AtomicU64) {
    let mut next = Instant::now().checked_add(period);
    loop {
        let now = Instant::now();
        if next.is_some_and(|next| next <= now) {
            // The last report took longer than a period: those that passed meanwhile are left out.
            next = now.checked_add(period);
        }
        let last = if let Some(next) = next {
            let waited = stopped.recv_timeout(next - now);
            waited != Err(RecvTimeoutError::Timeout)
        } else {
            // It is further away than any clock goes.
            let _ = stopped.recv();
            true
        };
        next = next.and_then(|next| next.checked_add(period));
        if catch_unwind(AssertUnwindSafe(|| reporter.report(&snapshot()))).is_err() {
            panics.fetch_add(1, Ordering::Relaxed);
        }
        if last {
            return;
        }
    }
}

impl ReporterHandle {
    /// Reports a last time, and waits until that is done, however long it takes. (Dropping waits for 5 seconds at most,
    /// so that a reporter that hangs does not keep the program from ending.)
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
        let _ = self.done.recv_timeout(PATIENCE);
    }
}

impl fmt::Debug for ReporterHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReporterHandle")
            .field("panics", &self.panics())
            .finish_non_exhaustive()
    }
}
