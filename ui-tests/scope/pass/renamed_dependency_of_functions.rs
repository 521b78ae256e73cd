//! The library under another name.

#![no_implicit_prelude]

mod metrics {
    pub use ::census::*;
}

struct Service;

#[metrics::measure(crate = crate::metrics)]
impl Service {
    fn work(&self) {}

    #[metrics::measure(name = "later")]
    async fn later(&self) {}
}

#[metrics::measure(crate = metrics)]
fn work() {}

fn main() {
    work();
    Service.work();
    ::std::mem::drop(Service.later());
}
