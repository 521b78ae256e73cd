//! Lints report the same as without `#[measure]`.

#![deny(warnings)]

use census::measure;

#[must_use]
fn important() -> u8 {
    5
}

#[measure]
fn unused(a: String, mut b: Vec<u8>, (c, _): (u8, String), _: String, d: String) -> Result<u8, ()> {
    let e = 5;
    b.len();
    important();
    Ok(1)
}

#[measure]
async fn unused_later(a: String, b: String, mut c: Vec<u8>, d: Vec<u8>) -> Result<u8, ()> {
    unused(a, c, (1, String::new()), String::new(), String::new());
    return Ok(1);
    Ok(2)
}

#[measure]
fn unused_plainly(a: String, mut b: Vec<u8>) {
    b.len();
}

fn main() {
    unused_later(String::new(), String::new(), Vec::new(), Vec::new());
    unused_plainly(String::new(), Vec::new());
}
