//! A real Prometheus has native histograms, and answers queries of them within the promised error.

use std::time::Duration;

use census::prometheus::Exporter;
use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::prometheus::Prometheus;

#[tag]
static PATH: TagKey;

/// How long requests take.
#[measure]
static LATENCY: Measure<Duration>;

/// A balance, which may be negative.
#[measure]
static BALANCE: Measure<f64>;

/// Nothing is recorded to it.
#[measure]
static NEVER: Measure<f64>;

view! {
    static NATIVE: Distribution<LATENCY> by (PATH) { name: "native_seconds", buckets: native }
    static COARSE: Distribution<LATENCY> { name: "coarse_seconds", buckets: native(2.0) }
    static BOTH: Distribution<LATENCY> {
        name: "both_seconds",
        buckets: native,
        classic: [Duration::from_millis(10), Duration::from_secs(1)],
    }
    static CLASSIC: Distribution<LATENCY> { name: "classic_seconds", buckets: [Duration::from_secs(1)] }
    static BALANCES: Distribution<BALANCE> { name: "balances", buckets: native }
    static EMPTY: Distribution<NEVER> { name: "empty", buckets: native }
}

/// How many requests there are. Their latencies grow by a constant factor, from 10 µs to 10 s.
const REQUESTS: u32 = 10_000;

fn latency(index: u32) -> f64 {
    1e-5 * 1e6_f64.powf(f64::from(index) / f64::from(REQUESTS))
}

#[test]
fn quantiles_of_native_histograms_are_within_the_promised_error() {
    for index in 0..REQUESTS {
        let value = Duration::from_secs_f64(latency(index));
        record!(LATENCY = value, tags(PATH = "/a"));
    }
    for value in [-100.0, -1.0, 0.0, 1.0, 100.0] {
        record!(BALANCE = value);
    }
    record!(
        LATENCY = Duration::from_secs(2),
        tags(PATH = "/a"),
        exemplar(trace_id = "4bf92f3577b34da6")
    );
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    let server = exporter.spawn("127.0.0.1:0").expect("a free port");
    let prometheus = Prometheus::scraping_with_native_histograms(server.local_addr());
    let value = |query: &str| {
        let value = prometheus.value(query);
        value.unwrap_or_else(|| panic!("{query} has no series"))
    };

    let total = f64::from(REQUESTS + 1);
    for name in ["native_seconds", "coarse_seconds", "both_seconds"] {
        assert_close(value(&format!("histogram_count({name})")), total, 1e-12);
        let sum: f64 = (0..REQUESTS).map(latency).sum::<f64>() + 2.0;
        assert_close(value(&format!("histogram_sum({name})")), sum, 1e-6);
        // The greatest relative error of a value that is somewhere in its bucket.
        let error = if name == "coarse_seconds" {
            1.0
        } else {
            0.0906
        };
        for quantile in [0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999] {
            let query = format!("histogram_quantile({quantile}, {name})");
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of the requests"
            )]
            let exact = latency((quantile * f64::from(REQUESTS)) as u32);
            assert_close(value(&query), exact, error);
        }
    }
    let below = "histogram_fraction(-Inf, 0.1, native_seconds)";
    assert_close(value(below), 2.0 / 3.0, 0.01);

    assert_close(value("histogram_count(balances)"), 5.0, 1e-12);
    assert_close(value("histogram_sum(balances)"), 0.0, 1e-12);
    assert_close(value("histogram_quantile(0.1, balances)"), -100.0, 0.0906);
    assert_close(value("histogram_quantile(0.95, balances)"), 100.0, 0.0906);

    // A view with classic buckets only has them over protobuf, too. Where there are native ones, Prometheus 2.42 leaves the
    // classic ones away.
    assert_close(value("classic_seconds_bucket{le=\"+Inf\"}"), total, 1e-12);
    for name in ["native_seconds", "both_seconds", "balances"] {
        assert_eq!(prometheus.value(&format!("count({name}_bucket)")), None);
    }
    // One without values is a native histogram, too.
    assert_eq!(prometheus.value("histogram_count(empty)"), Some(0.0));
    // Prometheus 2.42 reads exemplars from classic buckets only.
    let exemplars = prometheus.exemplars("both_seconds.*");
    assert_eq!(exemplars.len(), 1, "{exemplars:?}");
    assert_close(exemplars[0].value, 2.0, 1e-12);
}

#[track_caller]
fn assert_close(actual: f64, expected: f64, relative_error: f64) {
    let error = (actual - expected).abs();
    assert!(
        error <= expected.abs() * relative_error + 1e-9,
        "{actual} instead of {expected}"
    );
}
