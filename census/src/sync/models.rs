//! Running models.

pub(crate) use loom::thread;

/// Runs a model: `f` starts threads by [`thread::spawn`] and joins them. It runs once for each order of the threads' steps
/// in which a thread is interrupted at most `preemptions` times, and for each value that the loads may return. Two
/// preemptions find most mistakes, and three almost all; without a bound, few models end.
pub(crate) fn check(preemptions: usize, f: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 100_000;
    builder.check(f);
}
