use census::{Observed, measure};

type Level = Observed<i64>;

#[measure(total)]
static BALANCE: Level = || -5;

fn main() {
    let _ = BALANCE.name();
}
