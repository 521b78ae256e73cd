//! What a program gives to an exporter is checked where it is given: nothing of it makes a scrape invalid.

use std::fmt;

use census::ProblemKind;
use census::prometheus::Exporter;
use census::prometheus::client::collector::Collector;
use census::prometheus::client::encoding::DescriptorEncoder;
use census::prometheus::client::registry::Registry;
use census_tests::scrape;

#[test]
fn labels_of_build_info_are_checked() {
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
            "label of `build_info` `git_commit` is given twice",
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
fn no_labels_of_build_info_that_are_left_is_no_family() {
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
