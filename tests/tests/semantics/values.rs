//! Every value type with every aggregation.

use std::time::Duration;

use census::testing::isolate;
use census::{Measure, Number, View, measure, record, view};
use census_tests::rows::only_row;
use census_tests::scrape;

/// Bytes.
#[measure(unit = "By")]
static UNSIGNED: Measure<u64>;
#[measure]
static SIGNED: Measure<i64>;
#[measure(unit = "Cel")]
static FLOAT: Measure<f64>;
#[measure(unit = "ms")]
static TIME: Measure<Duration>;

view! {
    static UNSIGNED_COUNT: Count<UNSIGNED>;
    static UNSIGNED_SUM: Sum<UNSIGNED>;
    static UNSIGNED_LAST: LastValue<UNSIGNED>;
    static UNSIGNED_DIST: Distribution<UNSIGNED> { buckets: [0, 10, u64::MAX] }
    static SIGNED_COUNT: Count<SIGNED>;
    static SIGNED_SUM: Sum<SIGNED>;
    static SIGNED_LAST: LastValue<SIGNED>;
    static SIGNED_DIST: Distribution<SIGNED> { buckets: [-10, 0, 10] }
    static FLOAT_COUNT: Count<FLOAT>;
    static FLOAT_SUM: Sum<FLOAT>;
    static FLOAT_LAST: LastValue<FLOAT>;
    static FLOAT_DIST: Distribution<FLOAT> { buckets: [-0.5, 0.0, 0.5] }
    static TIME_COUNT: Count<TIME>;
    static TIME_SUM: Sum<TIME>;
    static TIME_LAST: LastValue<TIME>;
    static TIME_DIST: Distribution<TIME>;
}

#[test]
fn unsigned() {
    let _isolated = isolate();
    assert_eq!(
        only_row(&UNSIGNED_COUNT),
        Some(0),
        "a view without columns has its row from the start"
    );
    assert_eq!(
        only_row(&UNSIGNED_LAST),
        None,
        "except a last value, which has no row before its first measurement"
    );
    for value in [0, 10, 11, u64::MAX - 20] {
        UNSIGNED.record(value);
    }
    assert_eq!(only_row(&UNSIGNED_COUNT), Some(4));
    assert_eq!(
        only_row(&UNSIGNED_SUM),
        Some(Number::U64(0)),
        "sums of integers wrap"
    );
    assert_eq!(only_row(&UNSIGNED_LAST), Some(Number::U64(u64::MAX - 20)));
    let data = only_row(&UNSIGNED_DIST).expect("a row");
    assert_eq!(
        data.bucket_counts,
        [1, 1, 2, 0],
        "a value equal to a bound is in the bucket of that bound"
    );
    assert_eq!(*data.bounds, [0, 10, u64::MAX].map(Number::U64));
    assert_eq!(
        (data.min, data.max),
        (Some(Number::U64(0)), Some(Number::U64(u64::MAX - 20)))
    );
}

#[test]
fn signed() {
    let _isolated = isolate();
    for value in [-11, -10, 0, 5, i64::MIN] {
        SIGNED.record(value);
    }
    assert_eq!(only_row(&SIGNED_COUNT), Some(5));
    assert_eq!(
        only_row(&SIGNED_SUM),
        Some(Number::I64(i64::MIN.wrapping_sub(16)))
    );
    assert_eq!(only_row(&SIGNED_LAST), Some(Number::I64(i64::MIN)));
    let data = only_row(&SIGNED_DIST).expect("a row");
    assert_eq!(data.bucket_counts, [3, 1, 1, 0]);
    assert_eq!(
        (data.min, data.max),
        (Some(Number::I64(i64::MIN)), Some(Number::I64(5)))
    );
}

