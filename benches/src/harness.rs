//! Measures the cases of a group in turn, round after round, so that what drifts hits all alike.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use crate::run::Effort;
use crate::summary::Summary;
use crate::work::{Method, PICKS, Status, TABLE};
use crate::workers::{Took, Workers};

/// A peer doing a group's work.
pub(crate) struct Case {
    /// The peer, and what is particular in how it is used.
    pub(crate) name: &'static str,
    prepare: Box<dyn Fn() + Send + Sync>,
    run: Box<dyn Fn(Batch) + Send + Sync>,
}

impl Case {
    /// `run` does the batch's operations with [`Batch::each`], on any thread.
    pub(crate) fn new(name: &'static str, run: impl Fn(Batch) + Send + Sync + 'static) -> Self {
        Self {
            name,
            prepare: Box::new(|| ()),
            run: Box::new(run),
        }
    }

    /// Calls `prepare` before each batch. That is not timed.
    pub(crate) fn prepared(self, prepare: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            prepare: Box::new(prepare),
            ..self
        }
    }

    pub(crate) fn prepare(&self) {
        (self.prepare)();
    }

    /// What the harness itself costs: the same loop, and `look` at the labels and values, recording nothing.
    pub(crate) fn floor<T>(look: impl Fn(usize) -> T + Send + Sync + 'static) -> Self {
        Self::new(FLOOR, move |batch| {
            batch.each(|pick| {
                black_box(look(pick));
            });
        })
    }

    /// What threads do when they share nothing at all: a map of their own each, and plain additions. How it goes with two
    /// threads is how the machine goes: "two processors" may share a core, a clock or a host.
    pub(crate) fn control() -> Self {
        Self::new(CONTROL, |batch| {
            let mut map = HashMap::<_, u64>::new();
            batch.each(|pick| {
                *map.entry((Method::of(pick), Status::of(pick))).or_default() += 1;
            });
            black_box(map);
        })
    }

    pub(crate) fn run(&self, batch: Batch) {
        (self.run)(batch);
    }
}

/// The name of the case that records nothing. Its time is shown and not subtracted.
pub(crate) const FLOOR: &str = "(floor)";

/// The name of the case that shares nothing.
pub(crate) const CONTROL: &str = "(nothing shared)";

/// Whether a case records, and so can be compared. The names of the others are in parentheses.
pub(crate) fn is_peer(case: &str) -> bool {
    !case.starts_with('(')
}

/// Some operations, with picks from a place in the table.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    pub(crate) start: usize,
    pub(crate) operations: usize,
}

impl Batch {
    /// Does `operation` with one pick after the other. The pick is opaque to the compiler.
    #[inline]
    pub(crate) fn each(self, mut operation: impl FnMut(usize)) {
        let (mut start, mut left) = (self.start % PICKS, self.operations);
        while left > 0 {
            let end = PICKS.min(start + left);
            for &pick in &TABLE[start..end] {
                operation(black_box(pick as usize));
            }
            left -= end - start;
            start = 0;
        }
    }
}

/// Cases that do the same work.
pub(crate) struct Group {
    pub(crate) cases: Vec<Case>,
}

/// A case, measured.
pub(crate) struct Measured {
    /// Nanoseconds per operation.
    pub(crate) summary: Summary,
    /// Whether other programs disturbed so many samples that they had to count.
    pub(crate) disturbed: bool,
}

/// How long a case is timed. Short, so that it often ends before another program wants the processor.
const BATCH: Duration = Duration::from_millis(1);

/// How often a sample is taken that other programs disturb.
const TRIES: usize = 8;

/// With so many undisturbed samples, the disturbed ones do not count.
const ENOUGH: usize = 5;

/// Measures the group's cases with this many threads at once.
pub(crate) fn measure(group: &Group, threads: usize, effort: Effort) -> Vec<Measured> {
    let mut random = fastrand::Rng::with_seed(threads as u64);
    Workers::with(threads, &group.cases, |workers| {
        let operations: Vec<_> = (0..group.cases.len())
            .map(|case| calibrate(workers, case, BATCH))
            .collect();
        let mut samples = vec![Vec::with_capacity(effort.rounds()); group.cases.len()];
        let mut disturbed = samples.clone();
        for _ in 0..effort.rounds() {
            for case in 0..group.cases.len() {
                let batch = Batch {
                    start: random.usize(..PICKS),
                    operations: operations[case],
                };
                let took = undisturbed(workers, case, batch);
                let samples = if took.disturbed {
                    &mut disturbed
                } else {
                    &mut samples
                };
                samples[case].push(nanoseconds(took, batch));
            }
        }
        let of_case = |(mut samples, others): (Vec<_>, Vec<_>)| {
            let disturbed = samples.len() < ENOUGH;
            if disturbed {
                samples.extend(others);
            }
            Measured {
                summary: Summary::of(samples),
                disturbed,
            }
        };
        samples.into_iter().zip(disturbed).map(of_case).collect()
    })
}

/// How many operations take about `wanted`; warms the case up on the way: every pick was met.
fn calibrate(workers: &Workers, case: usize, wanted: Duration) -> usize {
    let warm = Batch {
        start: 0,
        operations: PICKS,
    };
    workers.run(case, warm);
    let each = nanoseconds(undisturbed(workers, case, warm), warm).max(0.1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate, and positive"
    )]
    let operations = (wanted.as_nanos() as f64 / each) as usize;
    operations.max(1000)
}

/// Runs a batch until no worker had to wait for a processor, or patience ends.
fn undisturbed(workers: &Workers, case: usize, batch: Batch) -> Took {
    let mut took = workers.run(case, batch);
    for _ in 1..TRIES {
        if !took.disturbed {
            break;
        }
        // Who has slept is let run the sooner.
        std::thread::sleep(2 * BATCH);
        took = workers.run(case, batch);
    }
    took
}

/// Wall time from the first thread's beginning to the last one's end, divided by the operations of each: one that scales perfectly needs as many with
/// two threads as with one.
fn nanoseconds(took: Took, batch: Batch) -> f64 {
    took.time.as_nanos() as f64 / batch.operations as f64
}
