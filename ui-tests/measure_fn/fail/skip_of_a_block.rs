use census::measure;

struct Service;

#[measure(skip)]
impl Service {
    fn work(&self) {}
}

fn main() {
    Service.work();
}
