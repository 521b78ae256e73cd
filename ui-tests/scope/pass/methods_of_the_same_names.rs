//! Traits that give every type methods with the names that generated code uses or may use.

#![deny(warnings)]

use std::time::Duration;

use census::calls::{CALLS, FUNCTION, MODULE, RESULT};
use census::{Measure, TagKey, TagValue, measure, record, tag, tags, view};

/// Implemented for every type.
trait Everything: Sized {
    fn outcome(&self) -> u8 {
        1
    }
    fn as_measure(&self) -> u8 {
        2
    }
    fn as_tag_key(&self) -> u8 {
        3
    }
    fn as_tag_value(&self) -> u8 {
        4
    }
    fn record(&self, _: u8) -> u8 {
        5
    }
    fn is_viewed(&self) -> u8 {
        6
    }
    fn begin(&self) -> u8 {
        7
    }
    fn finish(&self) -> u8 {
        8
    }
    fn map(&self) -> u8 {
        9
    }
}

impl<T> Everything for T {}

#[tag]
static FRONTEND: TagKey;
#[measure]
static LATENCY: Measure<Duration>;
#[measure]
static SIZE: Measure<u64>;

view! {
    static LATENCIES: Distribution<LATENCY> by (FRONTEND);
    static SIZES: Sum<SIZE>;
}

#[derive(TagValue)]
enum Client {
    Ios,
}

#[measure]
fn fallible(text: &str) -> Result<usize, ()> {
    text.is_empty().then_some(0).ok_or(())
}

#[measure(LATENCY, SIZE = |text| text.len() as u64, tags(FRONTEND = Client::Ios))]
#[expect(clippy::unused_async, reason = "an `async` function")]
async fn later(text: &str) -> String {
    text.to_owned()
}

fn main() {
    let used = [
        ().outcome(),
        ().as_measure(),
        ().as_tag_key(),
        ().as_tag_value(),
        ().record(0),
        ().is_viewed(),
        ().begin(),
        ().finish(),
        ().map(),
    ];
    assert_eq!(used.iter().sum::<u8>(), 45);
    assert_eq!(fallible("x"), Err(()));
    drop(later("x"));
    record!(
        LATENCY = Duration::ZERO,
        SIZE = 5,
        tags(FRONTEND = Client::Ios)
    );
    assert!(LATENCIES.data().get(&tags!(FRONTEND = "ios")).is_some());
    assert!(SIZES.data().get(&tags!()).is_some_and(|sum| *sum == 5));
    let errors = tags!(
        FUNCTION = "fallible",
        MODULE = module_path!(),
        RESULT = "error"
    );
    assert_eq!(CALLS.data().get(&errors), Some(&1));
}
