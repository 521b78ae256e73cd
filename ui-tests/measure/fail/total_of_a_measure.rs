use census::{Measure, measure};

#[measure(total)]
static SENT: Measure<u64>;

fn main() {
    SENT.record(1);
}
