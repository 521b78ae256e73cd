//! The borrow checker reports the same as without `#[measure]`.

use census::measure;

#[measure]
fn dangling(text: String) -> Result<&'static str, ()> {
    Ok(text.as_str())
}

#[measure]
fn moved(text: String) -> Result<usize, ()> {
    drop(text);
    Ok(text.len())
}

#[measure]
fn immutable(text: String) -> Result<(), ()> {
    text.push('a');
    Ok(())
}

#[measure]
fn wrong_type(n: u8) -> Result<u8, ()> {
    if n == 0 {
        return Ok("zero");
    }
    Ok("more")
}

#[measure]
fn nothing_returned(n: u8) -> u8 {
    let _ = n;
}

#[measure]
async fn wrong_type_later(n: u8) -> u8 {
    if n == 0 {
        return "zero";
    }
    "more"
}

fn main() {
    drop(dangling(String::new()));
    drop(moved(String::new()));
    drop(immutable(String::new()));
    drop(wrong_type(1));
    nothing_returned(1);
    drop(wrong_type_later(1));
}