#[test]
fn float() {
    let _isolated = isolate();
    for value in [
        1.5,
        f64::NAN,
        -0.0,
        f64::INFINITY,
        -2.0,
        f64::NEG_INFINITY,
        0.5,
    ] {
        FLOAT.record(value);
    }
    assert_eq!(
        only_row(&FLOAT_COUNT),
        Some(4),
        "values that are not finite are rejected one by one"
    );
    assert_eq!(only_row(&FLOAT_SUM), Some(Number::F64(0.0)));
    assert_eq!(only_row(&FLOAT_LAST), Some(Number::F64(0.5)));
    let data = only_row(&FLOAT_DIST).expect("a row");
    assert_eq!(data.bucket_counts, [1, 1, 1, 1]);
    assert_eq!(data.count, 4);
    assert!((data.mean - 0.0).abs() < 1e-12, "{}", data.mean);
    assert!(
        (data.sum_of_squared_deviations - 6.5).abs() < 1e-12,
        "{data:?}"
    );
    assert!((data.variance() - 6.5 / 3.0).abs() < 1e-12);
    let body = scrape::views_of_this_process();
    let line = "census_refused_measurements_total{measure=\"semantics/float\"} 3\n";
    assert!(body.contains(line), "{body}");
}

#[test]
fn time() {
    let _isolated = isolate();
    record!(TIME = Duration::from_millis(5));
    TIME.record(Duration::from_millis(1500));
    assert_eq!(TIME.time(|| 7), 7);
    let took = TIME.start().stop();
    assert_eq!(only_row(&TIME_COUNT), Some(4));
    assert_eq!(only_row(&TIME_LAST), Some(Number::Duration(took)));
    let Some(Number::Duration(sum)) = only_row(&TIME_SUM) else {
        panic!("a sum")
    };
    assert!(sum >= Duration::from_millis(1505) + took && sum < Duration::from_mins(1));
    let data = only_row(&TIME_DIST).expect("a row");
    let defaults = census::DEFAULT_LATENCY_BUCKETS.iter();
    assert!(
        data.bounds
            .iter()
            .copied()
            .eq(defaults.copied().map(Number::Duration))
    );
    assert!(
        data.bucket_counts[0] >= 2,
        "5 ms are in the bucket of the bound 5 ms"
    );
    // Bounds are exported in the measure's unit.
    let body = scrape::views_of_this_process();
    assert!(
        body.contains("time_dist_bucket{le=\"5.0\"}")
            && body.contains("time_dist_bucket{le=\"10000.0\"}"),
        "{body}"
    );
}

#[test]
fn sums_saturate() {
    let _isolated = isolate();
    let time = Measure::<Duration>::builder("end/time")
        .register()
        .expect("a free name");
    let times = View::sum("end_time", &time)
        .register()
        .expect("a free name");
    time.record(Duration::MAX);
    time.record(Duration::from_secs(1));
    let longest = Number::Duration(Duration::from_nanos(u64::MAX));
    assert_eq!(only_row(&times), Some(longest));
    let float = Measure::<f64>::builder("end/float")
        .register()
        .expect("a free name");
    let floats = View::distribution("end_float", &float, [0.0])
        .register()
        .expect("a free name");
    float.record(f64::MAX);
    float.record(f64::MAX);
    let data = only_row(&floats).expect("a row");
    assert_eq!(data.sum, f64::MAX);
    for _ in 0..2 {
        float.record(-f64::MAX);
    }
    let data = only_row(&floats).expect("a row");
    assert!(
        data.mean.is_finite() && data.sum_of_squared_deviations.is_finite(),
        "{data:?}"
    );
    let bounds = [Duration::from_secs(1), Duration::MAX];
    assert!(
        View::distribution("end_bounds", &time, bounds)
            .register()
            .is_err()
    );
}

#[test]
fn many_buckets() {
    const BOUNDS: u64 = 70_000;
    let _isolated = isolate();
    let measure = Measure::<u64>::builder("many/buckets")
        .register()
        .expect("a free name");
    let view = View::distribution("many_buckets", &measure, 0..BOUNDS)
        .register()
        .expect("a free name");
    for value in [0, 65_529, 65_536, BOUNDS - 1, BOUNDS] {
        measure.record(value);
    }
    let data = only_row(&view).expect("a row");
    let counts = (0_u64..).zip(&data.bucket_counts);
    let filled: Vec<u64> = counts
        .filter_map(|(bucket, count)| (*count == 1).then_some(bucket))
        .collect();
    assert_eq!(filled, [0, 65_529, 65_536, BOUNDS - 1, BOUNDS]);
}
