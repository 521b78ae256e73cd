use census::measure;

#[measure]
const fn work() -> u64 {
    5
}

const _: u64 = work();

fn main() {}
