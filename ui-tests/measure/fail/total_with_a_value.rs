use census::{Observed, measure};

#[measure(total = true)]
static SENT: Observed<u64>;

fn main() {
    let _ = SENT.name();
}
