//! A catalogue with every mistake that the compiler cannot find: each is reported with both places, and the rest works.
//!
//! A program of its own: the strict exporters of other tests would reject this catalogue.

use census::prometheus::Exporter;
use census::{Measure, ProblemKind, TagKey, measure, tag, view};
use census_tests::rows::only_row;
use census_tests::scrape;

#[tag]
static A: TagKey;
#[tag]
static LE: TagKey;
#[tag(name = "a", local)]
static A_LOCAL: TagKey;

#[measure(name = "n")]
static N: Measure<u64>;
#[measure(name = "n")]
static N_EQUAL: Measure<u64>;
#[measure(name = "n", unit = "By")]
static N_OTHER: Measure<u64>;

view! {
    static GOOD: Count<N> by (A);
    static EQUAL: Count<N_EQUAL> by (A) { name: "good" }
    static OTHER: Sum<N> by (A) { name: "good" }
    static GOOD_TOTAL: LastValue<N>;
    static LE_COUNT: Count<N> by (LE);
    static OVER_REJECTED: Count<N_OTHER>;
}

/// The line of this file that has a text.
fn line_with(text: &str) -> u32 {
    let lines = include_str!("catalogue.rs").lines();
    let mut numbered = (1..).zip(lines);
    let line = numbered.find(|(_, line)| line.contains(text));
    line.expect("this file has such a line").0
}

#[test]
fn every_problem_is_reported_with_both_places() {
    let error = census::check().expect_err("the catalogue is full of mistakes");
    let problem_at = |declaration: &str| {
        let line = line_with(declaration);
        let mut problems = error.problems().iter();
        let problem = problems.find(|problem| problem.rejected_at().line() == line);
        problem.unwrap_or_else(|| panic!("no problem at line {line} in {error}"))
    };
    assert_eq!(error.problems().len(), 5, "{error}");
    let problem = problem_at("static N_OTHER");
    assert_eq!(problem.kind(), ProblemKind::Conflict);
    assert!(problem.kept_at().is_some());
    for declaration in ["static OTHER:", "static GOOD_TOTAL", "static A_LOCAL"] {
        assert_eq!(problem_at(declaration).kind(), ProblemKind::Conflict);
    }
    let message = problem_at("static OVER_REJECTED").message();
    assert!(message.contains("rejected"), "{message}");
    let text = error.to_string();
    let line = line_with("static GOOD:");
    let place = format!("tests/tests/catalogue.rs:{line} (crate catalogue)");
    assert!(text.contains(&place), "{text}");
    assert_eq!(format!("{error:?}"), text);
}

#[test]
fn strict_exporter_fails_and_lenient_exporter_serves_the_rest() {
    assert!(Exporter::builder().build().is_err());
    let exporter = Exporter::builder().build_lenient();
    assert_eq!(exporter.problems().len(), 5);
    N.record(1);
    N_EQUAL.record(1);
    N_OTHER.record(1);
    assert_eq!(
        only_row(&GOOD),
        Some(2),
        "measures of one name and definition are one measure"
    );
    assert_eq!(
        only_row(&EQUAL),
        Some(2),
        "views of one name and definition are one view"
    );
    assert!(OTHER.data().rows.is_empty() && !OTHER.is_registered());
    let body = scrape::text(&exporter);
    assert!(
        body.contains("good_total{a=\"\"} 2\n") && body.contains("le_count_total{le=\"\"} 2\n"),
        "{body}"
    );
    assert!(body.contains("census_catalogue_problems 5\n"), "{body}");
    let _ = (&OTHER, &GOOD_TOTAL, &LE_COUNT, &OVER_REJECTED);
}
