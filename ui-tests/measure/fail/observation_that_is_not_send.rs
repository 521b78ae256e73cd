use std::rc::Rc;

use census::{Observed, measure, tags};

#[measure]
static QUEUE_DEPTH: Observed<u64>;

fn main() {
    let jobs = Rc::new([1, 2]);
    let _observation = QUEUE_DEPTH.observe(move |seen| seen.record(jobs.len() as u64, tags!()));
}
