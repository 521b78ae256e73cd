use census::measure;

struct Service;

#[measure]
impl Service {
    #[measure(skip = true)]
    fn work(&self) {}
}

fn main() {
    Service.work();
}
