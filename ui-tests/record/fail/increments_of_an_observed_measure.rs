use census::{Observed, measure};

#[measure]
static QUEUE_DEPTH: Observed<u64>;

fn main() {
    QUEUE_DEPTH.increment(1);
    QUEUE_DEPTH.start_timer();
}
