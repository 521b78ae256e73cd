//! Threads that are there before they are timed, and begin together.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use crate::harness::{Batch, Case};
use crate::processor::waited;
use crate::work::PICKS;

/// As many threads as work at once.
pub(crate) struct Workers<'a> {
    threads: usize,
    cases: &'a [Case],
    /// The case to run, and what of it.
    job: Mutex<(usize, Batch)>,
    ended: AtomicBool,
    /// Where the workers and who commands them meet, before and after a job.
    meeting: Barrier,
    /// Workers that were ever ready: they spin until all are, because those that a barrier wakes do not wake together.
    ready: AtomicUsize,
    /// When the first worker began and the last one ended, in nanoseconds since `epoch`.
    began: AtomicU64,
    ended_at: AtomicU64,
    epoch: Instant,
    /// Whether a worker had to wait for a processor.
    disturbed: AtomicBool,
}

/// How a job went.
#[derive(Clone, Copy)]
pub(crate) struct Took {
    /// From the first worker's beginning to the last one's end.
    pub(crate) time: Duration,
    /// Whether some worker had to wait for a processor, because other programs wanted them, too. Then the time says
    /// little: the workers may even have run one after the other.
    pub(crate) disturbed: bool,
}

impl<'a> Workers<'a> {
    /// Calls `command` while this many workers wait for jobs.
    pub(crate) fn with<R>(
        threads: usize,
        cases: &'a [Case],
        command: impl FnOnce(&Self) -> R,
    ) -> R {
        let nothing = Batch {
            start: 0,
            operations: 0,
        };
        let workers = Self {
            threads,
            cases,
            job: Mutex::new((0, nothing)),
            ended: AtomicBool::new(false),
            meeting: Barrier::new(threads + 1),
            ready: AtomicUsize::new(0),
            began: AtomicU64::new(u64::MAX),
            ended_at: AtomicU64::new(0),
            epoch: Instant::now(),
            disturbed: AtomicBool::new(false),
        };
        std::thread::scope(|scope| {
            for worker in 0..threads {
                let workers = &workers;
                scope.spawn(move || workers.work(worker));
            }
            let result = command(&workers);
            workers.ended.store(true, Ordering::Relaxed);
            workers.meeting.wait();
            result
        })
    }

    /// Has every worker do the batch, each with picks from another place.
    pub(crate) fn run(&self, case: usize, batch: Batch) -> Took {
        self.cases[case].prepare();
        *self.job.lock().expect("no worker panicked") = (case, batch);
        self.began.store(u64::MAX, Ordering::Relaxed);
        self.ended_at.store(0, Ordering::Relaxed);
        self.disturbed.store(false, Ordering::Relaxed);
        self.meeting.wait();
        self.meeting.wait();
        Took {
            time: Duration::from_nanos(
                self.ended_at.load(Ordering::Relaxed) - self.began.load(Ordering::Relaxed),
            ),
            disturbed: self.disturbed.load(Ordering::Relaxed),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_nanos()).expect("it is not 584 years since")
    }

    fn work(&self, worker: usize) {
        for round in 1.. {
            self.meeting.wait();
            if self.ended.load(Ordering::Relaxed) {
                return;
            }
            let (case, mut batch) = *self.job.lock().expect("no worker panicked");
            batch.start += worker * PICKS / self.threads;
            let waited_before = waited();
            self.ready.fetch_add(1, Ordering::Relaxed);
            while self.ready.load(Ordering::Relaxed) < round * self.threads {
                std::hint::spin_loop();
            }
            let began = self.now();
            self.cases[case].run(batch);
            self.ended_at.fetch_max(self.now(), Ordering::Relaxed);
            self.began.fetch_min(began, Ordering::Relaxed);
            if waited() != waited_before {
                self.disturbed.store(true, Ordering::Relaxed);
            }
            self.meeting.wait();
        }
    }
}
