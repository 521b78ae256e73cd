use std::time::Duration;

use census::{Observed, measure, tags};

#[measure]
static QUEUE_DEPTH: Observed<u64>;
#[measure]
static AGE: Observed<Duration>;

fn main() {
    QUEUE_DEPTH.record(5);
    AGE.time(|| 5);
    AGE.start();
    QUEUE_DEPTH.bind(tags!()).record(1);
    QUEUE_DEPTH.hold(1);
    QUEUE_DEPTH.set(5);
    QUEUE_DEPTH.inc();
}
