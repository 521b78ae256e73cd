//! Names with all their characters, and each escaping of them.

use std::time::Duration;

use census::prometheus::{Exporter, ExporterBuilder};
use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::scrape;

#[tag(name = "url.scheme")]
static SCHEME: TagKey;
#[tag]
static METHOD: TagKey;

/// The "requests".
#[measure]
static REQUESTS: Measure<u64>;
#[measure]
static CHANGES: Measure<i64>;
#[measure(unit = "s")]
static LATENCY: Measure<Duration>;

view! {
    static COUNT: Count<REQUESTS> by (METHOD, SCHEME) { name: "http.requests" }
    static CHANGE: Sum<CHANGES> { name: "open/requests:now" }
    static LATENCIES: Distribution<LATENCY> by (SCHEME) {
        name: "http.wait_seconds",
        buckets: [Duration::from_secs(1)],
    }
    static LEGACY: Count<REQUESTS> by (SCHEME) { name: "requests_total" }
}

/// Records, and returns an exporter of the views.
fn builder() -> ExporterBuilder {
    record!(REQUESTS = 1, tags(METHOD = "GET", SCHEME = "a\"b"));
    record!(CHANGES = 1);
    record!(
        LATENCY = Duration::from_millis(500),
        tags(SCHEME = "https"),
        exemplar(trace_id = "7")
    );
    Exporter::builder()
}

/// The lines of this program's views, without the values of samples, which the tests of a process share.
fn lines(exporter: &Exporter, accept: Option<&str>) -> Vec<String> {
    let text = scrape::body(exporter, accept);
    let is_own = |line: &&str| !line.contains("census_") && !line.contains("function");
    let lines = text.lines().filter(is_own).filter(|line| *line != "# EOF");
    let lines = lines.map(|line| {
        let sample = line.split(" # ").next().unwrap_or_default();
        match sample.rsplit_once(' ') {
            Some((series, _)) if !line.starts_with('#') => series.to_owned(),
            _ => line.to_owned(),
        }
    });
    lines.collect()
}

fn accept(media_type: &str, escaping: &str) -> String {
    format!("{media_type};version=1.0.0;escaping={escaping}")
}

const OPEN_METRICS: &str = "application/openmetrics-text";

#[test]
fn names_are_quoted_where_a_scraper_allows_utf_8() {
    let exporter = builder()
        .namespace("my.app")
        .const_label("regi\u{f3}n \"1\"", "eu")
        .utf8_names(true)
        .build()
        .expect("no problems");
    let open_metrics = lines(&exporter, Some(&accept(OPEN_METRICS, "allow-utf-8")));
    let constant = "\"regi\u{f3}n \\\"1\\\"\"=\"eu\"";
    let expected = [
        "# HELP \"my.app_http.requests\" The \\\"requests\\\".",
        "# TYPE \"my.app_http.requests\" counter",
        "{\"my.app_http.requests_total\",CONST,method=\"GET\",\"url.scheme\"=\"a\\\"b\"}",
        "# HELP \"my.app_open/requests:now\" ",
        "# TYPE \"my.app_open/requests:now\" gauge",
        "{\"my.app_open/requests:now\",CONST}",
        "# HELP \"my.app_http.wait_seconds\" ",
        "# TYPE \"my.app_http.wait_seconds\" histogram",
        "# UNIT \"my.app_http.wait_seconds\" seconds",
        "{\"my.app_http.wait_seconds_sum\",CONST,\"url.scheme\"=\"https\"}",
        "{\"my.app_http.wait_seconds_count\",CONST,\"url.scheme\"=\"https\"}",
        "{\"my.app_http.wait_seconds_bucket\",le=\"1.0\",CONST,\"url.scheme\"=\"https\"}",
        "{\"my.app_http.wait_seconds_bucket\",le=\"+Inf\",CONST,\"url.scheme\"=\"https\"}",
        "# HELP \"my.app_requests\" The \\\"requests\\\".",
        "# TYPE \"my.app_requests\" counter",
        "{\"my.app_requests_total\",CONST,\"url.scheme\"=\"a\\\"b\"}",
    ];
    assert_eq!(
        open_metrics,
        expected.map(|line| line.replace("CONST", constant))
    );

    // Prometheus text names a counter by its samples.
    let text = lines(&exporter, Some(&accept("text/plain", "allow-utf-8")));
    assert_eq!(
        text[0],
        "# HELP \"my.app_http.requests_total\" The \"requests\"."
    );
    assert_eq!(text[1], "# TYPE \"my.app_http.requests_total\" counter");
    assert_eq!(text[2], expected[2].replace("CONST", constant));
}

