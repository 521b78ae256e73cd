use census::{Measure, measure, record};

#[measure]
static VIDEO_SIZE: Measure<u64>;
#[measure]
static BALANCE: Measure<i64>;

fn main() {
    let size: u64 = 5;
    record!(VIDEO_SIZE = size., BALANCE = 5);
}
