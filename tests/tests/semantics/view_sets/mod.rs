//! Views on request: optional views, sets of views, and who holds a view. What the catalogue says of them is in
//! `catalogue/listing.rs`.

mod exporters;
mod holders;

use std::time::Duration;

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{
    AnyView, CatalogueError, Measure, ProblemKind, TagKey, TagMap, View, ViewSet, measure, record,
    tag, tags, view,
};
use census_tests::rows::{only_row, row};
use census_tests::scrape;

#[tag]
static KIND: TagKey;

#[measure(name = "sets/measure")]
static MEASURE: Measure<u64>;
#[measure]
static LINKED: Measure<u64>;

view! {
    #[optional]
    static COUNT: Count<MEASURE> by (KIND) { name: "optional_count" }
    #[optional]
    static SUM: Sum<MEASURE> { name: "optional_sum", namespace: false }
    static ALWAYS: Count<LINKED>;
}

/// The optional views.
static VIEWS: ViewSet = ViewSet::new(&[&COUNT, &SUM]);

/// Whether all views, or none, of a set are registered.
#[track_caller]
fn assert_registered(views: &ViewSet, expected: bool) {
    for view in views {
        assert_eq!(view.is_registered(), expected, "{view:?}");
    }
}

/// A view that is not optional, and that has the name of an optional one.
fn rival(measure: &Measure<u64>, name: &str) -> View<census::LastValue> {
    View::last_value(name, measure)
        .register()
        .expect("the name is free, because the optional view is not registered")
}

fn not_evaluated() -> u64 {
    unreachable!("the measure has no view")
}

#[test]
fn optional_view_is_not_there_before_it_is_registered() {
    let _isolated = isolate();
    assert_registered(&VIEWS, false);
    assert!(!MEASURE.is_viewed());
    record!(MEASURE = not_evaluated(), tags(KIND = "a"));
    assert!(COUNT.data().rows.is_empty());
    assert!(census::snapshot().view("optional_count").is_none());
    assert!(!scrape::views_of_this_process().contains("optional_"));
    assert!(!COUNT.unregister());
    assert_eq!(VIEWS.unregister(), 0);
}

#[test]
fn one_optional_view_is_registered_alone() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    SUM.register()?;
    SUM.register()?;
    record!(MEASURE = 5, tags(KIND = "a"));
    assert_eq!(only_row(&SUM), Some(5_u64.into()));
    assert!(!COUNT.is_registered());
    assert!(SUM.unregister());
    assert_registered(&VIEWS, false);
    assert!(!MEASURE.is_viewed());
    Ok(())
}

#[test]
fn set_is_registered_and_unregistered_as_a_whole() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    VIEWS.register()?;
    assert_registered(&VIEWS, true);
    record!(MEASURE = 5, tags(KIND = "a"));
    // Registered again, the views keep their rows.
    VIEWS.register()?;
    assert_eq!(row(&COUNT, &tags!(KIND = "a")), Some(1));
    assert_eq!(only_row(&SUM), Some(5_u64.into()));
    let body = scrape::views_of_this_process();
    assert!(
        body.contains("optional_count_total{kind=\"a\"} 1\n"),
        "{body}"
    );
    assert!(body.contains("optional_sum_total 5\n"), "{body}");
    assert!(COUNT.unregister());
    assert_eq!(VIEWS.unregister(), 1);
    assert!(!MEASURE.is_viewed());
    VIEWS.register()?;
    assert_eq!(only_row(&SUM), Some(0_u64.into()), "without former rows");
    assert_eq!(VIEWS.unregister(), 2);
    Ok(())
}

#[test]
fn set_with_a_rejected_view_registers_none() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let other = View::count("refused_other", &MEASURE).build()?;
    let count = rival(&MEASURE, "optional_count");
    let sum = rival(&MEASURE, "optional_sum");
    let mut views = VIEWS.clone();
    views.insert(&other);
    views.insert(&COUNT);
    let error = views.register().expect_err("two names are taken");
    assert_eq!(error.problems().len(), 2, "{error}");
    for (problem, optional, kept) in [
        (&error.problems()[0], COUNT.origin(), &count),
        (&error.problems()[1], SUM.origin(), &sum),
    ] {
        assert_eq!(problem.kind(), ProblemKind::Conflict);
        assert_eq!(problem.rejected_at(), optional);
        assert_eq!(problem.kept_at(), Some(kept.origin()));
    }
    assert!(!other.is_registered());
    assert!(count.is_registered() && sum.is_registered());
    // The names that the call had taken are free again.
    let other_again = View::sum("refused_other", &MEASURE).register()?;
    assert!(other_again.unregister());
    assert!(count.unregister() && sum.unregister());
    assert!(!MEASURE.is_viewed());
    views.register()?;
    assert_eq!(views.unregister(), 3);
    Ok(())
}

