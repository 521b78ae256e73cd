//! The rows of a view.

use std::time::Duration;

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{record, tags};

use crate::html::{page, view};
use crate::shop::{
    AGENT, CACHE_USED, LATENCY, METHOD, Method, POOL_SIZE, REFERRER, ROUTE, VISIT, VISITS,
    record_a_day,
};

fn record_visits() {
    for (agent, referrer, visits) in [
        ("b", "x", 3),
        ("a", "y", 20),
        ("c", "x", 1),
        ("A", "z", 20),
        ("", "y", 100),
    ] {
        for _ in 0..visits {
            record!(VISIT = 1, tags(AGENT = agent, REFERRER = referrer));
        }
    }
}

#[test]
fn rows_are_sorted_by_any_column() {
    let _isolated = isolate();
    record_visits();
    let exporter = Exporter::builder().build_lenient();
    let order = |query: &str| {
        view(&exporter, "visits", query)
            .first_cells("rows")
            .join(" ")
    };
    assert_eq!(order(""), "b a c A not set");
    assert_eq!(order("sort=tag.agent"), "not set A a b c");
    assert_eq!(order("sort=tag.agent&order=desc"), "c b a A not set");
    // Rows that are equal stay in their order.
    assert_eq!(order("sort=value&order=desc"), "not set a A b c");
    assert_eq!(order("sort=value"), "c b a A not set");
    assert_eq!(order("sort=tag.referrer"), "b c a not set A");
    let page = view(&exporter, "visits", "sort=mean");
    assert_eq!(page.texts(".notice li"), ["there is no order `mean`"]);
}

#[test]
fn rows_are_filtered() {
    let _isolated = isolate();
    record_visits();
    record!(
        VISIT = 1,
        tags(AGENT = "Mozilla/5.0 <Grün>", REFERRER = "x&y=z")
    );
    let exporter = Exporter::builder().build_lenient();
    let found = |query: &str| {
        view(&exporter, "visits", query)
            .first_cells("rows")
            .join(" ")
    };
    assert_eq!(found("filter=y&per_page=2"), "a not set");
    assert_eq!(found("filter=A&tag.referrer=%20"), "");
    assert_eq!(found("filter=a&tag.referrer=Y"), "a Mozilla/5.0 <Grün>");
    assert_eq!(found("tag.agent=a&tag.referrer=z"), "A Mozilla/5.0 <Grün>");
    assert_eq!(found("filter=%3Cgr%C3%BCn%3E"), "Mozilla/5.0 <Grün>");
    assert_eq!(found("filter=%26Y%3D"), "Mozilla/5.0 <Grün>");
    let page = view(&exporter, "visits", "filter=q&tag.nothing=b");
    assert_eq!(
        page.texts(".notice li"),
        ["there is no column `nothing` to filter by"]
    );
    assert!(
        page.texts("nav.pages span")
            .iter()
            .all(|text| text == "no rows")
    );
    // The form has what is filtered, and keeps the rest of the query.
    let page = view(
        &exporter,
        "visits",
        "filter=%22%3E&tag.agent=b&sort=value&order=desc&page=7",
    );
    let value = |name: &str| {
        let inputs = page.all(&format!("input[name=\"{name}\"]"));
        inputs
            .first()
            .and_then(|input| input.attr("value"))
            .map(str::to_owned)
    };
    for (name, expected) in [
        ("filter", Some("\">")),
        ("tag.agent", Some("b")),
        ("tag.referrer", Some("")),
        ("view", Some("visits")),
        ("sort", Some("value")),
        ("order", Some("desc")),
        ("page", None),
    ] {
        assert_eq!(value(name).as_deref(), expected, "{name}");
    }
}

#[test]
fn pages_make_up_the_whole_list() {
    let _isolated = isolate();
    for number in 0..95 {
        let agent = format!("{:02}", (number * 37) % 95);
        for _ in 0..=number % 7 {
            record!(VISIT = 1, tags(AGENT = agent.as_str()));
        }
    }
    let exporter = Exporter::builder().build_lenient();
    for order in [
        "",
        "sort=tag.agent",
        "sort=value",
        "sort=value&order=desc",
        "filter=1&sort=value",
    ] {
        let all = view(&exporter, "visits", &format!("{order}&per_page=1000")).cells("rows");
        let mut paged = Vec::new();
        let mut next = format!("statsz?view=visits&{order}&per_page=10");
        loop {
            let parsed = page(&exporter, &format!("/{next}"));
            paged.extend(parsed.cells("rows"));
            match parsed
                .all("a[rel=next]")
                .first()
                .and_then(|link| link.attr("href"))
            {
                Some(link) => next = link.to_owned(),
                None => break,
            }
        }
        assert_eq!(paged, all, "{order}");
    }
    let beyond = view(&exporter, "visits", "page=99");
    assert_eq!(beyond.cells("rows").len(), 0);
    assert_eq!(
        beyond.texts("nav.pages span")[0],
        "page 99 is empty: there are 2 pages"
    );
    let sorted = view(&exporter, "visits", "page=99999&sort=value");
    assert!(
        sorted
            .only_text(".notice li")
            .starts_with("of a sorted list, the first 10000 rows")
    );
}

