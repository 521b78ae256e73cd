use census::measure;

struct Service;

impl Service {
    #[measure]
    const fn work(&self) {}
}

fn main() {
    Service.work();
}
