//! Views outside the exporter's namespace.

use census::prometheus::Exporter;
use census::{Measure, View, measure, view};

#[measure]
static REQUESTS: Measure<u64>;

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
