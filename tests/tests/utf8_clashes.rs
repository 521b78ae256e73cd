//! Views whose names become one name in an escaping.

use census::prometheus::Exporter;
use census::{Measure, ProblemKind, View, measure};
use census_tests::scrape;

#[measure]
static REQUESTS: Measure<u64>;

#[test]
fn views_that_become_one_family_are_problems() {
    for name in ["1st", "2st"] {
        let registered = View::count(name, &REQUESTS).register();
        registered.expect("the catalogue tells them apart");
    }
    let exporter = Exporter::builder().build().expect("no problems");
    drop(exporter);
    let exporter = Exporter::builder().utf8_names(true).build_lenient();
    let problems = exporter.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].kind(), ProblemKind::Conflict);
    assert_eq!(
        problems[0].message(),
        "view `2st` would export `_st`, which another view exports"
    );
    REQUESTS.record(1);
    // The view is in no exposition, also not where the names differ.
    let accept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8";
    let exposition = scrape::body(&exporter, Some(accept));
    assert!(exposition.contains("\n{\"1st_total\"} 1\n"), "{exposition}");
    assert!(!exposition.contains("2st"), "{exposition}");
}
