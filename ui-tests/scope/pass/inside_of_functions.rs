//! Items inside functions, also generic ones, with the same names in two functions.

#![deny(warnings)]

use std::fmt::Debug;

use census::{Measure, TagKey, measure, record, tag, tags, view};

fn first() -> u64 {
    #[tag(name = "first/key")]
    static KEY: TagKey;
    #[measure(name = "first/size")]
    static SIZE: Measure<u64>;
    view! { static SIZES: Sum<SIZE> by (KEY) { name: "first" } }
    #[measure]
    fn inner() -> u64 {
        1
    }
    record!(SIZE = inner(), tags(KEY = 1));
    SIZES.data().rows.len() as u64
}

fn second<T: Debug>(value: T) -> u64 {
    #[tag(name = "second/key")]
    static KEY: TagKey;
    #[measure(name = "second/size")]
    static SIZE: Measure<u64>;
    view! { static SIZES: Sum<SIZE> by (KEY) { name: "second" } }
    #[measure]
    fn inner<T: Debug>(value: T) -> Result<u64, T> {
        if format!("{value:?}").is_empty() {
            Err(value)
        } else {
            Ok(1)
        }
    }
    let size = inner(value).unwrap_or_default();
    record!(SIZE = size, tags(KEY = 1));
    SIZES.data().get(&tags!(KEY = "1")).map_or(0, |_| 1)
}

fn main() {
    assert_eq!(first() + second("text") + second(5), 3);
    assert_eq!(census::check(), Ok(()));
}
