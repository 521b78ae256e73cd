//! All parts and options of a view.

use std::time::Duration;

use census::{Count, Measure, TagKey, View, measure, tag, view};

const MIB: u64 = 1 << 20;
const SHORT: Duration = Duration::from_secs(5);

mod keys {
    use super::{TagKey, tag};

    #[tag]
    pub static CODEC: TagKey;
}

#[tag]
static FRONTEND: TagKey;
#[tag]
static CACHED: TagKey<bool>;

/// Size of processed videos.
#[measure(unit = "By")]
static VIDEO_SIZE: Measure<u64>;

#[measure]
static LATENCY: Measure<Duration>;

#[measure]
static RATIO: Measure<f64>;

#[measure]
static BALANCE: Measure<i64>;

view! {}

view! {
    /// Processed video size, by client.
    ///
    /// More.
    pub(crate) static VIDEO_SIZES: Distribution<VIDEO_SIZE> by (FRONTEND, keys::CODEC,) {
        name: "myorg/views/video_size",
        buckets: [0, 16 * MIB, 256 * MIB],
        max_series: 500,
    }

    static VIDEOS: Count<crate::VIDEO_SIZE> by (FRONTEND);
    static TOTAL: Sum<VIDEO_SIZE>;
    static LATEST: LastValue<BALANCE> { description: "Now." };
    static LATENCIES: Distribution<LATENCY> by ();
    static SOME_LATENCIES: Distribution<LATENCY> { buckets: [Duration::from_millis(5), Duration::from_secs(1)] }
    static RATIOS: Distribution<RATIO> { buckets: [-1.5, 0.0, 1_000.5], max_series: 2 * 10 }
    static BALANCES: Distribution<BALANCE> { buckets: [-20, -10, 0, 1_000] }
    static OUTSIDE: Sum<BALANCE> { namespace: false }
    static INSIDE: Count<BALANCE> { namespace: true }
    static RENAMED: Count<VIDEO_SIZE> by (FRONTEND as client, keys::CODEC as r#type,);
    static OF_ACTIVE: Sum<VIDEO_SIZE> by (FRONTEND) { idle: Duration::from_mins(10) }
    static OF_RECENT: LastValue<BALANCE> by (FRONTEND, CACHED) { max_series: 50, idle: SHORT, zero: false }
    static WITHOUT_ZEROS: Count<VIDEO_SIZE> by (CACHED) { zero: false }

    #[cfg(any())]
    static ABSENT: Count<NO_SUCH_MEASURE>;
}

macro_rules! viewed {
    ($name:ident = $measure:path, by $($key:path),*; namespace $namespace:literal $other:expr; idle $idle:expr) => {
        census::view! {
            static $name: Count<$measure> by ($($key),*) { name: "by_macro", namespace: $namespace, idle: $idle }
            static OTHER: Count<$measure> { namespace: $other }
        }
    };
}

viewed!(BY_MACRO = self::VIDEO_SIZE, by FRONTEND, keys::CODEC; namespace false true; idle SHORT.saturating_mul(2));

fn main() {
    let videos: &View<Count> = &VIDEOS;
    assert_eq!(videos.name(), "videos");
    assert_eq!(videos.origin().line(), 47);
    assert_eq!(TOTAL.origin().line(), 48);
    assert_eq!(VIDEO_SIZES.name(), "myorg/views/video_size");
    assert_eq!(BY_MACRO.name(), "by_macro");
    assert!(census::check().is_ok());
    let _ = (&LATEST, &LATENCIES, &SOME_LATENCIES, &RATIOS, &BALANCES, &OUTSIDE, &INSIDE, &RENAMED, &OF_ACTIVE, &OF_RECENT, &WITHOUT_ZEROS, &OTHER);
}
