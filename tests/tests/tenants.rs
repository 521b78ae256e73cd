//! A program whose tenants come and go: a million of them, of which a thousand are there at a time. Their rows go because
//! they are idle, or because the program removes them. The memory stays as it is, no measurement goes to an overflow row,
//! and each scrape between two rounds has exactly the tenants that are there, with exact values.
//!
//! A program of its own: the tests look at the memory of the whole process, and so they run one after another.

#![expect(
    clippy::indexing_slicing,
    reason = "the indices are those of threads and rounds"
)]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use census::prometheus::Exporter;
use census::{
    Aggregation, CatalogueError, Count, Distribution, Held, Measure, Sum, TagKey, View,
    ViewBuilder, hold, measure, record, tag, tags,
};
use census_tests::allocations::INSTRUMENTED_SYSTEM;
use census_tests::scrape::{self, Samples};
use fastrand::Rng;

census_tests::count_allocations!();

#[tag]
static TENANT: TagKey;
/// The sizes of what tenants have sent.
#[measure]
static SENT: Measure<u64>;
/// The connections of tenants.
#[measure]
static OPEN: Measure<i64>;

/// How many tenants there are.
const TENANTS: usize = if cfg!(debug_assertions) {
    30_000
} else {
    1_000_000
};
/// How many of them are there at a time, and how many more come in a round while others leave.
const PRESENT: usize = 1_000;
const PER_ROUND: usize = 2_000;
const ROUNDS: usize = TENANTS / PER_ROUND;
/// After so many rounds, the memory does not grow any more.
const WARM_UP: usize = ROUNDS / 5;
/// By how much the memory may differ from round to round. It depends on which tenants are there: a chunk of rows stays with
/// its last row, and the caches of threads are larger or smaller. If the places of rows were not used again, the growth would be
/// a multiple of this.
const MAX_GROWTH: usize = 2 << 20;
const THREADS: usize = 4;

