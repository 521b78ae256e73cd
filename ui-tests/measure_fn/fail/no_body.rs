use census::measure;

trait Work {
    #[measure]
    fn work(&self);
}

impl Work for u8 {
    fn work(&self) {}
}

fn main() {
    5_u8.work();
}
