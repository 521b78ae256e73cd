//! The programs `shop` and `stock`: whose request it is, from the front door to the bottom layer.

#![cfg(unix)]

use std::process::Command;
use std::thread;

use census_tests::process::Process;
use census_tests::{eventually, http, scrape};

/// A program that serves, and its addresses.
struct Service {
    process: Process,
    url: String,
    metrics: String,
}

impl Service {
    fn start(program: &str, args: &[&str]) -> Self {
        let mut command = Command::new(program);
        command
            .args(["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"])
            .args(args);
        let mut process = Process::start(&mut command);
        let mut url = || {
            let line = process.next_line();
            let (_, url) = line.split_once(", at ").expect("an address");
            url.to_owned()
        };
        let (url, metrics) = (url(), url());
        Self {
            process,
            url,
            metrics,
        }
    }

    fn port(&self) -> &str {
        self.url.rsplit_once(':').expect("an address has a port").1
    }

    /// All samples of the program in alphabetical order, without durations, and without what the library says of itself.
    fn samples(&self) -> Vec<String> {
        let body = http::body(&self.metrics, None);
        let is_exact = |line: &&str| {
            let name = line.split(['{', ' ']).next().unwrap_or_default();
            !name.ends_with("_bucket")
                && !name.ends_with("seconds_sum")
                && !name.ends_with("busy_seconds_total")
                && !name.starts_with("census_")
        };
        let samples: Vec<&str> = scrape::sample_lines(&body).filter(is_exact).collect();
        lines(&samples.join("\n"))
    }

    /// The samples of a name, in alphabetical order.
    fn samples_named(&self, name: &str) -> Vec<String> {
        scrape::samples_named(&http::body(&self.metrics, None), name)
    }
}

fn stock(args: &[&str]) -> Service {
    Service::start(env!("CARGO_BIN_EXE_stock"), args)
}

fn shop(stock: &Service, args: &[&str]) -> Service {
    let args = [&["--back", &stock.url], args].concat();
    Service::start(env!("CARGO_BIN_EXE_shop"), &args)
}

/// Sends a request as a tenant, or without one. With a body it is a `POST`. Returns the status and the body.
fn send(service: &Service, tenant: Option<&str>, path: &str, body: &str) -> (u16, String) {
    let mut request = http::Request::builder().uri(format!("{}{path}", service.url));
    if let Some(tenant) = tenant {
        // The tenant's own baggage is not believed.
        request = request
            .header("x-tenant", tenant)
            .header("baggage", "tenant=mallory,shop_route=mallory");
    }
    let response = if body.is_empty() {
        http::send(request.body(()).expect("a request"))
    } else {
        request = request
            .method("POST")
            .header("content-type", "application/json");
        http::send(request.body(body.to_owned()).expect("a request"))
    };
    let response = response.expect("a response");
    (response.status, response.body)
}

