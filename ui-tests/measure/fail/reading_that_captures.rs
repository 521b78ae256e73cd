use census::{Observed, measure};

fn main() {
    let jobs = vec![1, 2];
    #[measure]
    static QUEUE_DEPTH: Observed<u64> = || jobs.len() as u64;
    let _ = QUEUE_DEPTH.name();
}
