use census::{Observed, measure, view};

#[measure]
static QUEUE: Observed<u64> = || 5;

view! {
    static QUEUES: Distribution<QUEUE> { buckets: native }
}

fn main() {
    let _ = QUEUES.data();
}
