//! Threads that are started before they are timed, and that begin each batch together.
//!
//! The coordinating thread and the workers meet at `barrier` before and after each batch. Between the first and the
//! second meeting, only workers write the shared fields; otherwise only the coordinating thread writes them. The
//! barrier orders all these accesses, so the atomics need no ordering of their own.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use crate::case::{Batch, Case};
use crate::processor::{cores, time_waited};
use crate::work::PICKS;

/// A fixed number of threads that run batches at once.
pub(crate) struct Workers<'a> {
    threads: usize,
    cases: &'a [Case],
    /// The index of the case to run, and the batch.
    job: Mutex<(usize, Batch)>,
    /// Whether the workers are to return instead of running a job.
    shutdown: AtomicBool,
    barrier: Barrier,
    /// How many times a worker was ready to begin, in all batches together. Workers spin until all of them are ready,
    /// because the barrier does not wake them at the same moment. Relaxed: the counter publishes no other data.
    ready: AtomicUsize,
    /// When the first worker began, in nanoseconds since `epoch`.
    first_began: AtomicU64,
    /// When the last worker ended, in nanoseconds since `epoch`.
    last_ended: AtomicU64,
    epoch: Instant,
    /// Whether a worker waited for a processor.
    disturbed: AtomicBool,
}

/// The time of one batch.
#[derive(Clone, Copy)]
pub(crate) struct BatchTime {
    /// From the first worker's beginning to the last worker's end.
    pub(crate) elapsed: Duration,
    /// Whether a worker waited for a processor that another program had. The time is of little use then: the workers
    /// may even have run one after the other. Never set if there are more workers than cores, because they wait for one
    /// another.
    pub(crate) disturbed: bool,
}

impl<'a> Workers<'a> {
    /// Starts the workers, calls `coordinate`, which gives them jobs with [`Workers::run`], and ends them.
    pub(crate) fn with<R>(
        threads: usize,
        cases: &'a [Case],
        coordinate: impl FnOnce(&Self) -> R,
    ) -> R {
        let empty_batch = Batch {
            start: 0,
            operations: 0,
        };
        let workers = Self {
            threads,
            cases,
            job: Mutex::new((0, empty_batch)),
            shutdown: AtomicBool::new(false),
            barrier: Barrier::new(threads + 1),
            ready: AtomicUsize::new(0),
            first_began: AtomicU64::new(u64::MAX),
            last_ended: AtomicU64::new(0),
            epoch: Instant::now(),
            disturbed: AtomicBool::new(false),
        };
        std::thread::scope(|scope| {
            for worker in 0..threads {
                let workers = &workers;
                scope.spawn(move || workers.work(worker));
            }
            let result = coordinate(&workers);
            workers.shutdown.store(true, Ordering::Relaxed);
            workers.barrier.wait();
            result
        })
    }

    /// The number of workers.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Has every worker run the batch, each with picks from another part of the table.
    pub(crate) fn run(&self, case: usize, batch: Batch) -> BatchTime {
        self.cases[case].prepare();
        *self.job.lock().expect("no worker panicked") = (case, batch);
        self.first_began.store(u64::MAX, Ordering::Relaxed);
        self.last_ended.store(0, Ordering::Relaxed);
        self.disturbed.store(false, Ordering::Relaxed);
        self.barrier.wait();
        self.barrier.wait();
        BatchTime {
            elapsed: Duration::from_nanos(
                self.last_ended.load(Ordering::Relaxed) - self.first_began.load(Ordering::Relaxed),
            ),
            disturbed: self.disturbed.load(Ordering::Relaxed),
        }
    }

    fn nanoseconds_since_epoch(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_nanos()).expect("a run takes less than 584 years")
    }

    fn work(&self, worker: usize) {
        let oversubscribed = self.threads > cores();
        for round in 1.. {
            self.barrier.wait();
            if self.shutdown.load(Ordering::Relaxed) {
                return;
            }
            let (case, mut batch) = *self.job.lock().expect("no worker panicked");
            batch.start += worker * PICKS / self.threads;
            let waited_before = time_waited();
            self.ready.fetch_add(1, Ordering::Relaxed);
            while self.ready.load(Ordering::Relaxed) < round * self.threads {
                if oversubscribed {
                    // The workers that are not ready yet need this worker's core.
                    std::thread::yield_now();
                } else {
                    std::hint::spin_loop();
                }
            }
            let began = self.nanoseconds_since_epoch();
            self.cases[case].run(batch);
            self.last_ended
                .fetch_max(self.nanoseconds_since_epoch(), Ordering::Relaxed);
            self.first_began.fetch_min(began, Ordering::Relaxed);
            if !oversubscribed && time_waited() != waited_before {
                self.disturbed.store(true, Ordering::Relaxed);
            }
            self.barrier.wait();
        }
    }
}
