use census::measure;

#[measure]
const fn work() -> u64 {
    5
}

struct Service;

#[measure]
impl Service {
    const fn left_out(&self) {}

    #[measure]
    const fn meant(&self) {}
}

const _: u64 = work();

fn main() {
    Service.left_out();
    Service.meant();
}
