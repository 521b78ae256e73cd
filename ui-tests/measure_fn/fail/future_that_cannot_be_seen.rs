use std::future::Future;
use std::pin::Pin;

use census::measure;

#[measure]
fn handed_on() -> impl Future<Output = u8> {
    std::future::ready(5)
}

#[measure]
fn boxed(quick: bool) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    if quick {
        return Box::pin(std::future::ready(5));
    }
    Box::pin(async { 5 })
}

#[measure]
fn variable() -> Pin<Box<dyn Future<Output = u8> + Send>> {
    let future = async { 5 };
    Box::pin(future)
}

fn main() {
    drop(handed_on());
    drop(boxed(true));
    drop(variable());
}
