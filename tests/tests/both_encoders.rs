//! The views as our own scrape writes them, and as `prometheus-client` does for a registry that census is registered
//! into: the same, byte for byte.

use std::time::Duration;

use census::prometheus::Exporter;
use census::{Measure, TagKey, measure, record, tag, view};
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
        // The second and the third are one float.
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
    let elsewhere = rows.iter().map(|(name, ..)| *name).cycle().skip(3);
    for ((name, size, balance, ratio), at) in rows.into_iter().zip(elsewhere) {
        record!(
            SIZE = size,
            BALANCE = balance,
            RATIO = ratio,
            LATENCY = Duration::from_nanos(size / 1_000),
            tags(WHO = name, WHERE = at)
        );
        // Of another thread, so there is something to be added up.
        std::thread::spawn(move || record!(RATIO = 0.3, SIZE = 3, tags(WHO = name, WHERE = at)))
            .join()
            .expect("recording does not panic");
    }
    RATIO.record(f64::NAN);
}

#[test]
fn our_scrape_says_what_prometheus_client_writes() {
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
        let exporter = builder.build().expect("sound");
        let mut registry = Registry::default();
        exporter.register_into(&mut registry);
        let mut theirs = String::new();
        encode(&mut theirs, &registry).expect("it encodes");
        let ours = exporter.scrape(Some("application/openmetrics-text; version=1.0.0"));
        assert_eq!(ours.text().lines().count(), theirs.lines().count());
        for (ours, theirs) in ours.text().lines().zip(theirs.lines()) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(ours.body, theirs.as_str());
        assert!(theirs.len() > 5_000, "{theirs}");

        let text = exporter.scrape(None).body.to_string();
        let samples = |body: &str| -> Vec<String> {
            body.lines()
                .filter(|line| !line.starts_with('#'))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(samples(&text), samples(&theirs));
    }
}
