//! What an exporter adds and leaves out.

use std::fmt;

use census::prometheus::Exporter;
use census::{Measure, MeasureMap, ProblemKind, TagKey, View, measure, record, tag, view};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

const OPEN_METRICS: Option<&str> = Some("application/openmetrics-text; version=1.0.0");

#[tag]
static REGION: TagKey;
/// A "quoted" \ text
/// over two lines.
///
/// Not this paragraph.
#[measure(unit = "s")]
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
    static BUILD_INFO_VIEW: LastValue<BUILD_INFO> { name: "build_info" }
    static SEEN: Count<EMBEDDED> { description: "A \"quoted\" \\ text\nover two lines." }
}

#[test]
fn openmetrics_has_units_exemplars_and_an_end_and_text_has_neither() {
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
        .expect("sound");
    let scrape = exporter.scrape(OPEN_METRICS);
    assert_eq!(
        scrape.content_type,
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    let start = "# HELP my_app_latency_seconds A \\\"quoted\\\" \\\\ text\\nover two lines.\n\
                 # TYPE my_app_latency_seconds histogram\n# UNIT my_app_latency_seconds seconds\n";
    assert!(scrape.text().contains(start), "{}", scrape.body);
    let bucket = "my_app_latency_seconds_bucket{le=\"1.7976931348623157e308\",region=\"a\\\"\\\\\\nb\"} 2 \
                  # {trace_id=\"4bf9\",span_id=\"7\"} 0.75 ";
    assert!(scrape.text().contains(bucket), "{}", scrape.body);
    assert!(
        scrape
            .text()
            .contains("# TYPE my_app_calls counter\nmy_app_calls_total 2\n"),
        "{}",
        scrape.body
    );
    // Other tests drop some, too.
    assert!(
        !scrape
            .text()
            .contains("census_dropped_exemplars_total{reason=\"too_long\"} 0\n")
    );
    assert!(scrape.text().ends_with("\n# EOF\n"));

    let scrape = exporter.scrape(None);
    assert_eq!(
        scrape.content_type,
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert!(
        scrape
            .text()
            .contains("# HELP my_app_latency_seconds A \"quoted\" \\\\ text\\nover two lines.\n")
    );
    assert!(
        scrape
            .text()
            .contains("# TYPE my_app_calls_total counter\nmy_app_calls_total 2\n"),
        "{}",
        scrape.body
    );
    assert!(
        !scrape.text().contains(" # {")
            && !scrape.text().contains("# UNIT")
            && !scrape.text().contains("# EOF")
    );
}

#[test]
fn const_labels_are_on_every_series_unless_they_clash() {
    let exporter = Exporter::builder()
        .const_label("dc", "1\"")
        .build()
        .expect("sound");
    assert!(
        exporter
            .scrape(None)
            .text()
            .contains("calls_total{dc=\"1\\\"\"} ")
    );
    let error = Exporter::builder()
        .const_label("region", "eu")
        .build()
        .expect_err("a column has this name");
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
    assert!(twice.scrape(None).text().contains("calls_total{x=\"1\"} "));
}

#[test]
fn the_users_own_registry_goes_along_and_wins() {
    let mut registry = Registry::default();
    let users: Counter = Counter::default();
    users.inc_by(3);
    registry.register("own", "Their own\nmetric", users.clone());
    registry.register("users", "Clashes with a view", users);
    let exporter = Exporter::builder()
        .registry(registry)
        .build()
        .expect("sound");
    for accept in [None, OPEN_METRICS] {
        let body = exporter.scrape(accept).body.to_string();
        assert!(
            body.contains("Their own\\nmetric.\n") && body.contains("\nown_total 3\n"),
            "{body}"
        );
        assert!(
            body.contains("\nusers_total 3\n") && !body.contains("\nusers 0"),
            "{body}"
        );
        assert!(body.contains("\ncensus_left_out_families 1\n"), "{body}");
        assert_eq!(body.matches("# TYPE users").count(), 1);
    }
}

#[test]
fn census_is_a_collector_of_the_users_own_registry() {
    EMBEDDED.record(1);
    let mut registry = Registry::with_prefix("outer");
    Exporter::builder()
        .namespace("inner")
        .build()
        .expect("sound")
        .register_into(&mut registry);
    let mut body = String::new();
    prometheus_client::encoding::text::encode(&mut body, &registry).expect("it encodes");
    assert!(
        body.contains("# HELP outer_inner_seen A \\\"quoted\\\" \\\\ text\\nover two lines.\n"),
        "{body}"
    );
    assert!(body.contains("\nouter_inner_seen_total 1\n"), "{body}");
}

#[test]
fn an_info_of_the_users_and_a_view_of_its_samples_name_clash() {
    let mut registry = Registry::default();
    registry.register("build", "The build", Info::new([("version", "1")]));
    let exporter = Exporter::builder()
        .registry(registry)
        .build()
        .expect("sound");
    BUILD_INFO.record(1);
    for accept in [None, OPEN_METRICS] {
        let body = exporter.scrape(accept).body.to_string();
        assert!(body.contains("build_info{version=\"1\"} 1\n"), "{body}");
        assert!(!body.contains("\nbuild_info 1\n"), "{body}");
        assert!(body.contains("\ncensus_left_out_families 1\n"), "{body}");
    }
}

#[test]
fn our_own_families_are_there_once_also_where_an_exporter_is_in_the_registry() {
    let mut registry = Registry::default();
    let inner = Exporter::builder()
        .namespace("inner")
        .build()
        .expect("sound");
    inner.register_into(&mut registry);
    let outer = Exporter::builder().namespace("outer").registry(registry);
    let body = outer.build().expect("sound").scrape(None).body.to_string();
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
fn what_a_description_holds_stays_in_its_line() {
    let measure = Measure::<u64>::builder("described")
        .register()
        .expect("free");
    let help = "two\n# TYPE described counter\nevil_total 1";
    let view = View::last_value("described", &measure).description(help);
    let view = view.register().expect("free");
    measure.record(7);
    let exporter = Exporter::builder().build().expect("sound");
    for accept in [None, OPEN_METRICS] {
        let body = exporter.scrape(accept).body.to_string();
        let line = "# HELP described two\\n# TYPE described counter\\nevil_total 1\n";
        assert!(
            body.contains(line) && body.contains("\ndescribed 7\n"),
            "{body}"
        );
    }
    assert!(view.unregister());
}

#[test]
fn exemplars_that_cannot_be_exported_are_dropped_and_counted() {
    let measure = Measure::<u64>::builder("with_exemplars")
        .register()
        .expect("free");
    let view = View::distribution("with_exemplars", &measure, [10]);
    let view = view.register().expect("free");
    let exporter = Exporter::builder().build().expect("sound");
    let long = "x".repeat(126);
    let bad = [("", "v"), ("__x", "v"), ("nul", "\0"), ("1a", &long)];
    for (label, value) in bad {
        MeasureMap::new()
            .put(&measure, 1)
            .exemplar(label, value)
            .record();
    }
    assert!(
        !exporter
            .scrape(OPEN_METRICS)
            .text()
            .contains("with_exemplars_bucket{le=\"10.0\"} 4 #")
    );
    // Of two labels that become one, the later stays, and only that is counted.
    let twice = MeasureMap::new()
        .put(&measure, 1)
        .exemplar("a.b", &long)
        .exemplar("a-b", "later");
    twice.record();
    let body = exporter.scrape(OPEN_METRICS).body.to_string();
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
fn a_view_registered_later_that_cannot_be_shown_is_told_by_the_exporter() {
    let exporter = Exporter::builder()
        .const_label("late", "1")
        .build()
        .expect("sound");
    let measure = Measure::<u64>::builder("late").register().expect("free");
    let key = TagKey::new("late").expect("a name");
    let view = View::count("late", &measure)
        .column(&key)
        .register()
        .expect("free");
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

#[derive(Debug)]
struct Broken(bool);

impl Collector for Broken {
    fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
        assert!(!self.0, "on purpose");
        Err(fmt::Error)
    }
}

#[test]
fn a_collector_that_fails_is_a_500_and_no_half_body() {
    for panics in [false, true] {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Broken(panics)));
        let scrape = Exporter::builder()
            .registry(registry)
            .build()
            .expect("sound")
            .scrape(None);
        assert_eq!(scrape.status, 500);
        assert!(!scrape.text().contains("calls_total"));
    }
}
