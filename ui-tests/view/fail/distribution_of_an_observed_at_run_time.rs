use census::{Observed, View, measure};

#[measure]
static QUEUE_DEPTH: Observed<u64>;

fn main() {
    let _ = View::distribution("depths", &QUEUE_DEPTH, [1, 2]).register();
}
