use census::{Observed, measure, tags};

#[measure]
static QUEUE_DEPTH: Observed<u64>;

fn main() {
    let jobs = vec![1, 2];
    let _observation = QUEUE_DEPTH.observe(|seen| seen.record(jobs.len() as u64, tags!()));
}
