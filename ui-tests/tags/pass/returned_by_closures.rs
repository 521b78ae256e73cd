//! What a closure of `scope` or `time` may return: all but futures, and the compiler infers its type as without a bound.

use std::num::ParseIntError;
use std::time::Duration;

use census::{Measure, TagMap, measure};

#[measure]
static LATENCY: Measure<Duration>;

fn generic<T>(f: impl FnOnce() -> T) -> T {
    LATENCY.time(|| TagMap::new().scope(f))
}

fn parsed(text: &str) -> Result<u64, ParseIntError> {
    let number: u64 = TagMap::new().scope(|| text.parse())?;
    Ok(number)
}

fn borrowed(texts: &[String]) -> impl Iterator<Item = &str> {
    TagMap::new().scope(|| texts.iter().map(String::as_str))
}

fn boxed() -> Box<dyn Fn() -> u8> {
    TagMap::new().scope(|| Box::new(|| 5_u8) as Box<dyn Fn() -> u8>)
}

fn main() {
    TagMap::new().scope(|| ());
    let list: Vec<u8> = TagMap::new().scope(|| [1, 2].into_iter().collect());
    let number = TagMap::new().scope(|| 5);
    let same: u64 = LATENCY.time(|| number);
    let error: Result<u8, ()> = TagMap::new().scope(|| Err(()));
    assert_eq!((list.len(), same, error.is_err()), (2, 5, true));
    assert_eq!((generic(|| 'a'), parsed("7"), boxed()()), ('a', Ok(7), 5));
    assert_eq!(borrowed(&["a".to_owned()]).count(), 1);
    if number > 5 {
        TagMap::new().scope(|| panic!("never"));
    }
}
