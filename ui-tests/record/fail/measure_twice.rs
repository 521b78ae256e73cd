use census::{Measure, measure, record};

#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static BALANCE: Measure<i64>;

fn main() {
    record!(VIDEO_SIZE = 1, BALANCE = 2, VIDEO_SIZE = 3);
}
