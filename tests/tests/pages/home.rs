//! `/`.

use std::collections::BTreeSet;

use census::prometheus::{Exporter, Page};
use census::testing::isolate;

use crate::html::page;

#[test]
fn home_says_what_is_here() {
    let _isolated = isolate();
    let exporter = Exporter::builder()
        .namespace("shop")
        .const_label("le", "x")
        .build_lenient();
    let home = page(&exporter, "/");
    assert_eq!(home.page.status, 200);
    for link in ["metrics", "statsz", "catalogue.json", "healthz"] {
        assert_eq!(
            home.all(&format!("main a[href=\"{link}\"]")).len(),
            1,
            "{link}"
        );
    }
    let facts = home.texts("dt").into_iter().zip(home.texts("dd"));
    let facts: Vec<(String, String)> = facts.collect();
    let fact = |name: &str| {
        let fact = facts.iter().find(|(term, _)| term == name);
        &fact.unwrap_or_else(|| panic!("no {name} in {facts:?}")).1
    };
    assert_eq!(
        fact("Library"),
        &format!("census {}", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(fact("Namespace"), "shop");
    assert!(fact("Exporter since").ends_with("ago)"), "{facts:?}");
    let catalogue = census::catalogue();
    let names: BTreeSet<&str> = catalogue
        .measures
        .iter()
        .map(|measure| measure.name.as_str())
        .collect();
    let unviewed = catalogue
        .measures
        .iter()
        .filter(|measure| !measure.viewed)
        .count();
    assert!(unviewed >= 2);
    assert_eq!(
        fact("Measures"),
        &format!("{}, of which {unviewed} are used by no view", names.len())
    );
    assert!(fact("/metrics").contains("OpenMetrics 1.0.0"));
    let problems = home.cells("problems");
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert!(
        problem[0].contains("const label `le` has the name of the label"),
        "{problem:?}"
    );
    assert!(problem[1].contains("home.rs:"), "{problem:?}");
}

#[test]
fn there_are_no_other_pages() {
    let exporter = Exporter::builder().build_lenient();
    for path in [
        "",
        "/statsz/",
        "/STATSZ",
        "//",
        "/metrics",
        "/healthz",
        "/catalogue",
        "?",
        "/%2e/statsz",
    ] {
        assert_eq!(exporter.page(path), None, "{path}");
    }
}

#[test]
fn headers_forbid_what_pages_do_not_need() {
    let headers = Page::headers();
    let header = |name: &str| {
        headers
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| *value)
    };
    assert_eq!(header("cache-control"), Some("no-store"));
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    assert_eq!(header("referrer-policy"), Some("no-referrer"));
    let policy = header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"),
        "{policy}"
    );
}
