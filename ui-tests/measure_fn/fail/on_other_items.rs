use census::measure;

#[measure]
struct Service;

#[measure(LATENCY)]
trait Work {
    #[measure]
    fn work(&self);
}

impl Work for Service {
    fn work(&self) {}
}

#[measure]
mod inner {
    pub(crate) fn work() {}
}

fn main() {
    Service.work();
    inner::work();
}
