use census::{Measure, measure, record};

#[measure]
static BALANCE: Measure<i64>;

fn main() {
    record!(BALANCE = 1.5);
}
