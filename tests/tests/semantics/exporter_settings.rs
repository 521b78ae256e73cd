//! What a program gives to an exporter is checked where it is given: nothing of it makes a scrape invalid.

use std::fmt;
use std::time::Duration;

use census::prometheus::Exporter;
use census::prometheus::client::collector::Collector;
use census::prometheus::client::encoding::DescriptorEncoder;
use census::prometheus::client::encoding::text;
use census::prometheus::client::metrics::family::Family;
use census::prometheus::client::metrics::gauge::Gauge;
use census::prometheus::client::metrics::histogram::Histogram;
use census::prometheus::client::registry::{Registry, Unit};
use census::testing::isolate;
use census::{Measure, Problem, ProblemKind, View, measure, view};
use census_tests::scrape::{self, OPEN_METRICS};

#[measure]
static LATENCY: Measure<Duration>;
view! {
    /// A bound whose digits are not the same in all libraries.
    static LATENCIES: Distribution<LATENCY> {
        name: "latencies",
        buckets: [Duration::from_micros(1), Duration::from_micros(649)],
    }
}

#[test]
fn labels_of_build_info_are_checked() {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .build_info([("version", "1"), ("", "v"), ("__name__", "x")])
        .build_info([
            ("git.commit", "\"a\"\n"),
            ("git_commit", "b"),
            ("version", "2"),
        ]);
    let error = Exporter::builder()
        .build_info([("version", "1"), ("", "v"), ("__name__", "x")])
        .build_info([
            ("git.commit", "\"a\"\n"),
            ("git_commit", "b"),
            ("version", "2"),
        ])
        .build()
        .expect_err("wrong labels");
    let problems: Vec<_> = error
        .problems()
        .iter()
        .map(|it| it.message().to_owned())
        .collect();
    assert_eq!(
        problems,
        [
            "label of `build_info` `` has no name",
            "label of `build_info` `__name__` begins with `__`, which Prometheus reserves",
            "label of `build_info` `git_commit` is given twice, first as `git.commit`",
            "label of `build_info` `version` is given twice",
        ]
    );
    for problem in error.problems() {
        assert_eq!(problem.kind(), ProblemKind::InvalidExporter);
        assert!(
            problem
                .rejected_at()
                .to_string()
                .contains("exporter_settings.rs")
        );
    }
    let text = scrape::text(&exporter.build_lenient());
    let line = "build_info{version=\"1\",git_commit=\"\\\"a\\\"\\n\"} 1";
    assert!(text.lines().any(|it| it == line), "{text}");
    assert!(text.contains("\ncensus_catalogue_problems 4\n"), "{text}");
}

#[test]
fn problems_of_const_labels_have_the_names_that_the_program_gives() {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .const_label("dc.name", "1")
        .const_label("dc-name", "2")
        .const_label("dc.name", "3")
        .const_label("..a\n", "4")
        .build_lenient();
    let problems = exporter.problems();
    let messages: Vec<_> = problems.iter().map(Problem::message).collect();
    assert_eq!(
        messages,
        [
            "const label `dc-name`, exported as `dc_name`, is given twice, first as `dc.name`",
            "const label `dc.name`, exported as `dc_name`, is given twice",
            "const label `..a\\n`, exported as `__a_`, begins with `__`, which Prometheus reserves",
        ]
    );
}

#[test]
fn no_labels_of_build_info_that_are_left_is_no_family() {
    let _isolated = isolate();
    let exporter = Exporter::builder().build_info([("", "v")]).build_lenient();
    assert!(!scrape::text(&exporter).contains("build_info"));
}

/// A collector that panics with a payload whose destructor panics.
#[derive(Debug)]
struct PanicsTwice;

struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        assert!(std::hint::black_box(false), "on purpose, again");
    }
}

impl Collector for PanicsTwice {
    #[expect(clippy::panic, reason = "it is what is tested")]
    fn encode(&self, _: DescriptorEncoder<'_>) -> fmt::Result {
        std::panic::panic_any(Payload)
    }
}

#[test]
fn payload_of_a_panic_that_panics_is_a_failed_scrape() {
    let _isolated = isolate();
    let mut registry = Registry::default();
    registry.register_collector(Box::new(PanicsTwice));
    let exporter = Exporter::builder()
        .registry(registry)
        .build()
        .expect("a valid catalogue");
    for _ in 0..3 {
        assert_eq!(exporter.scrape(None).status, 500);
    }
}

/// The labels of a sample, in the order in which they are written.
type Labels = Vec<(String, String)>;

fn labels(names: &[&str]) -> Labels {
    let label = |name: &&str| ((*name).to_owned(), "x".to_owned());
    names.iter().map(label).collect()
}

