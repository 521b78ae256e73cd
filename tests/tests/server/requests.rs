//! What the head of a request asks for, and the library's metrics of its scrapes.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use census::prometheus::{Exporter, Pages, ServerThread};
use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::eventually;
use census_tests::scrape::Samples;
use flate2::read::GzDecoder;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::blocking::blocking;
use crate::client::{Response, receive, request, send};

#[measure]
static SIZE: Measure<u64>;

#[tag]
static KIND: TagKey;

view! {
    static SIZES: Distribution<SIZE> { name: "request_sizes", buckets: [10, 100] }
    static COUNTS: Count<SIZE> by (KIND) { name: "request_counts", max_series: 40 }
}

fn serve() -> ServerThread {
    let exporter = Exporter::builder().build_lenient();
    exporter.spawn("127.0.0.1:0").unwrap()
}

fn get(address: SocketAddr, path: &str, headers: &str) -> Response {
    receive(send(address, "GET", path, headers))
}

const GZIP: &str = "Accept-Encoding: gzip\r\n";

fn unzipped(response: &Response) -> String {
    assert_eq!(response.header("content-encoding"), Some("gzip"));
    assert_eq!(response.length(), response.bytes.len());
    let mut text = String::new();
    let mut decoder = GzDecoder::new(&*response.bytes);
    decoder.read_to_string(&mut text).unwrap();
    text
}

fn families(text: &str) -> Vec<&str> {
    let heads = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    heads.filter_map(|head| head.split(' ').next()).collect()
}

#[test]
fn gzip_is_for_clients_that_ask_for_it() {
    let server = serve();
    record!(SIZE = 7, tags(KIND = "a"));
    let address = server.local_addr();
    for headers in [
        "",
        "Accept-Encoding: *\r\n",
        "Accept-Encoding: br, gzip;q=0\r\n",
    ] {
        let plain = get(address, "/metrics", headers);
        assert_eq!(plain.header("content-encoding"), None, "{headers}");
        assert!(plain.body.contains("# TYPE request_sizes histogram\n"));
        assert_eq!(plain.header("vary"), Some("accept, accept-encoding"));
    }
    let compressed = get(address, "/metrics", GZIP);
    let text = unzipped(&compressed);
    assert!(text.contains("# TYPE request_sizes histogram\n"));
    assert!(compressed.bytes.len() * 2 < text.len());
    assert_eq!(compressed.header("vary"), Some("accept, accept-encoding"));
    let accept = format!("Accept: application/openmetrics-text\r\n{GZIP}");
    assert!(unzipped(&get(address, "/metrics", &accept)).ends_with("# EOF\n"));
    let head = receive(send(address, "HEAD", "/metrics", GZIP));
    assert_eq!(head.header("content-encoding"), Some("gzip"));
    assert!(head.bytes.is_empty());
    // What is no exposition is not compressed.
    let missing = get(address, "/other", GZIP);
    assert_eq!(missing.header("content-encoding"), None);
}

