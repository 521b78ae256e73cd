use census::measure;

struct Service;

#[measure]
impl Service {
    #[cfg_attr(all(), measure(skip))]
    fn work(&self) {}
}

fn main() {
    Service.work();
}
