//! `/statsz`: measures and views.

use std::collections::BTreeSet;

use census::prometheus::Exporter;
use census::record;
use census::testing::isolate;

use crate::html::page;
use crate::shop::{self, CACHE_USED, LATENCY, REVENUE, TENANT, TENANT_BYTES, VISIT, record_a_day};

#[test]
fn every_measure_is_there_with_its_views() {
    let _isolated = isolate();
    CACHE_USED.record(f64::NAN);
    let exporter = Exporter::builder().build_lenient();
    let statsz = page(&exporter, "/statsz?measures.per_page=1000");
    let measures = statsz.cells("measures");
    let row = |measure: &str| {
        let mut rows = measures.iter();
        let row = rows.find(|row| row[0].starts_with(measure));
        row.unwrap_or_else(|| panic!("no {measure} in {measures:?}"))
    };
    let latency = row(LATENCY.name());
    assert!(
        latency[0].ends_with("to the last byte of the response."),
        "{latency:?}"
    );
    assert_eq!(latency[1..3], ["s", "duration"]);
    assert!(
        latency[3].contains("http_server_request_duration_seconds")
            && latency[3].contains("requests")
    );
    assert!(
        latency[5].contains("shop.rs:") && latency[5].contains("(crate pages)"),
        "{latency:?}"
    );
    assert_eq!(row(shop::ROWS_SCANNED.name())[3], "no view uses it");
    assert_eq!(row(CACHE_USED.name())[4], "1");
    assert!(row(shop::CPU.name())[0].contains("total, read"));
    let catalogue = census::catalogue().measures;
    let names: BTreeSet<&str> = catalogue
        .iter()
        .map(|measure| measure.name.as_str())
        .collect();
    assert_eq!(
        (measures.len(), catalogue.len()),
        (names.len(), names.len() + 1)
    );
    assert_eq!(latency[5].matches("shop.rs:").count(), 2, "{latency:?}");
    let offered = statsz.cells("views that are not registered");
    assert!(
        offered
            .iter()
            .any(|row| row[0].starts_with("slow_requests") && row[3].starts_with("optional"))
    );
}

#[test]
fn views_have_their_rows_and_shares() {
    let _isolated = isolate();
    record_a_day();
    REVENUE.clear();
    let exporter = Exporter::builder().namespace("shop").build_lenient();
    let views = page(&exporter, "/statsz?per_page=1000").cells("views");
    let row = |view: &str| {
        let mut rows = views.iter();
        rows.find(|row| {
            row[0]
                .split_whitespace()
                .next()
                .is_some_and(|it| it.starts_with(view))
        })
        .expect("a view")
        .clone()
    };
    let tenants = row("tenant_bytes");
    assert!(
        tenants[0].contains("exported as shop_tenant_bytes_total"),
        "{tenants:?}"
    );
    assert_eq!(tenants[5], "sum");
    assert_eq!(tenants[7], "tenant");
    // 25 rows, and the overflow row.
    assert_eq!(tenants[1..3], ["26", "100\u{a0}%"]);
    let overflowed = TENANT_BYTES.data().overflowed;
    assert!(overflowed > 100);
    assert_eq!(tenants[3].replace(',', ""), overflowed.to_string());
    assert_ne!(row("revenue")[4], "0");
    assert_eq!(row("pool_connections")[1], "3");
    assert_eq!(row("requests")[1..3], ["3", "0\u{a0}%"]);
}

#[test]
fn lists_are_sorted_filtered_and_paged() {
    let _isolated = isolate();
    for number in 0..30 {
        let agent = number.to_string();
        record!(VISIT = 1, tags(shop::AGENT = agent.as_str()));
    }
    record!(VISIT = 1, tags(TENANT = "ignored"));
    let exporter = Exporter::builder().build_lenient();
    let first =
        |query: &str, table: &str| page(&exporter, &format!("/statsz?{query}")).first_cells(table);
    let by_rows = page(&exporter, "/statsz?sort=rows&order=desc");
    assert!(by_rows.first_cells("views")[0].starts_with("visits"));
    assert_eq!(
        by_rows
            .only_text("[aria-sort=descending]")
            .trim_end_matches("\u{a0}▼"),
        "Rows"
    );
    assert!(first("sort=name&filter=VISITS", "views")[0].starts_with("visits"));
    assert_eq!(first("filter=VISITS", "views").len(), 1);
    assert_eq!(first("filter=nothing+has+this", "views").len(), 0);
    let mut all = first("measures.sort=name&measures.per_page=1000", "measures");
    let mut paged = Vec::new();
    for number in 1..=all.len().div_ceil(4) {
        paged.extend(first(
            &format!("measures.sort=name&measures.per_page=4&measures.page={number}"),
            "measures",
        ));
    }
    assert_eq!(paged, all);
    all.reverse();
    assert_eq!(
        first(
            "measures.sort=name&measures.order=desc&measures.per_page=1000",
            "measures"
        ),
        all
    );
    let notices = page(&exporter, "/statsz?sort=beauty&measures.sort=<b>").texts(".notice li");
    assert_eq!(
        notices,
        ["there is no order `beauty`", "there is no order `<b>`"]
    );
}
