//! The text of a scrape: formats, labels, exemplars, descriptions, and the registry of the user.

use std::fmt;

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, MeasureMap, ProblemKind, TagKey, View, measure, record, tag, view};
use census_tests::scrape;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

const OPEN_METRICS: Option<&str> = Some(scrape::OPEN_METRICS);

#[tag]
static REGION: TagKey;
/// A "quoted" \ text
/// over two lines.
///
/// Not this paragraph.
#[measure(name = "exposition/latency", unit = "s")]
static LATENCY: Measure<f64>;
#[measure]
static EMBEDDED: Measure<u64>;
#[measure]
static BUILD_INFO: Measure<u64>;

view! {
    static LATENCY_SECONDS: Distribution<LATENCY> by (REGION) {
        buckets: [0.5, f64::MAX],
        description: "A \"quoted\" \\ text\nover two lines.",
    }
    static CALLS_TOTAL: Count<LATENCY>;
    static USERS: LastValue<LATENCY>;
    // No exporter of other tests can have a `build_info` of its own if this view is there.
    #[optional]
    static BUILD_INFO_VIEW: LastValue<BUILD_INFO> { name: "build_info" }
    static SEEN: Count<EMBEDDED> { description: "A \"quoted\" \\ text\nover two lines." }
}

#[test]
fn units_exemplars_and_eof_are_only_in_openmetrics() {
    let _isolated = isolate();
    record!(
        LATENCY = 0.75,
        tags(REGION = "a\"\\\nb"),
        exemplar(trace_id = "4bf9", "span-id" = 7)
    );
    record!(
        LATENCY = 0.25,
        tags(REGION = "a\"\\\nb"),
        exemplar(too_long = "x".repeat(130))
    );
    let exporter = Exporter::builder()
        .namespace("my.app")
        .build()
        .expect("a valid catalogue");
    let scrape = exporter.scrape(OPEN_METRICS);
    assert_eq!(
        scrape.content_type,
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let body = scrape::text_of(&scrape);
    let start = "# HELP my_app_latency_seconds A \\\"quoted\\\" \\\\ text\\nover two lines.\n\
                 # TYPE my_app_latency_seconds histogram\n# UNIT my_app_latency_seconds seconds\n";
    assert!(body.contains(start), "{body}");
    let bucket = "my_app_latency_seconds_bucket{le=\"1.7976931348623157e308\",region=\"a\\\"\\\\\\nb\"} 2 \
                  # {trace_id=\"4bf9\",span_id=\"7\"} 0.75 ";
    assert!(body.contains(bucket), "{body}");
    let counter = "# TYPE my_app_calls counter\nmy_app_calls_total 2\n";
    assert!(body.contains(counter), "{body}");
    // Not exactly 1, because other tests drop exemplars, too.
    assert!(!body.contains("census_dropped_exemplars_total{reason=\"too_long\"} 0\n"));
    assert!(body.ends_with("\n# EOF\n"));

    let scrape = exporter.scrape(None);
    assert_eq!(
        scrape.content_type,
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let body = scrape::text_of(&scrape);
    let help = "# HELP my_app_latency_seconds A \"quoted\" \\\\ text\\nover two lines.\n";
    assert!(body.contains(help), "{body}");
    let counter = "# TYPE my_app_calls_total counter\nmy_app_calls_total 2\n";
    assert!(body.contains(counter), "{body}");
    assert!(!body.contains(" # {") && !body.contains("# UNIT") && !body.contains("# EOF"));
}

#[test]
fn const_labels() {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .const_label("dc", "1\"")
        .build()
        .expect("a valid catalogue");
    assert!(scrape::text(&exporter).contains("calls_total{dc=\"1\\\"\"} "));
    let error = Exporter::builder()
        .const_label("region", "eu")
        .build()
        .expect_err("a column has the same label");
    assert_eq!(error.problems()[0].kind(), ProblemKind::InvalidView);
    assert!(
        error.problems()[0]
            .kept_at()
            .is_some_and(|origin| origin.file().ends_with("exposition.rs"))
    );
    for (name, value) in [("__x", "1"), ("le", "1"), ("", "1")] {
        let error = Exporter::builder()
            .const_label(name, value)
            .build()
            .expect_err(name);
        assert_eq!(error.problems()[0].kind(), ProblemKind::InvalidExporter);
    }
    let twice = Exporter::builder()
        .const_label("x", "1")
        .const_label("x", "2")
        .build_lenient();
    assert_eq!(twice.problems().len(), 1);
    assert!(scrape::text(&twice).contains("calls_total{x=\"1\"} "));
}

#[test]
fn families_of_the_users_registry_take_precedence() {
    let _isolated = isolate();
    let mut registry = Registry::default();
    let users: Counter = Counter::default();
    users.inc_by(3);
    registry.register("own", "Their own\nmetric", users.clone());
    registry.register("users", "The name of a view", users);
    let exporter = Exporter::builder()
        .registry(registry)
        .build()
        .expect("a valid catalogue");
    for accept in [None, OPEN_METRICS] {
        let body = scrape::body(&exporter, accept);
        assert!(
            body.contains("Their own\\nmetric.\n") && body.contains("\nown_total 3\n"),
            "{body}"
        );
        assert!(
            body.contains("\nusers_total 3\n") && !body.contains("\nusers 0"),
            "{body}"
        );
        let left_out = "\ncensus_left_out_families{family=\"users\"} 1\n";
        assert!(body.contains(left_out), "{body}");
        assert_eq!(body.matches("# TYPE users").count(), 1);
    }
}

#[test]
fn a_family_that_two_views_would_export_is_left_out_once() {
    let _isolated = isolate();
    let outside = View::sum("app_users", &EMBEDDED).namespace(false);
    let outside = outside.register().expect("a new view");
    let mut registry = Registry::default();
    registry.register("app_users", "The name of two views", <Counter>::default());
    let exporter = Exporter::builder()
        .namespace("app")
        .registry(registry)
        .build_lenient();
    let body = scrape::text(&exporter);
    let left_out = "census_left_out_families{family=\"app_users\"} 1\n";
    assert_eq!(body.matches(left_out).count(), 1, "{body}");
    outside.unregister();
}

#[test]
fn exporter_as_collector_of_the_users_registry() {
    let _isolated = isolate();
    EMBEDDED.record(1);
    let mut registry = Registry::with_prefix("outer");
    Exporter::builder()
        .namespace("inner")
        .build()
        .expect("a valid catalogue")
        .register_into(&mut registry);
    let mut body = String::new();
    prometheus_client::encoding::text::encode(&mut body, &registry).expect("encoding succeeds");
    assert!(
        body.contains("# HELP outer_inner_seen A \\\"quoted\\\" \\\\ text\\nover two lines.\n"),
        "{body}"
    );
    assert!(body.contains("\nouter_inner_seen_total 1\n"), "{body}");
}

#[test]
fn info_takes_precedence_over_a_view_of_the_same_sample() {
    let _isolated = isolate();
    let mut registry = Registry::default();
    registry.register("build", "The build", Info::new([("version", "1")]));
    let exporter = Exporter::builder()
        .registry(registry)
        .build()
        .expect("a valid catalogue");
    BUILD_INFO_VIEW.register().expect("the name is free");
    BUILD_INFO.record(1);
    for accept in [None, OPEN_METRICS] {
        let body = scrape::body(&exporter, accept);
        assert!(body.contains("build_info{version=\"1\"} 1\n"), "{body}");
        assert!(!body.contains("\nbuild_info 1\n"), "{body}");
        let left_out = "\ncensus_left_out_families{family=\"build_info\"} 1\n";
        assert!(body.contains(left_out), "{body}");
    }
}

#[test]
fn self_metrics_appear_once_with_an_exporter_in_the_registry() {
    let _isolated = isolate();
    let mut registry = Registry::default();
    let inner = Exporter::builder()
        .namespace("inner")
        .build()
        .expect("a valid catalogue");
    inner.register_into(&mut registry);
    let outer = Exporter::builder().namespace("outer").registry(registry);
    let body = scrape::text(&outer.build().expect("a valid catalogue"));
    assert_eq!(
        body.matches("# TYPE census_catalogue_problems").count(),
        1,
        "{body}"
    );
    assert!(
        body.contains("inner_calls_total ") && body.contains("outer_calls_total "),
        "{body}"
    );
}

#[test]
fn line_breaks_in_descriptions_are_escaped() {
    let _isolated = isolate();
    let measure = Measure::<u64>::builder("described")
        .register()
        .expect("a free name");
    let help = "two\n# TYPE described counter\nevil_total 1";
    let view = View::last_value("described", &measure).description(help);
    let view = view.register().expect("a free name");
    measure.record(7);
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    for accept in [None, OPEN_METRICS] {
        let body = scrape::body(&exporter, accept);
        let line = "# HELP described two\\n# TYPE described counter\\nevil_total 1\n";
        assert!(
            body.contains(line) && body.contains("\ndescribed 7\n"),
            "{body}"
        );
    }
    assert!(view.unregister());
}

#[test]
fn invalid_exemplars_are_dropped_and_counted() {
    let _isolated = isolate();
    let measure = Measure::<u64>::builder("with_exemplars")
        .register()
        .expect("a free name");
    let view = View::distribution("with_exemplars", &measure, [10]);
    let view = view.register().expect("a free name");
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    let long = "x".repeat(126);
    let bad = [("", "v"), ("__x", "v"), ("nul", "\0"), ("1a", &long)];
    for (label, value) in bad {
        MeasureMap::new()
            .put(&measure, 1)
            .exemplar(label, value)
            .record();
    }
    let body = scrape::open_metrics(&exporter);
    assert!(!body.contains("with_exemplars_bucket{le=\"10.0\"} 4 #"));
    // If two labels become the same name, the later one is exported, and only its length counts.
    let twice = MeasureMap::new()
        .put(&measure, 1)
        .exemplar("a.b", &long)
        .exemplar("a-b", "later");
    twice.record();
    let body = scrape::open_metrics(&exporter);
    assert!(
        body.contains("with_exemplars_bucket{le=\"10.0\"} 5 # {a_b=\"later\"} 1.0 "),
        "{body}"
    );
    assert!(
        body.contains("census_dropped_exemplars_total{reason=\"invalid\"} 3\n"),
        "{body}"
    );
    assert!(view.unregister());
}

#[test]
fn view_that_cannot_be_exported_is_reported_later() {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .const_label("late", "1")
        .build()
        .expect("a valid catalogue");
    let measure = Measure::<u64>::builder("late")
        .register()
        .expect("a free name");
    let key = TagKey::new("late").expect("a name");
    let view = View::count("late", &measure)
        .column(&key)
        .register()
        .expect("a free name");
    let problems = exporter.problems();
    assert!(
        problems
            .iter()
            .any(|problem| problem.rejected_at() == view.origin()),
        "{problems:?}"
    );
    assert!(view.unregister());
    assert!(census::set_default_max_series(0).is_err());
}

/// A collector that fails: it panics, or returns an error.
#[derive(Debug)]
struct Failing {
    panics: bool,
}

impl Collector for Failing {
    fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
        assert!(!self.panics, "on purpose");
        Err(fmt::Error)
    }
}

#[test]
fn failing_collector_is_a_500_without_metrics() {
    let _isolated = isolate();
    for panics in [false, true] {
        let exporter = scrape::collecting(Failing { panics }).build();
        let scrape = exporter.expect("a valid catalogue").scrape(None);
        assert_eq!(scrape.status, 500);
        assert!(!scrape::text_of(&scrape).contains("calls_total"));
    }
}
