//! Every type of values through every aggregation.

use std::time::Duration;

use census::{Measure, Number, TagMap, View, measure, record, view};

/// Bytes, say.
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

macro_rules! only {
    ($view:ident) => {
        $view.data().get(&TagMap::new()).cloned()
    };
}

#[test]
fn unsigned() {
    assert_eq!(
        only!(UNSIGNED_COUNT),
        Some(0),
        "a view without columns has its row from the start"
    );
    assert_eq!(
        only!(UNSIGNED_LAST),
        None,
        "but for a last value, which has none yet"
    );
    for value in [0, 10, 11, u64::MAX - 20] {
        UNSIGNED.record(value);
    }
    assert_eq!(only!(UNSIGNED_COUNT), Some(4));
    assert_eq!(
        only!(UNSIGNED_SUM),
        Some(Number::U64(0)),
        "sums of integers wrap"
    );
    assert_eq!(only!(UNSIGNED_LAST), Some(Number::U64(u64::MAX - 20)));
    let data = only!(UNSIGNED_DIST).expect("a row");
    assert_eq!(
        data.bucket_counts,
        [1, 1, 2, 0],
        "a value equal to a bound is in that bucket"
    );
    assert_eq!(*data.bounds, [0, 10, u64::MAX].map(Number::U64));
    assert_eq!(
        (data.min, data.max),
        (Some(Number::U64(0)), Some(Number::U64(u64::MAX - 20)))
    );
}

#[test]
fn signed() {
    for value in [-11, -10, 0, 5, i64::MIN] {
        SIGNED.record(value);
    }
    assert_eq!(only!(SIGNED_COUNT), Some(5));
    assert_eq!(
        only!(SIGNED_SUM),
        Some(Number::I64(i64::MIN.wrapping_sub(16)))
    );
    assert_eq!(only!(SIGNED_LAST), Some(Number::I64(i64::MIN)));
    let data = only!(SIGNED_DIST).expect("a row");
    assert_eq!(data.bucket_counts, [3, 1, 1, 0]);
    assert_eq!(
        (data.min, data.max),
        (Some(Number::I64(i64::MIN)), Some(Number::I64(5)))
    );
}

#[test]
fn float() {
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
        only!(FLOAT_COUNT),
        Some(4),
        "what is not finite is refused, one measurement at a time"
    );
    assert_eq!(only!(FLOAT_SUM), Some(Number::F64(0.0)));
    assert_eq!(only!(FLOAT_LAST), Some(Number::F64(0.5)));
    let data = only!(FLOAT_DIST).expect("a row");
    assert_eq!(data.bucket_counts, [1, 1, 1, 1]);
    assert_eq!(data.count, 4);
    assert!((data.mean - 0.0).abs() < 1e-12, "{}", data.mean);
    assert!(
        (data.sum_of_squared_deviations - 6.5).abs() < 1e-12,
        "{data:?}"
    );
    assert!((data.variance() - 6.5 / 3.0).abs() < 1e-12);
    let body = census::prometheus::Exporter::builder()
        .build_lenient()
        .scrape(None)
        .body
        .to_string();
    let line = "census_refused_measurements_total{measure=\"values/float\"} 3\n";
    assert!(body.contains(line), "{body}");
}

#[test]
fn time() {
    record!(TIME = Duration::from_millis(5));
    TIME.record(Duration::from_millis(1500));
    assert_eq!(TIME.time(|| 7), 7);
    let took = TIME.start().stop();
    assert_eq!(only!(TIME_COUNT), Some(4));
    assert_eq!(only!(TIME_LAST), Some(Number::Duration(took)));
    let Some(Number::Duration(sum)) = only!(TIME_SUM) else {
        panic!("a sum")
    };
    assert!(sum >= Duration::from_millis(1505) + took && sum < Duration::from_mins(1));
    let data = only!(TIME_DIST).expect("a row");
    let defaults = census::DEFAULT_LATENCY_BUCKETS.iter();
    assert!(
        data.bounds
            .iter()
            .copied()
            .eq(defaults.copied().map(Number::Duration))
    );
    assert!(
        data.bucket_counts[0] >= 2,
        "5 ms are in the bucket up to 5 ms"
    );
    // In the measure's unit.
    let body = census::prometheus::Exporter::builder()
        .build_lenient()
        .scrape(None)
        .body
        .to_string();
    assert!(
        body.contains("time_dist_bucket{le=\"5.0\"}")
            && body.contains("time_dist_bucket{le=\"10000.0\"}"),
        "{body}"
    );
}

#[test]
fn sums_end_where_they_would_fall_or_be_infinite() {
    let time = Measure::<Duration>::builder("end/time")
        .register()
        .expect("free");
    let times = View::sum("end_time", &time).register().expect("free");
    time.record(Duration::MAX);
    time.record(Duration::from_secs(1));
    let longest = Number::Duration(Duration::from_nanos(u64::MAX));
    assert_eq!(times.data().get(&TagMap::new()), Some(&longest));
    let float = Measure::<f64>::builder("end/float")
        .register()
        .expect("free");
    let floats = View::distribution("end_float", &float, [0.0])
        .register()
        .expect("free");
    float.record(f64::MAX);
    float.record(f64::MAX);
    let data = floats.data().get(&TagMap::new()).cloned().expect("a row");
    assert_eq!(data.sum, f64::MAX);
    for _ in 0..2 {
        float.record(-f64::MAX);
    }
    let data = floats.data().get(&TagMap::new()).cloned().expect("a row");
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
fn a_distribution_may_have_many_buckets() {
    const BOUNDS: u64 = 70_000;
    let measure = Measure::<u64>::builder("many/buckets")
        .register()
        .expect("free");
    let view = View::distribution("many_buckets", &measure, 0..BOUNDS)
        .register()
        .expect("free");
    for value in [0, 65_529, 65_536, BOUNDS - 1, BOUNDS] {
        measure.record(value);
    }
    let data = view.data().get(&TagMap::new()).cloned().expect("a row");
    let filled = (0_u64..).zip(&data.bucket_counts);
    let filled: Vec<u64> = filled
        .filter_map(|(bucket, count)| (*count == 1).then_some(bucket))
        .collect();
    assert_eq!(filled, [0, 65_529, 65_536, BOUNDS - 1, BOUNDS]);
}
