use census::{Measure, measure};

#[measure]
fn work() -> u64 {
    5
}

struct Service;

#[measure]
impl Service {
    fn work(&self) {}
}

fn main() {
    let _: Option<Measure<u64>> = None;
    let _: u64 = work();
    Service.work();
}
