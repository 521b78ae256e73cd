//! Exporters hold the views that they are given, and the program holds what it registers.

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{CatalogueError, Count, Measure, View, ViewSet, record, tags};
use census_tests::rows::{only_row, row};
use census_tests::scrape;

use super::{ALWAYS, COUNT, KIND, LINKED, MEASURE, SUM, VIEWS, assert_registered, rival};

#[test]
fn exporter_holds_its_views() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let builder = Exporter::builder().views(&VIEWS);
    assert_registered(&VIEWS, false);
    let exporter = builder.build()?;
    record!(MEASURE = 5, tags(KIND = "a"));
    let body = scrape::text(&exporter);
    assert!(
        body.contains("optional_count_total{kind=\"a\"} 1\n")
            && body.contains("optional_sum_total 5\n"),
        "{body}"
    );
    let clone = exporter.clone();
    drop(exporter);
    assert_eq!(row(&COUNT, &tags!(KIND = "a")), Some(1));
    // Another exporter shows all views of the program, as always.
    let other = Exporter::builder().build()?;
    assert!(scrape::text(&other).contains("optional_sum_total 5\n"));
    drop(clone);
    assert_registered(&VIEWS, false);
    assert!(!MEASURE.is_viewed());
    assert!(!scrape::text(&other).contains("optional_"));
    // They come back, without rows.
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    assert!(scrape::text(&other).contains("optional_sum_total 0\n"));
    drop(exporter);
    Ok(())
}

#[test]
fn views_of_two_exporters_stay_with_the_second() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let first = Exporter::builder().views(&VIEWS).build()?;
    MEASURE.record(5);
    let second = Exporter::builder().views(&VIEWS).build()?;
    drop(first);
    assert_registered(&VIEWS, true);
    MEASURE.record(5);
    assert_eq!(only_row(&SUM), Some(10_u64.into()), "the same rows");
    assert!(scrape::text(&second).contains("optional_sum_total 10\n"));
    drop(second);
    assert_registered(&VIEWS, false);
    Ok(())
}

#[test]
fn views_given_twice_to_one_exporter_go_with_it() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .views(&VIEWS)
        .views(&ViewSet::of(&[&COUNT, &COUNT]))
        .build()?;
    assert_registered(&VIEWS, true);
    drop(exporter);
    assert_registered(&VIEWS, false);
    Ok(())
}

#[test]
fn views_of_the_program_stay_when_an_exporter_goes() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    // Registered after the exporter was built,
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    MEASURE.record(5);
    VIEWS.register()?;
    drop(exporter);
    assert_registered(&VIEWS, true);
    assert_eq!(only_row(&SUM), Some(5_u64.into()), "the rows are kept");
    assert_eq!(VIEWS.unregister(), 2);
    // or before,
    VIEWS.register()?;
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    drop(exporter);
    assert_registered(&VIEWS, true);
    assert_eq!(VIEWS.unregister(), 2);
    // or one of them only,
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    COUNT.register()?;
    drop(exporter);
    assert!(COUNT.is_registered() && !SUM.is_registered());
    assert!(COUNT.unregister());
    // or a view that is made at run time.
    let made = View::count("made_by_program", &MEASURE).register()?;
    let exporter = Exporter::builder().views(&ViewSet::of(&[&made])).build()?;
    drop(exporter);
    assert!(made.unregister());
    Ok(())
}

#[test]
fn views_that_are_not_optional_stay_when_an_exporter_goes() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    LINKED.record(1);
    let views = ViewSet::of(&[&ALWAYS]);
    let exporter = Exporter::builder().views(&views).build()?;
    drop(exporter);
    assert_eq!(only_row(&ALWAYS), Some(1));
    // Once the program has unregistered it, only the exporter holds it.
    assert!(ALWAYS.unregister());
    let exporter = Exporter::builder().views(&views).build()?;
    assert_eq!(only_row(&ALWAYS), Some(0));
    drop(exporter);
    assert!(!ALWAYS.is_registered());
    ALWAYS.register()
}

#[test]
fn unregistering_is_for_the_whole_program() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let [first, second] = [(); 2].map(|()| {
        Exporter::builder()
            .views(&VIEWS)
            .build()
            .expect("valid views")
    });
    VIEWS.register()?;
    assert!(COUNT.unregister());
    assert_eq!(VIEWS.unregister(), 1);
    assert!(!MEASURE.is_viewed());
    assert!(!scrape::text(&first).contains("optional_"));
    drop((first, second));
    assert_registered(&VIEWS, false);
    // Nothing is left of the former holds.
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    drop(exporter);
    assert_registered(&VIEWS, false);
    Ok(())
}

