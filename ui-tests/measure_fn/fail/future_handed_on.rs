use census::measure;

use std::future::{Future, ready};

#[measure]
fn work() -> impl Future<Output = u8> {
    ready(5)
}

fn main() {
    drop(work());
}
