use census::measure;

#[measure]
trait Work {
    fn work(&self) {}
}

impl Work for u8 {}

fn main() {
    5_u8.work();
}