#[test]
fn names_select_families() {
    let mut registry = Registry::default();
    registry.register("theirs", "A counter.", Counter::<u64>::default());
    registry.register("theirs_too", "A gauge.", Gauge::<i64>::default());
    let exporter = Exporter::builder().registry(Arc::new(registry));
    let server = exporter.build_lenient().spawn("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    record!(SIZE = 7, tags(KIND = "a"));
    for (query, expected) in [
        ("name[]=request_sizes", vec!["request_sizes"]),
        ("name%5B%5D=request_sizes_bucket", vec!["request_sizes"]),
        (
            "name[]=request_counts_total&name[]=theirs_too",
            vec!["theirs_too", "request_counts_total"],
        ),
        ("x=1&name[]=theirs_total", vec!["theirs_total"]),
        (
            "name[]=census_catalogue_problems",
            vec!["census_catalogue_problems"],
        ),
        ("name[]=none", vec![]),
        ("name[]=", vec![]),
    ] {
        let response = get(address, &format!("/metrics?{query}"), "");
        assert_eq!(response.status, 200, "{query}");
        assert_eq!(families(&response.body), expected, "{query}");
    }
    let path = "/metrics?name[]=request_sizes";
    let open_metrics = get(address, path, "Accept: application/openmetrics-text\r\n").body;
    assert_eq!(families(&open_metrics), ["request_sizes"]);
    assert!(open_metrics.ends_with("# EOF\n"));
    assert_eq!(
        families(&unzipped(&get(address, path, GZIP))),
        ["request_sizes"]
    );
    // A parameter of another name is not looked at.
    let all = get(address, "/metrics?names[]=request_sizes", "").body;
    assert!(families(&all).contains(&"theirs_total"));
}

#[test]
fn options_tell_the_methods_and_health_says_nothing_else() {
    let server = serve();
    let address = server.local_addr();
    for path in ["/metrics", "/healthz"] {
        let options = request(address, "OPTIONS", path);
        assert_eq!(options.status, 204);
        assert_eq!(options.header("allow"), Some("get, head, options"));
        assert_eq!(options.body, "");
    }
    let health = request(address, "GET", "/healthz");
    assert_eq!((health.status, health.body.as_str()), (200, "ok\n"));
    assert_eq!(request(address, "HEAD", "/healthz").length(), 3);
    assert_eq!(request(address, "PUT", "/healthz").status, 405);
}

#[test]
fn pages_are_on_or_off_or_at_another_address() {
    let exporter = Exporter::builder().build_lenient();
    let serve = |pages| exporter.server().pages(pages).spawn("127.0.0.1:0").unwrap();
    record!(SIZE = 7, tags(KIND = "<script>"));
    for (pages, has_pages, has_metrics) in [
        (Pages::On, true, true),
        (Pages::Off, false, true),
        (Pages::Only, true, false),
    ] {
        let server = serve(pages);
        let address = server.local_addr();
        for path in [
            "/",
            "/statsz",
            "/statsz?view=request_counts",
            "/catalogue.json",
        ] {
            let page = get(address, path, "");
            assert_eq!(page.status, if has_pages { 200 } else { 404 }, "{path}");
            assert_eq!(page.header("content-security-policy").is_some(), has_pages);
            assert_eq!(page.header("cache-control"), Some("no-store"));
            assert!(!page.body.contains("<script>"), "{}", page.body);
        }
        let metrics = get(address, "/metrics", "").status;
        assert_eq!(metrics, if has_metrics { 200 } else { 404 });
        assert_eq!(get(address, "/healthz", "").body, "ok\n");
        if has_pages {
            assert_eq!(get(address, "/statsz?view=none", "").status, 404);
            let rows = get(address, "/statsz?view=request_counts", "");
            assert!(rows.body.contains("&lt;script&gt;"), "{}", rows.body);
            let head = receive(send(address, "HEAD", "/statsz", ""));
            assert!(head.length() > 1_000 && head.body.is_empty());
            assert_eq!(request(address, "POST", "/statsz").status, 405);
            let home = get(address, "/", "").body;
            assert_eq!(home.contains("href=\"metrics\""), has_metrics, "{home}");
        }
    }
}

fn blocking_server() -> (ServerThread, Receiver<()>, Sender<()>) {
    let (exporter, begun, release) = blocking();
    (exporter.spawn("127.0.0.1:0").unwrap(), begun, release)
}

/// Lets all scrapes return, also later ones.
fn release_all(release: &Sender<()>) {
    for _ in 0..100 {
        release.send(()).unwrap();
    }
}

#[test]
fn a_scrape_is_answered_before_the_scraper_gives_up_and_the_rendering_goes_on() {
    let (server, begun, release) = blocking_server();
    let address = server.local_addr();
    let patient = thread::spawn(move || get(address, "/metrics", ""));
    begun.recv().unwrap();
    let hurried = "X-Prometheus-Scrape-Timeout-Seconds: 0.05\r\n";
    let late = get(address, "/metrics", hurried);
    assert_eq!((late.status, late.header("retry-after")), (503, Some("1")));
    release.send(()).unwrap();
    assert_eq!(patient.join().unwrap().status, 200);
    // No second rendering has begun: no scrape waits for it.
    release_all(&release);
    let after = Samples::parse(&get(address, "/metrics", "").body);
    assert_eq!(
        after.value_with("census_failed_scrapes_total", "reason", "deadline"),
        1
    );
}

#[test]
fn scrapes_of_some_families_wait_in_a_short_queue_and_others_are_not_affected() {
    let (server, begun, release) = blocking_server();
    let address = server.local_addr();
    let ask = move || get(address, "/metrics?name[]=request_sizes", "");
    let first = thread::spawn(ask);
    begun.recv().unwrap();
    let waiting: Vec<_> = (0..20).map(|_| thread::spawn(ask)).collect();
    // As many as the queue has room for wait; all others are answered.
    let _ =
        eventually(|| (waiting.iter().filter(|it| it.is_finished()).count() == 12).then_some(()));
    // Everything goes on.
    release_all(&release);
    let statuses = waiting.into_iter().map(|it| it.join().unwrap());
    let (busy, ok): (Vec<_>, Vec<_>) = statuses.partition(|it| it.status == 503);
    assert_eq!(first.join().unwrap().status, 200);
    assert_eq!((busy.len(), ok.len()), (12, 8));
    assert!(busy.iter().all(|it| it.header("retry-after") == Some("1")));
    assert!(ok.iter().all(|it| families(&it.body) == ["request_sizes"]));
    let after = Samples::parse(&get(address, "/metrics", "").body);
    assert_eq!(
        after.value_with("census_failed_scrapes_total", "reason", "busy"),
        12
    );
}

#[test]
fn scrapes_renderings_and_bytes_are_counted() {
    let server = serve();
    let address = server.local_addr();
    record!(SIZE = 7, tags(KIND = "a"));
    record!(SIZE = 7, tags(KIND = "b"));
    record!(SIZE = 7, tags(KIND = "<script>"));
    let plain = get(address, "/metrics", "");
    let compressed = get(address, "/metrics", GZIP);
    let after = get(
        address,
        "/metrics",
        "Accept: application/openmetrics-text\r\n",
    );
    let samples = Samples::parse(&after.body);
    let of_text = |name: &str, label: &str, value: &str| {
        samples.value(&format!("{name}{{format=\"text\",{label}=\"{value}\"}}"))
    };
    assert_eq!(of_text("census_scrapes_total", "outcome", "ok"), 2);
    assert_eq!(of_text("census_scrapes_total", "outcome", "failed"), 0);
    let rendered = plain.bytes.len() + unzipped(&compressed).len();
    assert_eq!(
        of_text("census_exposition_bytes_total", "encoding", "identity"),
        rendered as u64
    );
    let gzipped = compressed.bytes.len() as u64;
    assert_eq!(
        of_text("census_exposition_bytes_total", "encoding", "gzip"),
        gzipped
    );
    assert_eq!(samples.value("census_renderings_total{format=\"text\"}"), 2);
    assert_eq!(
        samples.value("census_renderings_total{format=\"openmetrics\"}"),
        0
    );
    let seconds = after.body.lines().find_map(|line| {
        let value = line.strip_prefix("census_render_seconds_total{format=\"text\"} ")?;
        value.parse::<f64>().ok()
    });
    assert!(seconds.is_some_and(|seconds| seconds > 0.0));
    assert_eq!(
        samples.value("census_view_rows{view=\"request_counts\"}"),
        3
    );
    assert_eq!(
        samples.value("census_view_max_series{view=\"request_counts\"}"),
        40
    );
}