#[test]
fn distributions_are_drawn() {
    let _isolated = isolate();
    for milliseconds in [1, 2, 3, 4, 80] {
        record!(
            LATENCY = Duration::from_millis(milliseconds),
            tags(METHOD = Method::Get, ROUTE = "/")
        );
    }
    let exporter = Exporter::builder().namespace("shop").build_lenient();
    let page = view(&exporter, "http_server_request_duration_seconds", "");
    let cells = page.cells("rows");
    // Without the drawing.
    let expected = [
        "GET",
        "/",
        "5",
        "90\u{a0}ms",
        "18\u{a0}ms",
        "1\u{a0}ms",
        "80\u{a0}ms",
    ];
    assert_eq!(cells[0][..7], expected);
    assert_eq!(
        page.only_text("svg.histogram > title"),
        "Histogram of 5 values"
    );
    let described = page.only_text("svg.histogram > desc");
    assert!(
        described.contains("up to 5\u{a0}ms: 4; above 50\u{a0}ms, up to 100\u{a0}ms: 1."),
        "{described}"
    );
    let bars = page.all("svg.histogram rect.bar");
    let heights: Vec<u32> = bars
        .iter()
        .filter_map(|bar| bar.attr("height")?.parse().ok())
        .collect();
    assert_eq!(heights, [64, 16]);
    assert!(!page.texts("svg.histogram text").is_empty());
    assert!(
        page.texts("dd")
            .contains(&"shop_http_server_request_duration_seconds".to_owned())
    );
    for sort in [
        "count",
        "sum",
        "mean",
        "min",
        "max",
        "deviation",
        "p50",
        "p90",
        "p99",
        "tag.method",
        "tag.route",
    ] {
        let sorted = view(
            &exporter,
            "http_server_request_duration_seconds",
            &format!("sort={sort}"),
        );
        assert_eq!(sorted.all("[aria-sort=ascending]").len(), 1, "{sort}");
    }
}

#[test]
fn rows_of_all_kinds_are_there() {
    let _isolated = isolate();
    let exporter = Exporter::builder().build_lenient();
    let rows = |name: &str| view(&exporter, name, "").cells("rows");
    // Closed columns have their rows from the start.
    assert!(rows("requests").contains(&vec!["DELETE".to_owned(), "0 none yet".to_owned()]));
    assert_eq!(rows("cache"), Vec::<Vec<String>>::new());
    CACHE_USED.record(61.25);
    assert_eq!(rows("cache"), [["61.2\u{a0}%"]]);
    assert_eq!(
        rows("pool_connections"),
        [["main", "12"], ["replica", "30"], ["reports", "2"]]
    );
    assert_eq!(rows("cpu_seconds"), [["93.2\u{a0}s"]]);
    record_a_day();
    let calls = view(&exporter, "function_calls_total", "").cells("rows");
    assert!(
        calls
            .iter()
            .any(|row| row.contains(&"place_order".to_owned())),
        "{calls:?}"
    );
    let overflow = view(&exporter, "tenant_bytes", "filter=_overflow");
    assert!(overflow.only_text("td .badge").starts_with("overflow"));
    assert!(
        overflow
            .texts(".notice")
            .concat()
            .contains("had as many rows as it may")
    );
    let observation = POOL_SIZE.observe(|_| panic!("a reading"));
    assert_eq!(rows("pool_connections"), Vec::<Vec<String>>::new());
    let unread = view(&exporter, "pool_connections", "");
    assert!(
        unread
            .texts(".notice")
            .concat()
            .contains("its reading failed")
    );
    assert!(
        page(&exporter, "/statsz")
            .texts("[aria-label=measures] .badge.warn")
            .iter()
            .any(|it| it.starts_with("readings failed: panic"))
    );
    drop(observation);
}

#[test]
fn removed_rows_are_counted() {
    let _isolated = isolate();
    record_visits();
    assert!(VISITS.remove(&tags!(AGENT = "b", REFERRER = "x")));
    VISITS.clear();
    let exporter = Exporter::builder().build_lenient();
    let page = view(&exporter, "visits", "");
    let text = page.texts("dd").join("\n");
    assert!(
        text.contains(
            "0 were idle, 1 the program removed one by one, 4 it removed with all others"
        ),
        "{text}"
    );
}

#[test]
fn unknown_view_is_not_found() {
    let _isolated = isolate();
    let exporter = Exporter::builder().build_lenient();
    let missing = page(&exporter, "/statsz?view=%3Cb%3Enothing%00");
    assert_eq!(missing.page.status, 404);
    assert_eq!(missing.only_text("bdi.value"), "<b>nothing\\0");
}
