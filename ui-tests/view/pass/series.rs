//! Buckets as series, of all types, wherever an expression may come from.

use std::time::Duration;

use census::{Measure, View, measure, view};

mod buckets {
    pub const SIZES: census::Buckets<u64> = census::Buckets::exponential(1 << 10, 4.0, 6);
    pub const LOADS: (census::Buckets<f64>, ()) = (census::Buckets::linear(0.1, 0.1, 10), ());
    pub const fn of_ten() -> census::Buckets<i64> {
        census::Buckets::linear(-5, 1, 10)
    }
}

macro_rules! doubling {
    ($count:expr) => {
        census::Buckets::exponential(1.0, 2.0, $count)
    };
}

macro_rules! sizes {
    ($name:ident, $buckets:expr) => {
        view! { static $name: Distribution<SIZE> { buckets: $buckets } }
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
    static SIZES: Distribution<SIZE> { buckets: buckets::SIZES }
    static LEVELS: Distribution<LEVEL> { buckets: buckets::of_ten(), max_series: 1 }
    static LOADS: Distribution<LOAD> { buckets: buckets::LOADS.0 }
    static DOUBLED: Distribution<LOAD> { buckets: doubling!(1_000) }
    static LATENCIES: Distribution<LATENCY> {
        buckets: (::census::Buckets::exponential(Duration::from_millis(1), 2.5, 10)),
    }
}

sizes!(LINEAR, census::Buckets::linear(0, 10, 5));

fn main() {
    SIZE.record(1 << 10);
    assert_eq!(LINEAR.data().rows[0].data.bounds.len(), 5);
    assert_eq!(SIZES.data().rows[0].data.bucket_counts, [1, 0, 0, 0, 0, 0, 0]);
    LOAD.record(0.3);
    assert_eq!(LOADS.data().rows[0].data.bounds[2], 0.3);
    assert_eq!(DOUBLED.data().rows[0].data.bounds.len(), 1_000);
    LEVEL.record(-5);
    LATENCY.record(Duration::from_micros(2_500));
    assert_eq!(LEVELS.data().rows[0].data.bounds[9], 4);
    assert_eq!(LATENCIES.data().rows[0].data.bucket_counts[1], 1);

    // At run time, the types are inferred, too.
    let view = View::distribution("a", &SIZE, census::Buckets::linear(0, 1 << 20, 3));
    assert!(view.register().is_ok());
    let view = View::distribution("b", &SIZE, [1, 2, 3]).register();
    assert!(view.is_ok());
    let view = View::distribution("c", &LOAD, census::Buckets::exponential(0.5, 1.0, 3));
    assert!(view.register().is_err_and(|error| error.to_string().contains("greater than 1")));
}