/// After which time a row is idle. It is never too short: nothing looks at the rows but the two scrapes of a round, and
/// before each of them the tenants that are there send.
const IDLE: Duration = Duration::from_millis(5);

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many bytes are allocated.
fn allocated_bytes() -> usize {
    let stats = INSTRUMENTED_SYSTEM.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

struct Views {
    count: View<Count>,
    sum: View<Sum>,
    sizes: View<Distribution>,
    open: View<Sum>,
}

/// The options of the views.
#[derive(Clone, Copy)]
struct Options {
    /// If there is none, the program removes the rows.
    idle: Option<Duration>,
    max_series: usize,
}

impl Views {
    fn register(options: Options) -> Result<Self, CatalogueError> {
        Ok(Self {
            count: with(options, View::count("sent", &SENT)).register()?,
            sum: with(options, View::sum("sent_bytes", &SENT)).register()?,
            sizes: with(options, View::distribution("sizes", &SENT, [10, 50])).register()?,
            open: with(options, View::sum("open", &OPEN)).register()?,
        })
    }

    /// Removes the rows of a tenant.
    fn remove(&self, tenant: &str) {
        let tags = tags!(TENANT = tenant);
        let removed = [
            self.count.remove(&tags),
            self.sum.remove(&tags),
            self.sizes.remove(&tags),
            self.open.remove(&tags),
        ];
        assert_eq!(removed, [true; 4], "{tenant}");
    }

    fn unregister(&self) {
        assert!(self.count.unregister() && self.sum.unregister());
        assert!(self.sizes.unregister() && self.open.unregister());
    }
}

fn with<A: Aggregation>(options: Options, view: ViewBuilder<A>) -> ViewBuilder<A> {
    let view = view.column(&TENANT).max_series(options.max_series);
    match options.idle {
        Some(idle) => view.idle(idle),
        None => view,
    }
}

/// A tenant that is there.
struct Tenant {
    name: String,
    /// The value of each measurement.
    size: u64,
    /// How many measurements there were.
    count: u64,
    open: Held,
}

impl Tenant {
    fn comes(number: usize) -> Self {
        let name = format!("tenant {number}");
        Self {
            size: number as u64 % 100,
            count: 0,
            open: hold!(OPEN = 1, tags(TENANT = name.as_str())),
            name,
        }
    }

    fn sends(&mut self) {
        record!(SENT = self.size, tags(TENANT = self.name.as_str()));
        self.count += 1;
    }
}

/// What all threads do at once.
#[derive(Clone, Copy)]
enum Phase {
    /// The tenants send. Then others come, and as many leave.
    ComeAndGo { round: usize },
    /// The connections of tenants that have left are closed, each by another thread than the one that has opened it.
    Close,
    /// The tenants that are there send once more.
    Send,
}

/// A program with tenants.
struct Program {
    views: Views,
    options: Options,
    exporter: Exporter,
    /// Those of each thread.
    tenants: [Mutex<Vec<Tenant>>; THREADS],
    /// The connections that each thread is to close.
    to_close: [Mutex<Vec<Held>>; THREADS],
}

impl Program {
    fn new(options: Options) -> Result<Self, CatalogueError> {
        Ok(Self {
            views: Views::register(options)?,
            options,
            exporter: Exporter::builder().build()?,
            tenants: Default::default(),
            to_close: Default::default(),
        })
    }

    fn run_phase(&self, thread: usize, phase: Phase, rng: &mut Rng) {
        match phase {
            Phase::ComeAndGo { round } => self.come_and_go(thread, round, rng),
            Phase::Close => locked(&self.to_close[thread]).clear(),
            Phase::Send => locked(&self.tenants[thread])
                .iter_mut()
                .for_each(Tenant::sends),
        }
    }

    fn come_and_go(&self, thread: usize, round: usize, rng: &mut Rng) {
        let mut tenants = locked(&self.tenants[thread]);
        tenants.iter_mut().for_each(Tenant::sends);
        for number in (round * PER_ROUND..(round + 1) * PER_ROUND)
            .skip(thread)
            .step_by(THREADS)
        {
            if tenants.len() == PRESENT / THREADS {
                let gone = rng.usize(..tenants.len());
                let gone = tenants.swap_remove(gone);
                self.leaves(gone, thread, rng);
            }
            let mut tenant = Tenant::comes(number);
            for _ in 0..rng.u8(1..4) {
                tenant.sends();
            }
            tenants.push(tenant);
        }
    }

    fn leaves(&self, tenant: Tenant, thread: usize, rng: &mut Rng) {
        let Tenant { name, open, .. } = tenant;
        let close_elsewhere = |open| locked(&self.to_close[(thread + 1) % THREADS]).push(open);
        if self.options.idle.is_some() {
            close_elsewhere(open);
        } else if rng.bool() {
            self.views.remove(&name);
            // After its row is gone.
            close_elsewhere(open);
        } else {
            drop(open);
            self.views.remove(&name);
        }
    }

    /// Fails the test if a scrape does not have exactly the tenants that are there.
    fn check(&self, round: usize, text: &str) {
        let samples = Samples::parse(text);
        let overflowed = samples.sum("census_overflowed_measurements_total");
        assert_eq!(overflowed, 0, "round {round}: nothing overflows");
        let lines = |name| scrape::samples_named(text, name).len();
        let tenants = self.tenants.iter().map(locked);
        let tenants: Vec<_> = tenants.collect();
        let tenants: Vec<&Tenant> = tenants
            .iter()
            .flat_map(|of_thread| of_thread.iter())
            .collect();
        for name in ["sent_total", "sent_bytes_total", "sizes_sum", "open"] {
            assert_eq!(
                lines(name),
                tenants.len(),
                "round {round}: tenants in {name}"
            );
        }
        for Tenant {
            name, size, count, ..
        } in tenants
        {
            let value = |series| samples.value_with(series, "tenant", name);
            let values = [
                value("sent_total"),
                value("sent_bytes_total"),
                value("sizes_count"),
                value("sizes_sum"),
                value("open"),
            ];
            let sum = size * count;
            assert_eq!(
                values,
                [*count, sum, *count, sum, 1],
                "round {round}: {name}"
            );
        }
    }

    /// Runs a round, and returns how much memory is allocated after it. `run` runs a phase on all threads, and a function
    /// meanwhile.
    fn round(&self, round: usize, run: &mut dyn FnMut(Phase, &dyn Fn())) -> usize {
        let scrape = || scrape::text(&self.exporter);
        if let Some(idle) = self.options.idle {
            run(Phase::ComeAndGo { round }, &|| {});
            run(Phase::Close, &|| {});
            // The first look finds all rows written. By the second one, those of tenants that have left are idle, and those of
            // the others are not.
            scrape();
            thread::sleep(idle);
            run(Phase::Send, &|| {});
        } else {
            // Scrapes may come at any time.
            run(Phase::ComeAndGo { round }, &|| drop(scrape()));
            run(Phase::Close, &|| {});
        }
        let text = scrape();
        if round.is_multiple_of(5) || round + 1 == ROUNDS {
            self.check(round, &text);
        }
        drop(text);
        allocated_bytes()
    }

    /// Runs all rounds on the same threads. Returns how much memory is allocated after each.
    fn run(&self) -> Vec<usize> {
        let mut bytes = Vec::with_capacity(ROUNDS);
        thread::scope(|scope| {
            let spawn = |thread| {
                let (phases, of_thread) = channel();
                let (done, is_done) = channel();
                scope.spawn(move || {
                    let mut rng = Rng::with_seed(thread as u64);
                    for phase in of_thread {
                        self.run_phase(thread, phase, &mut rng);
                        done.send(()).expect("the test waits");
                    }
                });
                (phases, is_done)
            };
            let threads: Vec<(Sender<Phase>, Receiver<()>)> = (0..THREADS).map(spawn).collect();
            let mut run = |phase: Phase, meanwhile: &dyn Fn()| {
                for (phases, _) in &threads {
                    phases.send(phase).expect("no thread has ended");
                }
                meanwhile();
                for (_, is_done) in &threads {
                    is_done.recv().expect("no thread has panicked");
                }
            };
            for round in 0..ROUNDS {
                bytes.push(self.round(round, &mut run));
            }
        });
        bytes
    }
}

/// Runs a program, and fails the test if its memory grows.
#[expect(clippy::print_stdout, reason = "the figures, for `--nocapture`")]
fn run(options: Options) -> Result<(), CatalogueError> {
    let _alone = locked(&ONE_AT_A_TIME);
    let before = allocated_bytes();
    let begun = Instant::now();
    let program = Program::new(options)?;
    let bytes = program.run();
    let kilobytes = |bytes: usize| bytes.saturating_sub(before) >> 10;
    let points: Vec<usize> = (0..=10)
        .map(|tenth| kilobytes(bytes[(ROUNDS - 1) * tenth / 10]))
        .collect();
    println!(
        "{TENANTS} tenants in {:?}: {points:?} KiB in use, from the first round to the last",
        begun.elapsed()
    );
    let (first, later) = bytes.split_at(ROUNDS / 2);
    let most = |bytes: &[usize]| bytes.iter().copied().max().unwrap_or_default();
    let (first, later) = (most(&first[WARM_UP..]), most(later));
    assert!(
        later <= first + MAX_GROWTH,
        "{} KiB, and later {} KiB: {points:?}",
        kilobytes(first),
        kilobytes(later)
    );
    program.views.unregister();
    Ok(())
}

#[test]
fn tenants_that_leave_are_idle() -> Result<(), CatalogueError> {
    run(Options {
        idle: Some(IDLE),
        // Those that come in a round, and those that were there before it.
        max_series: PRESENT + PER_ROUND,
    })
}

#[test]
fn tenants_that_leave_are_removed() -> Result<(), CatalogueError> {
    run(Options {
        idle: None,
        max_series: PRESENT,
    })
}
