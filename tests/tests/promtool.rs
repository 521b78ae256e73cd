//! `promtool check metrics` parses the text 0.0.4 of real programs, and has no other objections than those listed here.

use std::process::Command;

use census_tests::{http, process, programs};

/// Checks an exposition. `known` lists the objections: each must be made, and no other.
fn check(exposition: &str, known: &[&str]) {
    let promtool = programs::installed("promtool");
    let ended = process::run(
        Command::new(promtool).args(["check", "metrics"]),
        exposition,
    );
    let objections: Vec<_> = ended.stderr.lines().chain(ended.stdout.lines()).collect();
    assert_eq!(
        objections, known,
        "promtool's objections, and the known ones, to\n{exposition}"
    );
    // 0: no objections. 3: objections. 1 would be a parse error.
    assert_eq!(ended.code, Some(if known.is_empty() { 0 } else { 3 }));
}

fn text_at(address: std::net::SocketAddr) -> String {
    http::body(&format!("http://{address}/metrics"), None)
}

#[test]
fn fixture() {
    let (_fixture, address) = programs::start_fixture();
    check(
        &text_at(address),
        &[
            // Units are not converted: a measure in `ms` is exported in milliseconds.
            "fixture_pause_milliseconds use base unit \"seconds\" instead of \"milliseconds\"",
            // A view without a description has no HELP text.
            "fixture_undescribed_total no help text",
        ],
    );
}

#[test]
fn example_video_size() {
    check(
        &process::succeed(&mut Command::new(programs::built("video_size"))),
        &[],
    );
}

#[test]
fn example_directory() {
    let tree = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(tree.path().join("main.rs"), "fn main() {}").expect("a file");
    let mut directory = Command::new(programs::built("directory"));
    let (_directory, address) =
        programs::start_server(directory.arg(tree.path()).args(["--listen", "127.0.0.1:0"]));
    let walked = census_tests::eventually(|| {
        let text = text_at(address);
        text.contains("directory_walk_duration_seconds_count 1")
            .then_some(text)
    });
    check(&walked.expect("a walk through one file ends soon"), &[]);
}