/// An exporter holds registrations: it does not remove a later one of the same view.
#[test]
fn exporter_does_not_remove_a_later_registration() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    // By the program.
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    assert_eq!(VIEWS.unregister(), 2);
    VIEWS.register()?;
    MEASURE.record(5);
    assert!(scrape::text(&exporter).contains("optional_sum_total 5\n"));
    drop(exporter);
    assert_eq!(only_row(&SUM), Some(5_u64.into()));
    assert_eq!(VIEWS.unregister(), 2);
    // By another exporter, which then holds it alone.
    let old = Exporter::builder().views(&VIEWS).build()?;
    assert_eq!(VIEWS.unregister(), 2);
    let new = Exporter::builder().views(&VIEWS).build()?;
    drop(old);
    assert_registered(&VIEWS, true);
    drop(new);
    assert_registered(&VIEWS, false);
    // And the old one does not keep it either.
    let old = Exporter::builder().views(&VIEWS).build()?;
    assert_eq!(VIEWS.unregister(), 2);
    let new = Exporter::builder().views(&VIEWS).build()?;
    drop(new);
    assert_registered(&VIEWS, false);
    drop(old);
    Ok(())
}

#[test]
fn failed_build_leaves_nothing_behind() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    // Because a view is rejected,
    let count = rival(&MEASURE, "optional_count");
    let error = Exporter::builder().views(&VIEWS).build();
    let error = error.expect_err("a name is taken");
    assert_eq!(error.problems().len(), 1, "{error}");
    assert_eq!(error.problems()[0].rejected_at(), COUNT.origin());
    assert_eq!(error.problems()[0].kept_at(), Some(count.origin()));
    assert!(!SUM.is_registered() && count.is_registered());
    assert!(count.unregister());
    // or the exporter's own settings are wrong,
    let wrong = Exporter::builder().views(&VIEWS).const_label("__a", "b");
    assert!(wrong.build().is_err());
    assert_registered(&VIEWS, false);
    // or a view does not fit to them.
    let wrong = Exporter::builder().views(&VIEWS).const_label("kind", "b");
    let error = wrong.build().expect_err("the column is a const label");
    assert_eq!(error.problems().len(), 1, "{error}");
    assert_eq!(error.problems()[0].rejected_at(), COUNT.origin());
    assert_registered(&VIEWS, false);
    assert!(!MEASURE.is_viewed());
    // A view that was there before stays.
    SUM.register()?;
    let wrong = Exporter::builder().views(&VIEWS).const_label("kind", "b");
    assert!(wrong.build().is_err());
    assert!(SUM.unregister() && !COUNT.is_registered());
    Ok(())
}

#[test]
fn lenient_exporter_holds_the_valid_views() {
    let _isolated = isolate();
    let count = rival(&MEASURE, "optional_count");
    let exporter = Exporter::builder().views(&VIEWS).build_lenient();
    assert!(SUM.is_registered() && !COUNT.is_registered());
    let problems = exporter.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].rejected_at(), COUNT.origin());
    let body = scrape::text(&exporter);
    assert!(body.contains("census_catalogue_problems 1\n"), "{body}");
    drop(exporter);
    assert!(!SUM.is_registered() && count.unregister());
}

#[test]
fn namespace_is_that_of_each_view() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let inside = View::count("namespaced_inside", &MEASURE).build()?;
    let outside = View::count("namespaced_outside", &MEASURE)
        .namespace(false)
        .build()?;
    let exporter = Exporter::builder()
        .namespace("app")
        .views(&VIEWS)
        .views(&ViewSet::of(&[&inside, &outside]))
        .build()?;
    record!(MEASURE = 5, tags(KIND = "a"));
    let body = scrape::text(&exporter);
    for line in [
        "app_optional_count_total{kind=\"a\"} 1",
        "optional_sum_total 5",
        "app_namespaced_inside_total 1",
        "namespaced_outside_total 1",
    ] {
        assert!(body.lines().any(|other| other == line), "{line} in {body}");
    }
    drop(exporter);
    assert!(!outside.is_registered());
    Ok(())
}

#[test]
fn program_holds_what_a_builder_registers() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let jobs = Measure::<u64>::builder("sets/jobs").register()?;
    let built = View::<Count>::count("jobs", &jobs).build()?;
    let exporter = Exporter::builder().views(&ViewSet::of(&[&built])).build()?;
    let registered = View::count("jobs", &jobs).register()?;
    drop(exporter);
    assert!(built.is_registered() && registered.unregister());
    Ok(())
}
