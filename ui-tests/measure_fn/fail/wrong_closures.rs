use std::time::Duration;

use census::{Measure, measure};

#[measure]
static LATENCY: Measure<Duration>;
#[measure]
static SIZE: Measure<u64>;

#[measure(SIZE = |text| text.len())]
fn not_the_value(text: &str) -> &str {
    text
}

#[measure(SIZE = || 5)]
fn no_argument(text: &str) -> &str {
    text
}

#[measure(LATENCY, result = |text| text.len() as f64)]
fn no_tag_value(text: &str) -> &str {
    text
}

#[measure(SIZE = |text| text.lenn() as u64)]
async fn no_such_method(text: String) -> String {
    text
}

fn main() {
    not_the_value("");
    no_argument("");
    no_tag_value("");
    drop(no_such_method(String::new()));
}
