//! A scrape is equal to the text that `prometheus-client` writes for a registry with the same exporter: byte for byte,
//! except for the digits of floats, of which `prometheus-client` writes more than needed now and then.
//!
//! A program of its own: between the two readings no other test may record or register anything.

use std::time::Duration;

use census::prometheus::Exporter;
use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::scrape;
use census_tests::threads::on_new_thread;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

#[tag]
static WHO: TagKey;
#[tag(name = "where/exactly")]
static WHERE: TagKey;

/// With a \ and "quotes"
/// over two lines.
#[measure(unit = "By")]
static SIZE: Measure<u64>;
#[measure]
static BALANCE: Measure<i64>;
#[measure(unit = "s")]
static RATIO: Measure<f64>;
#[measure(unit = "ms")]
static LATENCY: Measure<Duration>;
#[measure]
static NEVER: Measure<u64>;

view! {
    static SIZES_TOTAL: Count<SIZE> by (WHO, WHERE) { max_series: 5 }
    static ALL_SIZES: Count<SIZE>;
    static SUM_BYTES: Sum<SIZE> by (WHERE, WHO);
    static LAST_BYTES: LastValue<SIZE>;
    static SIZE_BYTES: Distribution<SIZE> by (WHO) {
        // The second and the third bound are the same float.
        buckets: [0, 9_007_199_254_740_992, 9_007_199_254_740_993, u64::MAX],
    }
    static BALANCE_SUM: Sum<BALANCE> by (WHO);
    static BALANCE_LAST: LastValue<BALANCE>;
    static BALANCES: Distribution<BALANCE> { buckets: [i64::MIN, -1, 0, 7] }
    static RATIO_SUM_SECONDS: Sum<RATIO> by (WHO);
    static RATIO_SECONDS: Distribution<RATIO> by (WHO, WHERE) {
        buckets: [-1e300, 5e-324, 0.1, 1e21, f64::MAX],
    }
    static LATENCY_MILLISECONDS: Distribution<LATENCY>;
    static LATENCY_SUM: Sum<LATENCY> by (WHERE);
    static ONE_BUCKET: Distribution<LATENCY> by (WHERE) { buckets: [] }
    static NEVER_SET: LastValue<NEVER>;
    static NEVER_COUNTED: Count<NEVER> by (WHO);
}

fn record_all() {
    let rows: [(&str, u64, i64, f64); 7] = [
        ("", 0, i64::MIN, -1.5),
        ("plain", 1, -1, 0.0),
        (
            "a \"quoted\" \\ one\nof two lines",
            9_007_199_254_740_993,
            0,
            1e-7,
        ),
        ("\u{e9}\u{1f600}", u64::MAX, 1, 1e16),
        (" # {x=\"y\"} 1", 12_345, i64::MAX, 1e22),
        ("more", 10, 7, 0.1 + 0.2),
        ("+Inf", 100, 8, f64::MAX / 2.0),
    ];
    let places = rows.iter().map(|(name, ..)| *name).cycle().skip(3);
    for ((name, size, balance, ratio), place) in rows.into_iter().zip(places) {
        record!(
            SIZE = size,
            BALANCE = balance,
            RATIO = ratio,
            LATENCY = Duration::from_nanos(size / 1_000),
            tags(WHO = name, WHERE = place)
        );
        // On another thread, so that a row is the sum of two threads' words.
        on_new_thread(|| record!(RATIO = 0.3, SIZE = 3, tags(WHO = name, WHERE = place)));
    }
    RATIO.record(f64::NAN);
}

/// The line, with the digits of the standard library for the sample's value and for `le`, if these are floats.
fn with_std_floats(line: &str) -> String {
    let digits = |text: &str| match text.parse::<f64>() {
        Ok(value) if text.contains(['.', 'e']) => format!("{value:?}"),
        _ => text.to_owned(),
    };
    let Some((series, value)) = line.rsplit_once(' ').filter(|_| !line.starts_with('#')) else {
        return line.to_owned();
    };
    let series = match series.split_once("_bucket{le=\"") {
        Some((name, rest)) => {
            let (bound, rest) = rest.split_once('"').expect("the end of a label");
            format!("{name}_bucket{{le=\"{}\"{rest}", digits(bound))
        }
        None => series.to_owned(),
    };
    format!("{series} {}", digits(value))
}

#[test]
fn scrape_is_equal_to_prometheus_clients_text() {
    record_all();
    let plain = Exporter::builder;
    for builder in [
        plain(),
        plain().namespace("my.app"),
        plain()
            .const_label("dc", "a \"b\" \\")
            .const_label("zone", ""),
        plain()
            .namespace("1")
            .const_label("dc", "\n")
            .build_info([("version", "\"1\"")]),
    ] {
        let exporter = builder.build().expect("a valid catalogue");
        let mut registry = Registry::default();
        exporter.register_into(&mut registry);
        let encoded = || {
            let mut text = String::new();
            encode(&mut text, &registry).expect("encoding succeeds");
            text
        };
        let theirs = encoded();
        let ours = scrape::open_metrics(&exporter);
        assert_eq!(ours.lines().count(), theirs.lines().count());
        for (ours, theirs) in ours.lines().zip(theirs.lines()) {
            assert_eq!(with_std_floats(ours), with_std_floats(theirs));
        }
        assert!(theirs.len() > 5_000, "{theirs}");

        // Anew, because the library counts scrapes.
        let theirs = encoded();
        let text = scrape::text(&exporter);
        let lines = scrape::sample_lines(&text).map(with_std_floats);
        assert!(lines.eq(scrape::sample_lines(&theirs).map(with_std_floats)));
    }
}
