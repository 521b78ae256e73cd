//! Items and calls in a `macro_rules!`, from all kinds of fragments.

#![deny(warnings, missing_docs)]

use std::time::Duration;

use census::{Measure, TagKey, measure, record, tag, tags, view};

macro_rules! declared {
    ($(#[$attr:meta])* $vis:vis key $key:ident = $name:literal, measure $measure:ident: $ty:ty, view $view:ident) => {
        $(#[$attr])*
        #[tag(name = $name)]
        $vis static $key: TagKey;
        $(#[$attr])*
        #[measure(name = $name, unit = "s")]
        $vis static $measure: Measure<$ty>;
        view! {
            $(#[$attr])*
            $vis static $view: Count<$measure> by ($key) { name: $name, max_series: 5 }
        }
    };
}

declared! {
    /// Public.
    pub key FRONTEND = "frontend", measure SIZE: u64, view SIZES
}
declared!(key CODEC = "codec", measure LATENCY: Duration, view LATENCIES);

macro_rules! measured {
    ($(#[$attr:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty $body:block by $measure:path, $key:path = $value:expr) => {
        $(#[$attr])*
        #[measure($measure, tags($key = $value))]
        $vis fn $name($($arg: $ty),*) -> $ret $body
    };
}

measured!(
    /// Works.
    ///
    /// # Errors
    /// Never.
    pub fn work(text: &str) -> Result<usize, u8> { Ok(text.len()) } by crate::LATENCY, CODEC = "av1"
);

macro_rules! recorded {
    ($($measure:expr => $value:expr),*; $($key:expr => $tag:expr),*) => {
        record!($($measure = $value),*, tags($($key = $tag),*))
    };
}

fn main() {
    let (size, client) = (3, "ios");
    recorded!(SIZE => size + 1, LATENCY => Duration::ZERO; FRONTEND => client, CODEC => "vp9");
    assert_eq!(work("abc"), Ok(3));
    assert_eq!(SIZES.data().get(&tags!(FRONTEND = client)), Some(&1));
    assert_eq!(LATENCIES.data().get(&tags!(CODEC = "vp9")), Some(&1));
    assert_eq!(LATENCIES.data().get(&tags!(CODEC = "av1")), Some(&1));
}