/// A gauge with two samples, of which the second one has these labels.
fn gauge(names: &[&str]) -> Family<Labels, Gauge> {
    let family = Family::<Labels, Gauge>::default();
    let _ = family.get_or_create(&labels(&["fine"])).set(1);
    let _ = family.get_or_create(&labels(names)).set(2);
    family
}

#[test]
fn families_of_the_users_registry_with_invalid_names_are_left_out() {
    let _isolated = isolate();
    let mut registry = Registry::default();
    registry.register("before", "Valid", gauge(&["a", "b"]));
    registry.register("bad name\n", "Invalid\n", gauge(&["a"]));
    registry.register("", "Invalid", gauge(&["a"]));
    let odd = Unit::Other("per \"day\"".to_owned());
    registry.register_with_unit("rate", "Invalid", odd, gauge(&["a"]));
    registry.register("label", "Invalid", gauge(&["a b"]));
    registry.register("no_label", "Invalid", gauge(&[""]));
    registry.register("lines", "Invalid", gauge(&["a\nb"]));
    registry.register("twice", "Invalid", gauge(&["a", "b", "a"]));
    registry.register("named", "Invalid", gauge(&["__name__"]));
    let bounds = Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new([1.0]));
    bounds.get_or_create(&labels(&["le"])).observe(1.0);
    registry.register("bounds", "Invalid", bounds);
    registry.register("after", "Valid", gauge(&["a", "b"]));
    let exporter = Exporter::builder()
        .registry(registry)
        .build()
        .expect("a valid catalogue");
    // A view may have the name of a family that is left out.
    let measure = Measure::<u64>::builder("twice").register();
    let measure = measure.expect("a free name");
    let view = View::last_value("twice", &measure).register();
    let view = view.expect("a free name");
    measure.record(7);
    for accept in [None, Some(OPEN_METRICS)] {
        let body = scrape::body(&exporter, accept);
        let theirs: Vec<_> = body
            .lines()
            .filter(|line| line.starts_with("# TYPE ") && !line.contains("census_"))
            .collect();
        let expected =
            ["before gauge", "after gauge", "twice gauge"].map(|it| format!("# TYPE {it}"));
        assert!(
            expected.iter().all(|it| theirs.contains(&it.as_str())),
            "{body}"
        );
        assert!(!body.contains("Invalid"), "{body}");
        assert!(body.contains("\nafter{a=\"x\",b=\"x\"} 2\n"), "{body}");
        assert!(body.contains("\ntwice 7\n"), "{body}");
        let left_out: Vec<_> = body
            .lines()
            .filter_map(|line| line.strip_prefix("census_left_out_families{family="))
            .collect();
        let expected = [
            r#""bad name\n"} 1"#,
            r#"""} 1"#,
            r#""rate_per \"day\""} 1"#,
            r#""label"} 1"#,
            r#""no_label"} 1"#,
            r#""lines"} 1"#,
            r#""twice"} 1"#,
            r#""named"} 1"#,
            r#""bounds"} 1"#,
        ];
        assert_eq!(left_out, expected, "{body}");
    }
    assert!(view.unregister());
}

/// The bounds of a family's buckets.
fn bounds<'a>(body: &'a str, family: &str) -> Vec<&'a str> {
    let prefix = format!("{family}_bucket{{le=\"");
    body.lines()
        .filter_map(|line| line.strip_prefix(prefix.as_str())?.split('"').next())
        .collect()
}

#[test]
fn bounds_of_the_users_registry_are_written_as_those_of_views() {
    let _isolated = isolate();
    let theirs = Histogram::new([0.000_001, 0.000_649]);
    theirs.observe(0.000_649);
    let mut registry = Registry::default();
    registry.register("theirs", "Theirs", theirs);
    let exporter = Exporter::builder().registry(registry).build();
    let exporter = exporter.expect("a valid catalogue");
    for accept in [None, Some(OPEN_METRICS)] {
        let body = scrape::body(&exporter, accept);
        for family in ["latencies", "theirs"] {
            assert_eq!(
                bounds(&body, family),
                ["1e-6", "0.000649", "+Inf"],
                "{body}"
            );
        }
        assert!(body.contains("\ntheirs_sum 0.000649\n"), "{body}");
    }
}

/// Until `prometheus-client` writes the fewest digits: then the documentation of `register_into` is wrong.
#[test]
fn bounds_in_a_registry_that_the_user_encodes_have_the_digits_of_its_encoder() {
    let _isolated = isolate();
    let mut registry = Registry::default();
    Exporter::builder()
        .build_lenient()
        .register_into(&mut registry);
    let mut body = String::new();
    text::encode(&mut body, &registry).expect("encoding succeeds");
    let written = ["0.000001", "0.0006489999999999999", "+Inf"];
    assert_eq!(bounds(&body, "latencies"), written, "{body}");
}
