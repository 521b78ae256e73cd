//! A catalogue with everything wrong that the compiler cannot see: all of it is reported, with both places, and the rest works.

use census::prometheus::Exporter;
use census::{Measure, ProblemKind, TagKey, TagMap, measure, tag, view};

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
    static OF_REFUSED: Count<N_OTHER>;
}

#[test]
fn every_problem_is_reported_with_both_places() {
    let error = census::check().expect_err("it is full of mistakes");
    let refused = |line_of: &str| {
        let line = include_str!("catalogue.rs")
            .lines()
            .position(|line| line.contains(line_of))
            .expect("a line")
            + 1;
        let problem = error
            .problems()
            .iter()
            .find(|problem| problem.rejected_at().line() as usize == line);
        let problem = problem.unwrap_or_else(|| panic!("nothing about line {line} in {error}"));
        (
            problem.kind(),
            problem.message().to_owned(),
            problem.kept_at().map(|origin| origin.line()),
        )
    };
    assert_eq!(error.problems().len(), 5, "{error}");
    let (kind, _, first) = refused("static N_OTHER");
    assert_eq!((kind, first.is_some()), (ProblemKind::Conflict, true));
    assert_eq!(refused("static OTHER:").0, ProblemKind::Conflict);
    assert_eq!(refused("static GOOD_TOTAL").0, ProblemKind::Conflict);
    assert_eq!(refused("static A_LOCAL").0, ProblemKind::Conflict);
    assert!(refused("static OF_REFUSED").1.contains("refused"));
    let text = error.to_string();
    let line = include_str!("catalogue.rs")
        .lines()
        .position(|line| line.contains("static GOOD:"))
        .expect("a line")
        + 1;
    assert!(
        text.contains(&format!(
            "tests/tests/catalogue.rs:{line} (crate catalogue)"
        )),
        "{text}"
    );
    assert_eq!(format!("{error:?}"), text);
}

#[test]
fn the_strict_exporter_refuses_and_the_lenient_one_serves_the_rest() {
    assert!(Exporter::builder().build().is_err());
    let exporter = Exporter::builder().build_lenient();
    assert_eq!(exporter.problems().len(), 5);
    N.record(1);
    N_EQUAL.record(1);
    N_OTHER.record(1);
    let key = TagMap::new();
    assert_eq!(
        GOOD.data().get(&key),
        Some(&2),
        "two measures of one name and definition are one"
    );
    assert_eq!(
        EQUAL.data().get(&key),
        Some(&2),
        "an equal view is the same view"
    );
    assert!(OTHER.data().rows.is_empty() && !OTHER.is_registered());
    let body = exporter.scrape(None).body.to_string();
    assert!(
        body.contains("good_total{a=\"\"} 2\n") && body.contains("le_count_total{le=\"\"} 2\n"),
        "{body}"
    );
    assert!(body.contains("census_catalogue_problems 5\n"), "{body}");
    let _ = (&OTHER, &GOOD_TOTAL, &LE_COUNT, &OF_REFUSED);
}
