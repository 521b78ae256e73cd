use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;

struct Service;

#[measure]
impl Service {
    #[measure]
    #[measure(LATENCY)]
    fn work(&self) {}
}

fn main() {
    Service.work();
}
