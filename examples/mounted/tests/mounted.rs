//! The programs answer scrapes, and their own routes.

use std::process::Command;

use census_tests::http::{self, Request};
use census_tests::process::Process;

/// Starts a program. Returns the URL of its metrics, too.
fn start(program: &str) -> (Process, String) {
    let mut process = Process::start(&mut Command::new(program));
    let url = process.wait_for("line with the URL", |line| {
        line.strip_prefix("metrics at ").map(str::to_owned)
    });
    (process, url)
}

#[test]
fn each_server_has_the_metrics_in_all_formats() {
    for program in [
        env!("CARGO_BIN_EXE_in_axum"),
        env!("CARGO_BIN_EXE_in_hyper"),
        env!("CARGO_BIN_EXE_in_warp"),
    ] {
        let (_process, url) = start(program);
        let text = http::body(&url, None);
        assert!(text.contains("\ncensus_catalogue_problems 0\n"), "{text}");
        let open_metrics = http::body(&url, Some("application/openmetrics-text"));
        assert!(open_metrics.ends_with("# EOF\n"), "{open_metrics}");
        let one = http::body(&format!("{url}?name[]=census_catalogue_problems"), None);
        assert_eq!(one.lines().count(), 3, "{one}");

        let post = Request::post(&url).body(()).expect("a request");
        let response = http::send(post).expect("a response");
        assert_eq!(response.status, 405, "{program}");
        let page = http::body(&url.replace("/metrics", "/statsz"), None);
        assert!(page.contains("function_calls"), "{page}");
        let other = http::get(&format!("{url}/other"), None).expect("a response");
        assert_eq!(other.status, 404, "{program}");
    }
}

#[test]
fn a_programs_own_routes_stay() {
    for program in [env!("CARGO_BIN_EXE_in_axum"), env!("CARGO_BIN_EXE_in_warp")] {
        let (_process, url) = start(program);
        let root = url.strip_suffix("internal/metrics").expect("it is mounted");
        assert_eq!(http::body(root, None), "Hello!\n");
    }
}
