use census::{Observed, measure, view};

#[measure]
static QUEUE_DEPTH: Observed<u64> = || 5;

view! {
    static DEPTHS: Distribution<QUEUE_DEPTH>;
}

fn main() {
    let _ = DEPTHS.name();
}
