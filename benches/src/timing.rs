//! Times the cases of a group in turn, round after round, so that a drift of the machine affects all of them alike.

use std::time::Duration;

use crate::case::{Batch, Case};
use crate::effort::Effort;
use crate::processor::{OtherPrograms, cores};
use crate::summary::Summary;
use crate::work::PICKS;
use crate::workers::{BatchTime, Workers};

/// The time of a case.
pub(crate) struct CaseTime {
    /// Nanoseconds per operation.
    pub(crate) summary: Summary,
    /// Whether the summary contains disturbed samples, because too few undisturbed ones were taken.
    pub(crate) disturbed: bool,
}

/// How long one batch takes. It is short, so that it often ends before another program needs the processor.
const BATCH_DURATION: Duration = Duration::from_millis(1);

/// How long one batch takes each thread if there are more threads than cores. It is longer than what the system gives a
/// thread at a time, so that threads lose their cores in the middle of their work, as they do in a busy program.
const OVERSUBSCRIBED_BATCH_DURATION: Duration = Duration::from_millis(5);

/// From this share of the cores on, other programs disturb a round with more threads than cores.
const OTHERS_SHARE: f64 = 0.1;

/// How many times a batch is run at most to get a sample that is not disturbed.
const MAX_TRIES: usize = 8;

/// From this number of undisturbed samples on, the disturbed ones are left out of the summary.
const ENOUGH_SAMPLES: usize = 5;

/// Times the cases of a group, each with `threads` threads at once.
pub(crate) fn time_cases(cases: &[Case], threads: usize, effort: Effort) -> Vec<CaseTime> {
    let mut random = fastrand::Rng::with_seed(threads as u64);
    let oversubscribed = threads > cores();
    let (rounds, max_rounds) = if oversubscribed {
        let rounds = effort.oversubscribed_rounds();
        (rounds, 2 * rounds)
    } else {
        (effort.rounds(), effort.rounds())
    };
    Workers::with(threads, cases, |workers| {
        let operations: Vec<_> = (0..cases.len())
            .map(|case| calibrate(workers, case))
            .collect();
        let mut samples = vec![Vec::with_capacity(rounds); cases.len()];
        let mut disturbed_samples = samples.clone();
        let mut undisturbed_rounds = 0;
        for _ in 0..max_rounds {
            let others = OtherPrograms::watch();
            let mut round = Vec::with_capacity(cases.len());
            for &operations in &operations {
                let batch = Batch {
                    start: random.usize(..PICKS),
                    operations,
                };
                let time = run_undisturbed(workers, round.len(), batch);
                round.push((nanoseconds(time, batch, threads), time.disturbed));
            }
            let round_is_disturbed = oversubscribed && others.share() > OTHERS_SHARE;
            for (case, (sample, disturbed)) in round.into_iter().enumerate() {
                let samples = if disturbed || round_is_disturbed {
                    &mut disturbed_samples
                } else {
                    &mut samples
                };
                samples[case].push(sample);
            }
            undisturbed_rounds += usize::from(!round_is_disturbed);
            if undisturbed_rounds == rounds {
                break;
            }
        }
        let summarize = |(mut samples, disturbed_samples): (Vec<_>, Vec<_>)| {
            let disturbed = samples.len() < ENOUGH_SAMPLES && !disturbed_samples.is_empty();
            if disturbed {
                samples.extend(disturbed_samples);
            }
            CaseTime {
                summary: Summary::of(samples),
                disturbed,
            }
        };
        samples
            .into_iter()
            .zip(disturbed_samples)
            .map(summarize)
            .collect()
    })
}

/// The number of operations that take a thread about [`BATCH_DURATION`], or [`OVERSUBSCRIBED_BATCH_DURATION`]. This also
/// warms the case up, with every pick, or with a quarter of them if there are more threads than cores.
fn calibrate(workers: &Workers, case: usize) -> usize {
    let threads = workers.threads();
    let (duration, picks) = if threads > cores() {
        (OVERSUBSCRIBED_BATCH_DURATION, PICKS / 4)
    } else {
        (BATCH_DURATION, PICKS)
    };
    let warm_up = Batch {
        start: 0,
        operations: picks,
    };
    workers.run(case, warm_up);
    let time = run_undisturbed(workers, case, warm_up);
    let per_operation = nanoseconds(time, warm_up, threads).max(0.1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive estimate"
    )]
    let operations = (duration.as_nanos() as f64 / per_operation) as usize;
    operations.max(1000)
}

/// Runs a batch until no worker waited for a processor, at most [`MAX_TRIES`] times.
fn run_undisturbed(workers: &Workers, case: usize, batch: Batch) -> BatchTime {
    let mut time = workers.run(case, batch);
    for _ in 1..MAX_TRIES {
        if !time.disturbed {
            break;
        }
        // A thread that has slept gets a processor sooner.
        std::thread::sleep(2 * BATCH_DURATION);
        time = workers.run(case, batch);
    }
    time
}

/// Nanoseconds per operation, of one of the cores that the threads have: a case that scales perfectly has the same figure
/// with any number of threads.
fn nanoseconds(time: BatchTime, batch: Batch, threads: usize) -> f64 {
    let operations = (batch.operations * threads) as f64;
    time.elapsed.as_nanos() as f64 * threads.min(cores()) as f64 / operations
}
