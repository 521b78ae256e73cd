//! Observed measures and their views that are made while the program runs.

use census::{AnyMeasure, Observed, ProblemKind, View, tags};

use super::{row, rows};

#[test]
fn measures_and_views_are_built() {
    let _alone = super::alone();
    let depth = Observed::<u64>::builder("run_time/depth")
        .description("Jobs.")
        .unit("{job}")
        .register()
        .expect("a measure");
    assert_eq!((depth.unit(), depth.description()), ("{job}", "Jobs."));
    let last = View::last_value("run_time_depth", &depth).register();
    let count = View::count("run_time_readings", &depth).register();
    let sum = View::sum("run_time_depths", &depth).register();
    let observations = [3, 4].map(|value| depth.observe(move |seen| seen.record(value, tags!())));
    assert_eq!(rows(&last.expect("a view")), [row(&[], 4_u64)]);
    assert_eq!(rows(&count.expect("a view")), [row(&[], 2_u64)]);
    assert_eq!(rows(&sum.expect("a view")), [row(&[], 7_u64)]);
    drop(observations);
    let again = Observed::<u64>::builder("run_time/depth")
        .description("Jobs.")
        .unit("{job}")
        .register();
    assert_eq!(again.expect("the same measure").origin(), depth.origin());
}

#[test]
fn another_kind_of_measure_clashes() {
    let _alone = super::alone();
    let recorded = census::Measure::<u64>::builder("run_time/kind").register();
    let _recorded = recorded.expect("a measure");
    let error = Observed::<u64>::builder("run_time/kind").register();
    let error = error.expect_err("a clash");
    let message = error.problems()[0].message();
    assert!(
        message.contains("source: observed here, recorded there"),
        "{message}"
    );
}

#[test]
fn what_a_total_cannot_be_is_a_problem() {
    let _alone = super::alone();
    let total = Observed::<i64>::builder("run_time/signed").total();
    let error = total.register().expect_err("a total of i64");
    assert_eq!(error.problems()[0].kind(), ProblemKind::InvalidMeasure);
    let total = Observed::<f64>::builder("run_time/total").total();
    let total = total.register().expect("a total");
    assert!(total.is_total());
    let error = View::last_value("run_time_total", &total).register();
    let error = error.expect_err("a last value of a total");
    assert_eq!(error.problems()[0].kind(), ProblemKind::InvalidView);
    let message = error.problems()[0].message();
    assert!(message.contains("no `LastValue` of a total"), "{message}");
}

#[test]
fn functions_take_either_kind_of_measure() {
    fn count(name: &str, measure: &impl AnyMeasure) -> View<census::Count> {
        View::count(name, measure).register().expect("a view")
    }
    let _alone = super::alone();
    let observed = Observed::<u64>::builder("run_time/either").register();
    let recorded = census::Measure::<u64>::builder("run_time/or").register();
    let views = [
        count("run_time_either", &observed.expect("a measure")),
        count("run_time_or", &recorded.expect("a measure")),
    ];
    assert_eq!(views.map(|view| view.data().rows.len()), [0, 1]);
}
