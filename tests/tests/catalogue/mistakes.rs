//! A catalogue with every mistake that the compiler cannot find: each is reported with both places, and the rest works.

use std::time::Duration;

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, ProblemKind, TagKey, TagValue, View, measure, tag, view};
use census_tests::rows::only_row;
use census_tests::scrape;

use crate::problems_in;

#[tag]
static A: TagKey;
#[tag]
static LE: TagKey;
#[tag(name = "a", local)]
static A_LOCAL: TagKey;

#[derive(TagValue)]
#[expect(dead_code, reason = "the set is what matters")]
enum Kind {
    Small,
    Large,
}

#[derive(TagValue)]
#[expect(dead_code, reason = "the set is what matters")]
enum OtherKind {
    Small,
    Huge,
}

#[tag]
static KIND: TagKey<Kind>;
#[tag(name = "kind")]
static OTHER_KIND: TagKey<OtherKind>;
#[tag]
static CACHED: TagKey<bool>;

#[measure(name = "n")]
static N: Measure<u64>;
#[measure(name = "n")]
static N_EQUAL: Measure<u64>;
#[measure(name = "n", unit = "By")]
static N_OTHER: Measure<u64>;

/// One text.
#[measure(name = "d")]
static D: Measure<u64>;
/// Another text.
#[measure(name = "d")]
static D_OTHER: Measure<u64>;

view! {
    static GOOD: Count<N> by (A);
    static EQUAL: Count<N_EQUAL> by (A) { name: "good" }
    static OTHER: Sum<N> by (A) { name: "good" }
    static GOOD_TOTAL: LastValue<N>;
    static LE_COUNT: Count<N> by (LE);
    static OVER_REJECTED: Count<N_OTHER>;
    static TOO_MANY: Count<N> by (KIND, CACHED) { max_series: 3 }
    static OF_D: Count<D> { description: "Calls." }
    static OF_D_OTHER: Count<D_OTHER> { name: "of_d", description: "Calls." }
    static STATUS: Count<N> by (A as status);
    static STATE: Count<N> by (A as state) { name: "status" }
    static SHORT: Count<N> by (A) { name: "left", idle: Duration::from_mins(1) }
    static LONG: Count<N> by (A) { name: "left", idle: Duration::from_mins(2) }
}

const PROBLEMS: usize = 11;

/// The line of this file that has a text.
fn line_with(text: &str) -> u32 {
    let lines = include_str!("mistakes.rs").lines();
    let mut numbered = (1..).zip(lines);
    let line = numbered.find(|(_, line)| line.contains(text));
    line.expect("this file has such a line").0
}

#[test]
fn every_problem_is_reported_with_both_places() {
    let _isolated = isolate();
    let error = census::check().expect_err("the catalogue is full of mistakes");
    let problem_at = |declaration: &str| {
        let line = line_with(declaration);
        let mut problems = problems_in(&error, file!()).into_iter();
        let problem = problems.find(|problem| problem.rejected_at().line() == line);
        problem.unwrap_or_else(|| panic!("no problem at line {line} in {error}"))
    };
    assert_eq!(problems_in(&error, file!()).len(), PROBLEMS, "{error}");
    let problem = problem_at("static N_OTHER");
    assert_eq!(problem.kind(), ProblemKind::Conflict);
    assert!(problem.kept_at().is_some());
    for declaration in [
        "static OTHER:",
        "static GOOD_TOTAL",
        "static A_LOCAL",
        "static OTHER_KIND",
        "static D_OTHER",
        "static OF_D_OTHER",
        "static STATE:",
        "static LONG:",
    ] {
        let problem = problem_at(declaration);
        assert_eq!(problem.kind(), ProblemKind::Conflict);
        assert!(problem.kept_at().is_some());
    }
    let message = problem_at("static OTHER_KIND").message();
    assert!(
        message.contains("only here \"huge\", only there \"large\""),
        "{message}"
    );
    let message = problem_at("static OF_D_OTHER").message();
    let difference = "the measure's description: \"Another text.\" here, \"One text.\" there";
    assert!(message.contains(difference), "{message}");
    let message = problem_at("static STATE:").message();
    assert!(
        message.contains("a as status") && message.contains("a as state"),
        "{message}"
    );
    let message = problem_at("static LONG:").message();
    assert!(message.contains("idle: 120s here, 60s there"), "{message}");
    let problem = problem_at("static TOO_MANY");
    assert_eq!(problem.kind(), ProblemKind::InvalidView);
    assert!(
        problem.message().contains("4 rows with zeros"),
        "{problem:?}"
    );
    let message = problem_at("static OVER_REJECTED").message();
    assert!(message.contains("rejected"), "{message}");
    let text = error.to_string();
    let line = line_with("static GOOD:");
    let place = format!("tests/tests/catalogue/mistakes.rs:{line} (crate catalogue)");
    assert!(text.contains(&place), "{text}");
    assert_eq!(format!("{error:?}"), text);
}

#[test]
fn strict_exporter_fails_and_lenient_exporter_serves_the_rest() {
    let _isolated = isolate();
    let error = Exporter::builder().build().expect_err("the catalogue");
    assert_eq!(problems_in(&error, file!()).len(), PROBLEMS, "{error}");
    let exporter = Exporter::builder().build_lenient();
    assert_eq!(exporter.problems(), error.problems());
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
    let problems = format!("census_catalogue_problems {}\n", error.problems().len());
    assert!(body.contains(&problems), "{body}");
    assert!(!TOO_MANY.is_registered() && TOO_MANY.data().rows.is_empty());
    let _ = (&OTHER, &GOOD_TOTAL, &LE_COUNT, &OVER_REJECTED);
    let _ = (
        &OF_D,
        &OF_D_OTHER,
        &STATUS,
        &STATE,
        &OTHER_KIND,
        &CACHED,
        &SHORT,
        &LONG,
    );
}

#[test]
fn labels_of_columns_at_run_time_are_checked() {
    let _isolated = isolate();
    let view = || View::count("labels", &N).column(&A);
    let problem = |error: census::CatalogueError| error.problems()[0].message().to_owned();
    for (label, word) in [("a", "label"), ("", "255"), ("ä", "ASCII"), ("__a", "__")] {
        let error = view().column_as(&KIND, label).register();
        let message = problem(error.expect_err("an invalid label"));
        assert!(message.contains(word), "{label}: {message}");
    }
    let le = View::distribution("labels", &N, [1]).column_as(&KIND, "le");
    let message = problem(le.register().expect_err("the label of the buckets"));
    assert!(message.contains("`le`"), "{message}");
    let message = problem(view().column_as(&A, "b").register().expect_err("one key"));
    assert!(message.contains("has the column `a` twice"), "{message}");
    // Another label makes columns of keys whose names cannot be labels.
    let le = View::distribution("labels_of_buckets", &N, [1]).column_as(&LE, "limit");
    assert!(le.register().is_ok());
    assert!(view().column_as(&KIND, "b").register().is_ok());
}