/// A view that an exporter holds is not made the program's by a call that fails.
#[test]
fn failed_registration_holds_nothing() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let count = rival(&MEASURE, "optional_count");
    let exporter = Exporter::builder().views(&ViewSet::of(&[&SUM])).build()?;
    assert!(VIEWS.register().is_err());
    assert!(SUM.is_registered() && !COUNT.is_registered());
    drop(exporter);
    assert!(!SUM.is_registered());
    assert!(count.unregister());
    Ok(())
}

#[test]
fn set_may_have_views_twice_and_views_that_are_registered() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let always = View::count("repeated_always", &MEASURE).register()?;
    record!(MEASURE = 1);
    let views = ViewSet::of(&[&always, &COUNT, &COUNT, &always, &SUM]);
    views.register()?;
    VIEWS.register()?;
    record!(MEASURE = 1);
    assert_eq!(only_row(&always), Some(2), "the rows are kept");
    assert_eq!(row(&COUNT, &TagMap::new()), Some(1), "it counts once");
    assert_eq!(views.unregister(), 3);
    Ok(())
}

#[test]
fn equal_definitions_in_a_set_are_one_view() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let n = Measure::<u64>::builder("sets/equal").register()?;
    let equal = || View::count("equal", &n);
    let [first, second] = [equal().build()?, equal().build()?];
    ViewSet::of(&[&first, &second]).register()?;
    assert!(first.is_registered() && second.is_registered());
    n.record(1);
    assert_eq!(only_row(&second), Some(1));
    assert!(second.unregister() && !first.is_registered());
    Ok(())
}

#[test]
fn views_of_one_set_are_checked_against_each_other() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let n = Measure::<u64>::builder("sets/clashing").register()?;
    let count = View::count("clashing", &n).build()?;
    let sum = View::sum("clashing", &n).build()?;
    let total = View::last_value("clashing_total", &n).build()?;
    let error = ViewSet::of(&[&count, &sum, &total])
        .register()
        .expect_err("two views clash with the first");
    assert_eq!(error.problems().len(), 2, "{error}");
    for problem in error.problems() {
        assert_eq!(problem.kept_at(), Some(count.origin()));
    }
    assert!(!count.is_registered() && !n.is_viewed());
    Ok(())
}

#[test]
fn view_that_is_built_is_checked_and_not_registered() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let n = Measure::<u64>::builder("sets/built").register()?;
    let le = TagKey::new("le")?;
    let view = View::count("built", &n).column(&KIND).build()?;
    assert!(!view.is_registered() && !n.is_viewed());
    record!(n = 1, tags(KIND = "a"));
    assert!(view.data().rows.is_empty());
    for (wrong, kind) in [
        (
            View::count("", &n).build().map(drop),
            ProblemKind::InvalidName,
        ),
        (
            View::count("built", &n).max_series(0).build().map(drop),
            ProblemKind::InvalidView,
        ),
        (
            View::count("built", &n)
                .idle(Duration::from_mins(1))
                .build()
                .map(drop),
            ProblemKind::InvalidView,
        ),
        (
            View::distribution("built", &n, [2, 1]).build().map(drop),
            ProblemKind::InvalidView,
        ),
        (
            View::distribution("built", &n, [1, 2])
                .column(&le)
                .build()
                .map(drop),
            ProblemKind::InvalidView,
        ),
        (
            View::count("built", &n)
                .column(&KIND)
                .column(&KIND)
                .build()
                .map(drop),
            ProblemKind::InvalidView,
        ),
    ] {
        let error = wrong.expect_err("it is wrong by itself");
        assert_eq!(error.problems().len(), 1, "{error}");
        assert_eq!(error.problems()[0].kind(), kind, "{error}");
    }
    view.register()?;
    record!(n = 1, tags(KIND = "a"));
    assert_eq!(row(&view, &tags!(KIND = "a")), Some(1));
    assert!(view.unregister());
    Ok(())
}

#[test]
fn views_and_names_of_a_set() {
    let _isolated = isolate();
    assert!(VIEWS.names().eq(["optional_count", "optional_sum"]));
    let origins: Vec<_> = VIEWS.iter().map(AnyView::origin).collect();
    assert_eq!(origins, [COUNT.origin(), SUM.origin()]);
    assert_eq!((VIEWS.len(), VIEWS.iter().len()), (2, 2));
    assert!(!VIEWS.is_empty() && ViewSet::default().is_empty());
    assert_eq!(
        format!("{VIEWS:?}"),
        r#"ViewSet["optional_count", "optional_sum"]"#
    );
    let reversed: Vec<&dyn AnyView> = VIEWS.iter().collect();
    let reversed: ViewSet = reversed.into_iter().rev().collect();
    assert!(reversed.names().eq(["optional_sum", "optional_count"]));
    let mut longer = reversed.clone();
    longer.insert(&ALWAYS);
    longer.extend(&VIEWS);
    assert_eq!((reversed.len(), longer.len(), VIEWS.len()), (2, 5, 2));
}
