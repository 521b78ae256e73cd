//! A real Prometheus 3 reads names with all their characters in each format, and native histograms with their exemplars.

use std::collections::BTreeSet;
use std::sync::Once;
use std::time::Duration;

use census::prometheus::{Exporter, ServerThread};
use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::prometheus::Prometheus;

#[tag(name = "url.scheme")]
static SCHEME: TagKey;

/// How long requests take.
#[measure]
static LATENCY: Measure<Duration>;

view! {
    static COUNT: Count<LATENCY> by (SCHEME) { name: "http.requests" }
    static CLASSIC: Distribution<LATENCY> by (SCHEME) {
        name: "http.classic_seconds",
        buckets: [Duration::from_secs(1)],
    }
    static NATIVE: Distribution<LATENCY> by (SCHEME) { name: "http.native_seconds", buckets: native }
}

/// How many requests there are. Their latencies grow by a constant factor, from 10 µs to 10 s.
const REQUESTS: u32 = 1_000;

fn latency(index: u32) -> f64 {
    1e-5 * 1e6_f64.powf(f64::from(index) / f64::from(REQUESTS))
}

/// Latencies with exemplars, each in a native bucket of its own.
const TRACED: [u64; 4] = [1, 20, 400, 8_000];

/// The tests of this process share the views, so they share what is recorded.
static RECORDED: Once = Once::new();

fn record_all() {
    for index in 0..REQUESTS {
        let value = Duration::from_secs_f64(latency(index));
        record!(LATENCY = value, tags(SCHEME = "https"));
    }
    for milliseconds in TRACED {
        record!(
            LATENCY = Duration::from_millis(milliseconds),
            tags(SCHEME = "https"),
            exemplar(trace_id = format!("trace {milliseconds}"))
        );
    }
}

fn serve() -> ServerThread {
    RECORDED.call_once(record_all);
    let exporter = Exporter::builder()
        .const_label("cloud.region", "eu")
        .utf8_names(true)
        .build()
        .expect("a valid catalogue");
    exporter.spawn("127.0.0.1:0").expect("a free port")
}

/// A Prometheus 3 that has scraped the server with one of these protocols; `None`, if there is no Prometheus 3.
#[expect(
    clippy::print_stdout,
    reason = "a test that does not run says so in its output"
)]
fn scraping(server: &ServerThread, protocols: &[&str]) -> Option<Prometheus> {
    match Prometheus::version_3_scraping(server.local_addr(), protocols) {
        Ok(prometheus) => Some(prometheus),
        Err(why) => {
            println!("not run: {why}");
            None
        }
    }
}

/// The names of the series of views, and the names of their labels.
fn names(prometheus: &Prometheus) -> (BTreeSet<String>, BTreeSet<String>) {
    let series = prometheus.series();
    let of_views = series.keys().filter(|(name, _)| name.starts_with("http"));
    let labels = of_views.clone().flat_map(|(_, labels)| labels.keys());
    let labels = labels.cloned().collect();
    (of_views.map(|(name, _)| name.clone()).collect(), labels)
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn names_have_their_dots_in_each_format() {
    let server = serve();
    let classic = [
        "http.requests_total",
        "http.classic_seconds_bucket",
        "http.classic_seconds_sum",
        "http.classic_seconds_count",
    ];
    let native_in_text = [
        "http.native_seconds_bucket",
        "http.native_seconds_sum",
        "http.native_seconds_count",
    ];
    for protocol in ["OpenMetricsText1.0.0", "PrometheusText1.0.0"] {
        let Some(prometheus) = scraping(&server, &[protocol]) else {
            return;
        };
        let (names, labels) = names(&prometheus);
        assert_eq!(
            names,
            set(&[&classic[..], &native_in_text].concat()),
            "{protocol}"
        );
        assert_eq!(
            labels,
            set(&["cloud.region", "le", "url.scheme"]),
            "{protocol}"
        );
        let total = prometheus.value("{\"http.requests_total\", \"url.scheme\"=\"https\"}");
        assert_eq!(total, Some(f64::from(REQUESTS) + 4.0), "{protocol}");
        let metadata = prometheus.metadata();
        let counter = metadata
            .iter()
            .find(|it| it.family.starts_with("http.requests"));
        assert_eq!(counter.map(|it| &*it.kind), Some("counter"), "{metadata:?}");
    }
    // Text 0.0.4 has no such names.
    let prometheus = scraping(&server, &["PrometheusText0.0.4"]).expect("it was there before");
    let (names, labels) = names(&prometheus);
    assert!(names.contains("http_requests_total"), "{names:?}");
    assert_eq!(labels, set(&["cloud_region", "le", "url_scheme"]));
}

#[test]
fn native_histograms_have_dots_quantiles_and_all_exemplars() {
    let server = serve();
    let protocols = ["PrometheusProto", "OpenMetricsText1.0.0"];
    let Some(prometheus) = scraping(&server, &protocols) else {
        return;
    };
    let value = |query: &str| {
        let value = prometheus.value(query);
        value.unwrap_or_else(|| panic!("{query} has no series"))
    };
    let native = "{\"http.native_seconds\", \"cloud.region\"=\"eu\", \"url.scheme\"=\"https\"}";
    let count = prometheus.value(&format!("histogram_count({native})"));
    assert_eq!(count, Some(f64::from(REQUESTS) + 4.0));
    assert_eq!(
        prometheus.value("count({\"http.native_seconds_bucket\"})"),
        None
    );
    assert_eq!(prometheus.value("{\"http.requests_total\"}"), count);
    for quantile in [0.1, 0.5, 0.9, 0.99] {
        let found = value(&format!("histogram_quantile({quantile}, {native})"));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of the requests"
        )]
        let exact = latency((quantile * f64::from(REQUESTS)) as u32);
        // The greatest relative error of a value that is somewhere in its bucket, and the few exemplars.
        assert!(
            (found / exact - 1.0).abs() <= 0.0906 + 0.02,
            "{quantile}: {found} instead of {exact}"
        );
    }
    let exemplars = prometheus.exemplars("http.native_seconds");
    let found: BTreeSet<&str> = exemplars.iter().map(|it| &*it.labels["trace_id"]).collect();
    let recorded = TRACED.map(|it| format!("trace {it}"));
    assert_eq!(found, recorded.iter().map(String::as_str).collect());
    for exemplar in &exemplars {
        assert_eq!(exemplar.name, "http.native_seconds");
        let milliseconds: f64 = exemplar.labels["trace_id"][6..].parse().expect("a number");
        assert!(
            (exemplar.value * 1e3 / milliseconds - 1.0).abs() < 1e-9,
            "{exemplar:?}"
        );
    }
}
