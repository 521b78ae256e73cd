//! Running models.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) use loom::thread;

/// Runs a model: `f` starts threads by [`thread::spawn`] and joins them. It runs once for each order of the threads' steps
/// in which threads are interrupted `preemptions` times at most, and for each value that the loads may return. Two
/// preemptions find most mistakes, and three almost all; without a bound, few models end.
#[expect(
    clippy::print_stdout,
    reason = "a reader of a model's output wants to know how much was tried"
)]
pub(crate) fn check(preemptions: usize, f: impl Fn() + Send + Sync + 'static) {
    let runs = Arc::new(AtomicUsize::new(0));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 100_000;
    builder.check({
        let runs = Arc::clone(&runs);
        move || {
            runs.fetch_add(1, Ordering::Relaxed);
            f();
        }
    });
    println!(
        "{} runs with {preemptions} preemptions",
        runs.load(Ordering::Relaxed)
    );
}
