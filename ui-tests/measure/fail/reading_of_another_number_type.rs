use census::{Observed, measure};

#[measure]
static QUEUE_DEPTH: Observed<u64> = || vec![1].len();

fn main() {
    let _ = QUEUE_DEPTH.name();
}