#[test]
fn a_name_without_labels_is_quoted_alone_and_a_legacy_one_is_not() {
    let exporter = builder().utf8_names(true).build().expect("no problems");
    let lines = lines(&exporter, Some(&accept(OPEN_METRICS, "allow-utf-8")));
    for line in [
        "{\"open/requests:now\"}",
        "# TYPE requests counter",
        "requests_total{\"url.scheme\"=\"a\\\"b\"}",
        "{\"http.wait_seconds_bucket\",le=\"+Inf\",\"url.scheme\"=\"https\"}",
    ] {
        assert!(lines.iter().any(|it| it == line), "{line} in {lines:#?}");
    }
}

#[test]
fn names_are_escaped_as_the_scraper_asks() {
    let exporter = builder()
        .const_label("a.b", "c")
        .utf8_names(true)
        .build()
        .expect("no problems");
    for (escaping, expected) in [
        (
            "underscores",
            [
                "# TYPE http_requests counter",
                "http_requests_total{a_b=\"c\",method=\"GET\",url_scheme=\"a\\\"b\"}",
                "open_requests:now{a_b=\"c\"}",
                "# UNIT http_wait_seconds seconds",
                "http_wait_seconds_bucket{le=\"1.0\",a_b=\"c\",url_scheme=\"https\"}",
            ],
        ),
        (
            "dots",
            [
                "# TYPE http_dot_requests_ counter",
                "http_dot_requests__total{a_dot_b=\"c\",method=\"GET\",url_dot_scheme=\"a\\\"b\"}",
                "open__requests:now{a_dot_b=\"c\"}",
                "# UNIT http_dot_wait__seconds seconds",
                "http_dot_wait__seconds_bucket{le=\"1.0\",a_dot_b=\"c\",url_dot_scheme=\"https\"}",
            ],
        ),
        (
            "values",
            [
                "# TYPE U__http_2e_requests_ counter",
                "U__http_2e_requests__total{U__a_2e_b=\"c\",method=\"GET\",U__url_2e_scheme=\"a\\\"b\"}",
                "U__open_2f_requests:now{U__a_2e_b=\"c\"}",
                "# UNIT U__http_2e_wait__seconds seconds",
                "U__http_2e_wait__seconds_bucket{le=\"1.0\",U__a_2e_b=\"c\",U__url_2e_scheme=\"https\"}",
            ],
        ),
    ] {
        let accept = accept(OPEN_METRICS, escaping);
        let lines = lines(&exporter, Some(&accept));
        for line in expected {
            assert!(lines.iter().any(|it| it == line), "{line} in {lines:#?}");
        }
        let content_type = exporter.scrape(Some(&accept)).content_type;
        assert!(content_type.ends_with(&format!("; escaping={escaping}")));
    }
    // Without a word of it.
    let plain = lines(&exporter, None);
    assert!(
        plain
            .iter()
            .any(|it| it.starts_with("http_requests_total{a_b=")),
        "{plain:#?}"
    );
}

#[test]
fn escapings_alternate_without_mixing() {
    let exporter = builder().utf8_names(true).build().expect("no problems");
    let utf8 = accept(OPEN_METRICS, "allow-utf-8");
    let expected = [lines(&exporter, Some(&utf8)), lines(&exporter, None)];
    assert_ne!(expected[0], expected[1]);
    for _ in 0..3 {
        assert_eq!(
            [lines(&exporter, Some(&utf8)), lines(&exporter, None)],
            expected
        );
    }
}

#[test]
fn without_the_setting_names_are_sanitized_whatever_the_scraper_asks() {
    let exporter = builder().build().expect("no problems");
    let sanitized = lines(&exporter, Some(&accept(OPEN_METRICS, "underscores")));
    for escaping in ["allow-utf-8", "dots", "values"] {
        let accept = accept(OPEN_METRICS, escaping);
        assert_eq!(lines(&exporter, Some(&accept)), sanitized);
        let content_type = exporter.scrape(Some(&accept)).content_type;
        assert!(
            content_type.ends_with("; escaping=underscores"),
            "{content_type}"
        );
    }
    assert!(
        sanitized.iter().any(|it| it == "open_requests_now"),
        "{sanitized:#?}"
    );
}

#[test]
fn names_that_become_one_are_problems() {
    let messages = |builder: ExporterBuilder| -> Vec<String> {
        let problems = builder.build_lenient().problems();
        problems
            .into_iter()
            .map(|it| it.message().to_owned())
            .collect()
    };
    // A const label that is a column's label with underscores only.
    let problems = messages(builder().utf8_names(true).const_label("url/scheme", "x"));
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(
        problems[0].contains("has a column `url_scheme`, which is also a const label"),
        "{problems:?}"
    );
    // Without the setting they are told apart by a `_`.
    let two = |builder: ExporterBuilder| builder.const_label("1a", "x").const_label("2a", "x");
    assert_eq!(messages(two(builder())), Vec::<String>::new());
    let problems = messages(two(builder().utf8_names(true)));
    assert_eq!(problems.len(), 1, "{problems:?}");
}
