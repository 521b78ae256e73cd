use census::{Observed, measure};

#[measure(total)]
static BALANCE: Observed<i64> = || -5;

fn main() {
    let _ = BALANCE.name();
}
