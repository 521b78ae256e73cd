use census::measure;

struct Service;

#[measure(name = "service")]
impl Service {
    fn work(&self) {}
}

fn main() {
    Service.work();
}
