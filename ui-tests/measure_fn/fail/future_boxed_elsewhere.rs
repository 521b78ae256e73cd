use census::measure;

use std::future::Future;
use std::pin::Pin;

#[measure]
fn work() -> Pin<Box<dyn Future<Output = u8> + Send>> {
    let future = async { 5 };
    Box::pin(future)
}

fn main() {
    drop(work());
}
