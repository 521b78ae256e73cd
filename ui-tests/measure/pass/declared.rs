//! All arguments of `#[measure]` on a static.

use std::time::Duration;

use census::{Measure, measure};

const NAME: &str = "myorg/measures/computed";
const UNIT: &str = "us";
type Latency = Measure<Duration>;

/// Size of
/// processed videos.
///
/// And more.
#[measure(unit = "By")]
pub static VIDEO_SIZE: Measure<u64>;

#[measure(name = "myorg/measures/balance", unit = "{euro}")]
static BALANCE: Measure<i64>;

#[measure]
static RATIO: census::Measure<f64>;

#[measure(unit = "ms")]
static LATENCY: Measure<std::time::Duration>;

#[measure(name = NAME, unit = UNIT, crate = ::census)]
static ALIASED: Latency;

#[measure]
static SECONDS: Measure<Duration>;

fn main() {
    assert_eq!(
        VIDEO_SIZE.name().split_once('/').map(|(_, name)| name),
        Some("video_size")
    );
    assert_eq!(VIDEO_SIZE.description(), "Size of processed videos.");
    assert_eq!(VIDEO_SIZE.unit(), "By");
    assert_eq!(VIDEO_SIZE.origin().line(), 16);
    assert_eq!(BALANCE.name(), "myorg/measures/balance");
    assert_eq!(RATIO.unit(), "1");
    assert_eq!(LATENCY.unit(), "ms");
    assert_eq!((ALIASED.name(), ALIASED.unit()), (NAME, UNIT));
    assert_eq!(SECONDS.unit(), "s");
}
