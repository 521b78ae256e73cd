use std::time::Duration;

use census::{Measure, measure, view};

#[measure]
static COUNT: Measure<u64>;

#[measure]
static CONNECTIONS: Measure<i64>;

#[measure]
static LATENCY: Measure<Duration>;

view! {
    static COUNTED: Sum<COUNT>;
}

fn main() {
    COUNTED.inc();
    COUNTED.record(1);
    COUNT.record(1, census::TagMap::new());
    COUNT.inc();
    COUNT.add(1);
    COUNT.with_label_values(&["/"]).inc_by(2);
    CONNECTIONS.dec();
    CONNECTIONS.set(5);
    LATENCY.observe(0.5);
    let timer = LATENCY.start_timer();
    let value = COUNT.get();
}
