use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

#[measure(skip)]
fn work() {}

struct Service;

#[measure(skip)]
impl Service {
    fn work(&self) {}
}

#[measure(name = "all")]
impl Service {
    #[measure(skip, LATENCY)]
    fn more(&self) {}

    #[measure]
    #[measure(LATENCY)]
    fn twice(&self) {}
}

#[measure]
#[measure(LATENCY)]
fn twice() {}

fn main() {
    work();
    twice();
    Service.work();
    Service.more();
    Service.twice();
}
