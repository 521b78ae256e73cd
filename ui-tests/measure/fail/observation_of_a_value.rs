use census::{Observed, measure};

#[measure]
static QUEUE_DEPTH: Observed<u64>;

fn main() {
    let _observation = QUEUE_DEPTH.observe(5);
}
