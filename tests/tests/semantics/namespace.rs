//! Views outside the exporter's namespace.

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{Measure, ProblemKind, View, ViewSet, measure, view};
use census_tests::scrape;

#[measure]
static REQUESTS: Measure<u64>;
#[measure]
static SIZE: Measure<u64>;

view! {
    static INSIDE: Count<REQUESTS>;
    static ALSO_INSIDE: Count<REQUESTS> { namespace: true }
    static OUTSIDE: Count<REQUESTS> { namespace: false }
}

fn assert_has(exposition: &str, line: &str) {
    assert!(
        exposition.lines().any(|other| other == line),
        "no line {line:?} in:\n{exposition}"
    );
}

#[test]
fn view_outside_has_no_namespace() {
    let _isolated = isolate();
    let at_run_time = View::sum("outside_at_run_time", &REQUESTS)
        .namespace(false)
        .register()
        .expect("a valid view");
    REQUESTS.record(7);
    for (namespace, prefix) in [("app", "app_"), ("", "")] {
        let exporter = Exporter::builder()
            .namespace(namespace)
            .build()
            .expect("a valid catalogue");
        let exposition = exporter.scrape(None).body.to_string();
        assert_has(&exposition, &format!("{prefix}inside_total 1"));
        assert_has(&exposition, &format!("{prefix}also_inside_total 1"));
        assert_has(&exposition, "outside_total 1");
        assert_has(&exposition, "outside_at_run_time_total 7");
    }
    assert!(at_run_time.unregister());
}

#[test]
fn namespace_is_part_of_the_definition() {
    let _isolated = isolate();
    let name = "requests_by_definition";
    let inside = View::count(name, &REQUESTS)
        .register()
        .expect("a valid view");
    let again = View::count(name, &REQUESTS).namespace(true).register();
    assert!(again.is_ok());
    let conflict = View::count(name, &REQUESTS)
        .namespace(false)
        .register()
        .expect_err("another definition of the same name");
    assert!(
        conflict.to_string().contains("different definitions"),
        "{conflict}"
    );
    assert!(inside.unregister());
}

/// In the namespace `shop`, `size` inside of it and `shop_size` outside of it are one name.
#[test]
fn views_inside_and_outside_clash_in_one_namespace_only() {
    let _isolated = isolate();
    let inside = View::last_value("size", &SIZE)
        .build()
        .expect("a valid view");
    let outside = View::last_value("shop_size", &SIZE)
        .namespace(false)
        .build()
        .expect("a valid view");
    let views = ViewSet::of(&[&inside, &outside]);
    views.register().expect("the names of the views differ");
    SIZE.record(7);

    let exporter = Exporter::builder().namespace("other").build();
    let exposition = scrape::text(&exporter.expect("the exported names differ"));
    assert_has(&exposition, "other_size 7");
    assert_has(&exposition, "shop_size 7");

    let shop = || Exporter::builder().namespace("shop");
    let error = shop().build().expect_err("one name");
    let [problem] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!(problem.kind(), ProblemKind::Conflict, "{problem}");
    assert_eq!(problem.rejected_at(), outside.origin(), "{problem}");
    assert_eq!(problem.kept_at(), Some(inside.origin()), "{problem}");
    assert!(problem.to_string().contains("`shop_size`"), "{problem}");

    let exposition = scrape::text(&shop().build_lenient());
    let families = exposition.matches("# TYPE shop_size gauge\n").count();
    assert_eq!(families, 1, "{exposition}");
    assert_eq!(views.unregister(), 2);
}