#[test]
fn requests_have_their_tenant_from_the_front_door_to_the_bottom_layer() {
    let mut stock = stock(&[]);
    let mut shop = shop(&stock, &[]);
    let item = |count| format!(r#"{{"id":7,"count":{count}}}"#);
    let order = r#"{"item": 7, "count": 3}"#;
    for (tenant, path, body, status, answer) in [
        (Some("acme"), "/items/7", "", 200, Some(item(1_000_000))),
        (Some("acme"), "/orders", order, 200, Some(item(999_997))),
        (Some("acme"), "/items", "", 200, None),
        (Some("acme"), "/items", "", 200, None),
        (Some("globex"), "/items/7", "", 200, Some(item(999_997))),
        (Some("globex"), "/items/404", "", 404, None),
        (
            Some("globex"),
            "/orders",
            r#"{"item": 20, "count": 1}"#,
            409,
            None,
        ),
        (Some("globex"), "/orders", "no json", 400, None),
        (Some("globex"), "/wp-login.php", "", 404, None),
        (Some("mallory"), "/items", "", 401, None),
        (None, "/items", "", 401, None),
        (None, "/healthz", "", 200, Some("ok\n".to_owned())),
    ] {
        let (found, found_answer) = send(&shop, tenant, path, body);
        assert_eq!(found, status, "{tenant:?} {path}: {found_answer}");
        if let Some(answer) = answer {
            assert_eq!(found_answer, answer, "{tenant:?} {path}");
        }
    }

    let port = format!(r#"server_port="{}""#, stock.port());
    let expected = SHOP.replace(r#"server_port="8001""#, &port);
    assert_eq!(shop.samples(), lines(&expected));
    assert_eq!(stock.samples(), lines(STOCK));
    assert!(shop.process.interrupt().success());
    assert!(stock.process.interrupt().success());
}

const SHOP: &str = r#"
shop_requests_total{route="/items",tenant="acme",status="200"} 2
shop_requests_total{route="/items/{id}",tenant="acme",status="200"} 1
shop_requests_total{route="/orders",tenant="acme",status="200"} 1
shop_requests_total{route="/items/{id}",tenant="globex",status="200"} 1
shop_requests_total{route="/items/{id}",tenant="globex",status="404"} 1
shop_requests_total{route="/orders",tenant="globex",status="400"} 1
shop_requests_total{route="/orders",tenant="globex",status="409"} 1
shop_requests_total{route="",tenant="globex",status="404"} 1
shop_requests_total{route="/items",tenant="",status="401"} 2
shop_requests_in_flight{tenant="acme"} 0
shop_requests_in_flight{tenant="globex"} 0
shop_requests_in_flight{tenant=""} 0
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/items",http_response_status_code="200",error_type=""} 2
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/items",http_response_status_code="401",error_type=""} 2
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/items/{id}",http_response_status_code="200",error_type=""} 2
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/items/{id}",http_response_status_code="404",error_type=""} 1
http_server_request_duration_seconds_count{http_request_method="POST",url_scheme="http",http_route="/orders",http_response_status_code="200",error_type=""} 1
http_server_request_duration_seconds_count{http_request_method="POST",url_scheme="http",http_route="/orders",http_response_status_code="400",error_type=""} 1
http_server_request_duration_seconds_count{http_request_method="POST",url_scheme="http",http_route="/orders",http_response_status_code="409",error_type=""} 1
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="",http_response_status_code="404",error_type=""} 1
http_client_request_duration_seconds_count{http_request_method="GET",server_address="127.0.0.1",server_port="8001",http_response_status_code="200",error_type=""} 4
http_client_request_duration_seconds_count{http_request_method="GET",server_address="127.0.0.1",server_port="8001",http_response_status_code="404",error_type="404"} 1
http_client_request_duration_seconds_count{http_request_method="POST",server_address="127.0.0.1",server_port="8001",http_response_status_code="200",error_type=""} 1
http_client_request_duration_seconds_count{http_request_method="POST",server_address="127.0.0.1",server_port="8001",http_response_status_code="409",error_type="409"} 1
"#;

// The storage has no notion of tenants, and `take` that finds too few is its only error.
const STOCK: &str = r#"
stock_query_seconds_count{query="item",result="ok"} 3
stock_query_seconds_count{query="item",result="panicked"} 0
stock_query_seconds_count{query="item",result="cancelled"} 0
stock_query_seconds_count{query="items",result="ok"} 2
stock_query_seconds_count{query="items",result="panicked"} 0
stock_query_seconds_count{query="items",result="cancelled"} 0
stock_query_seconds_count{query="take",result="ok"} 1
stock_query_seconds_count{query="take",result="error"} 1
stock_query_seconds_count{query="take",result="panicked"} 0
stock_query_seconds_count{query="take",result="cancelled"} 0
stock_queries_total{tenant="acme",shop_route="/items"} 2
stock_queries_total{tenant="acme",shop_route="/items/{id}"} 1
stock_queries_total{tenant="acme",shop_route="/orders"} 1
stock_queries_total{tenant="globex",shop_route="/items/{id}"} 2
stock_queries_total{tenant="globex",shop_route="/orders"} 1
stock_rows_total{tenant="acme",shop_route="/items"} 40
stock_rows_total{tenant="acme",shop_route="/items/{id}"} 1
stock_rows_total{tenant="acme",shop_route="/orders"} 1
stock_rows_total{tenant="globex",shop_route="/items/{id}"} 1
stock_rows_total{tenant="globex",shop_route="/orders"} 0
stock_connections_busy{tenant="acme"} 0
stock_connections_busy{tenant="globex"} 0
stock_connections_awaited{tenant="acme"} 0
stock_connections_awaited{tenant="globex"} 0
stock_wait_seconds_count{result="ok"} 7
stock_wait_seconds_count{result="error"} 0
stock_wait_seconds_count{result="panicked"} 0
stock_wait_seconds_count{result="cancelled"} 0
stock_connections 4
stock_table_rows 20
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/items",http_response_status_code="200",error_type=""} 2
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/items/{id}",http_response_status_code="200",error_type=""} 2
http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/items/{id}",http_response_status_code="404",error_type=""} 1
http_server_request_duration_seconds_count{http_request_method="POST",url_scheme="http",http_route="/items/{id}/take/{count}",http_response_status_code="200",error_type=""} 1
http_server_request_duration_seconds_count{http_request_method="POST",url_scheme="http",http_route="/items/{id}/take/{count}",http_response_status_code="409",error_type=""} 1
"#;

/// Requests at once, so that they are interleaved on the connections and threads of both programs.
#[test]
fn tenants_are_not_mixed_up() {
    let (stock, times) = (stock(&[]), [("acme", 30), ("globex", 20), ("initech", 10)]);
    let shop = shop(&stock, &[]);
    thread::scope(|tenants| {
        for (tenant, times) in times {
            let shop = &shop;
            tenants.spawn(move || {
                for _ in 0..times {
                    assert_eq!(send(shop, Some(tenant), "/items/7", "").0, 200);
                }
            });
        }
    });
    assert_eq!(
        stock.samples_named("stock_queries_total"),
        [
            r#"stock_queries_total{tenant="acme",shop_route="/items/{id}"} 30"#,
            r#"stock_queries_total{tenant="globex",shop_route="/items/{id}"} 20"#,
            r#"stock_queries_total{tenant="initech",shop_route="/items/{id}"} 10"#,
        ]
    );
}

#[test]
fn a_storage_without_connections_is_503_for_the_tenant() {
    let stock = stock(&["--connections", "0"]);
    let shop = shop(&stock, &[]);
    assert_eq!(send(&shop, Some("acme"), "/items/7", "").0, 503);
    let total = "shop_requests_total";
    let expected = r#"shop_requests_total{route="/items/{id}",tenant="acme",status="503"} 1"#;
    assert_eq!(shop.samples_named(total), [expected]);
    let waits = stock.samples_named("stock_wait_seconds_count");
    let expected = r#"stock_wait_seconds_count{result="error"} 1"#;
    assert!(waits.iter().any(|line| line == expected), "{waits:?}");
}

#[test]
fn a_back_end_that_is_gone_is_502_for_the_tenant() {
    let mut stock = stock(&[]);
    let mut shop = shop(&stock, &[]);
    assert_eq!(send(&shop, Some("acme"), "/items/7", "").0, 200);
    assert!(stock.process.interrupt().success());
    assert_eq!(send(&shop, Some("acme"), "/items/7", "").0, 502);
    assert_eq!(
        shop.samples_named("shop_requests_total"),
        [
            r#"shop_requests_total{route="/items/{id}",tenant="acme",status="200"} 1"#,
            r#"shop_requests_total{route="/items/{id}",tenant="acme",status="502"} 1"#,
        ]
    );
    let errors = shop.samples_named("http_client_request_duration_seconds_count");
    let of_no_response = r#"http_response_status_code="",error_type="service_error"} 1"#;
    assert!(
        errors.iter().any(|line| line.ends_with(of_no_response)),
        "{errors:?}"
    );
    assert!(shop.process.interrupt().success());
}

#[test]
fn visitors_make_traffic_for_each_tenant_until_the_shop_is_interrupted() {
    let stock = stock(&[]);
    let mut shop = shop(&stock, &["--visitors", "3"]);
    let all = eventually(|| {
        let samples = shop.samples_named("shop_requests_total");
        let is_there = |tenant| move |line: &String| line.contains("200") && line.contains(tenant);
        let seen = |tenant| samples.iter().any(is_there(tenant));
        ["acme", "globex", "initech"]
            .into_iter()
            .all(seen)
            .then_some(())
    });
    assert!(all.is_some(), "{:?}", shop.samples());
    assert!(shop.process.interrupt().success());
}

/// The lines, in alphabetical order.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.trim().lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}
