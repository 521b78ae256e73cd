use census::measure;

use std::future::{Future, ready};
use std::pin::Pin;

#[measure]
fn work(quick: bool) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    if quick {
        return Box::pin(ready(5));
    }
    Box::pin(async { 5 })
}

fn main() {
    drop(work(true));
}
