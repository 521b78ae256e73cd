//! Views on request: optional views, sets of views, and who holds a view. What the catalogue says of them is in
//! the program `catalogue_listing`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{
    AnyView, CatalogueError, Count, Measure, ProblemKind, TagKey, TagMap, View, ViewSet, measure,
    record, tag, tags, view,
};
use census_tests::rows::{integer, only_row, row};
use census_tests::scrape;
use prometheus_client::registry::Registry;

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
fn server_holds_the_views_of_its_exporter() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let gone = || {
        (0..500).any(|_| {
            thread::sleep(Duration::from_millis(10));
            VIEWS.iter().all(|view| !view.is_registered())
        })
    };
    let build = || Exporter::builder().views(&VIEWS).build();
    let thread = build()?.spawn("127.0.0.1:0")?;
    assert_registered(&VIEWS, true);
    thread.shutdown();
    assert!(gone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let exporter = build()?;
    let server = runtime.block_on(exporter.bind("127.0.0.1:0"))?;
    drop(exporter);
    assert_registered(&VIEWS, true);
    runtime.block_on(server.shutdown());
    assert!(gone());
    let filter = build()?.warp_filter();
    assert_registered(&VIEWS, true);
    drop(filter);
    assert!(gone());
    Ok(())
}

#[test]
fn collector_holds_the_views_of_its_exporter() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let mut registry = Registry::default();
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    exporter.register_into(&mut registry);
    drop(exporter);
    let mut body = String::new();
    prometheus_client::encoding::text::encode(&mut body, &registry)?;
    assert!(body.contains("optional_sum_total 0\n"), "{body}");
    drop(registry);
    assert_registered(&VIEWS, false);
    Ok(())
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

/// Exporters come and go in all threads, and one thread registers and unregisters: no view is lost that is held, and
/// none is left. The program itself is meant, so this is outside of isolations.
#[test]
fn views_come_and_go_concurrently() {
    static ENDS: AtomicBool = AtomicBool::new(false);
    thread::scope(|scope| {
        let exporters = [0, 1, 2].map(|_| {
            scope.spawn(|| {
                for _ in 0..300 {
                    let exporter = Exporter::builder().views(&VIEWS).build_lenient();
                    assert_registered(&VIEWS, true);
                    MEASURE.record(1);
                    let clone = exporter.clone();
                    drop(exporter);
                    let sum = only_row(&SUM).map(|sum| integer(&sum));
                    assert!(sum > Some(0), "{sum:?}");
                    drop(clone);
                }
            })
        });
        scope.spawn(|| {
            while !ENDS.load(Ordering::Relaxed) {
                VIEWS.register().expect("valid views");
                assert_registered(&VIEWS, true);
            }
        });
        let exporters = exporters.map(thread::ScopedJoinHandle::join);
        ENDS.store(true, Ordering::Relaxed);
        assert!(exporters.iter().all(Result::is_ok));
    });
    assert_eq!(VIEWS.unregister(), 2, "the program holds them");
    // Now the program unregisters them at any time. At the end nothing is left, whatever came first.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..300 {
                    let exporter = Exporter::builder().views(&VIEWS).build_lenient();
                    MEASURE.record(1);
                    drop(exporter);
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..300 {
                let _ = VIEWS.unregister();
                MEASURE.record(1);
            }
        });
    });
    assert_registered(&VIEWS, false);
    assert!(!MEASURE.is_viewed());
}
