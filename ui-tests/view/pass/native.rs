//! Native buckets of all types, wherever an expression may come from.

use std::time::Duration;

use census::{Buckets, Measure, measure, view};

const FACTOR: f64 = 1.5;
const SIZES: Buckets<u64> = Buckets::linear(10, 10, 3);
const NATIVE: Buckets<f64> = Buckets::native_with_growth(2.0);

mod native {
    pub const BUCKETS: &[u64] = &[1, 2];
}

macro_rules! sizes {
    ($name:ident, $factor:expr) => {
        view! { static $name: Distribution<SIZE> { buckets: native($factor) } }
    };
}

#[measure]
static SIZE: Measure<u64>;
#[measure]
static LEVEL: Measure<i64>;
#[measure]
static LOAD: Measure<f64>;
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static SIZES_OF_ALL: Distribution<SIZE> { buckets: native, classic: SIZES }
    static LISTED: Distribution<SIZE> { buckets: Buckets::list(native::BUCKETS) }
    static LEVELS: Distribution<LEVEL> { classic: [-5, 5], buckets: native(FACTOR * 2.0), max_series: 1 }
    static LOADS: Distribution<LOAD> { buckets: NATIVE }
    static LATENCIES: Distribution<LATENCY> { buckets: native(1.05,), }
}

sizes!(EXPANDED, 1.0 + 0.1);

fn main() {
    SIZE.record(25);
    LEVEL.record(-5);
    LOAD.record(0.3);
    LATENCY.record(Duration::from_secs(1));

    let sizes = &SIZES_OF_ALL.data().rows[0].data;
    assert_eq!(sizes.bucket_counts, [0, 0, 1, 0]);
    assert_eq!(sizes.native.as_ref().map(|native| native.schema), Some(3));
    assert!(LISTED.data().rows[0].data.native.is_none());
    let levels = LEVELS.data().rows[0].data.native.clone().unwrap();
    assert_eq!((levels.schema, levels.negative), (0, vec![(3, 1)]));
    assert_eq!(LEVELS.data().rows[0].data.bucket_counts, [1, 0, 0]);
    let loads = LOADS.data().rows[0].data.native.clone().unwrap();
    assert_eq!((loads.schema, loads.positive), (0, vec![(-1, 1)]));
    let latencies = LATENCIES.data().rows[0].data.native.clone().unwrap();
    assert_eq!((latencies.schema, latencies.positive), (4, vec![(0, 1)]));
    assert_eq!(EXPANDED.data().rows[0].data.native.as_ref().map(|native| native.schema), Some(3));
}
