//! `promtool check metrics` on what real programs export as text 0.0.4: it must parse, and promtool may object to
//! nothing but what is listed here.

use std::process::Command;

use census_tests::{http, process, programs};

/// Checks an exposition. `lints` are the objections that are known: each must come, and no other.
fn check(exposition: &str, lints: &[&str]) {
    let promtool = programs::installed("promtool");
    let ended = process::run(
        Command::new(promtool).args(["check", "metrics"]),
        exposition,
    );
    let said: Vec<_> = ended.stderr.lines().chain(ended.stdout.lines()).collect();
    assert_eq!(
        said, lints,
        "promtool's objections, and those that are known, to\n{exposition}"
    );
    // It ends with 1 if it cannot parse, with 3 if it objects.
    assert_eq!(ended.code, Some(if lints.is_empty() { 0 } else { 3 }));
}

fn text_at(address: std::net::SocketAddr) -> String {
    http::body(&format!("http://{address}/metrics"), None)
}

#[test]
fn promtool_objects_only_to_what_the_fixture_chose() {
    let (_fixture, address) = programs::start_fixture();
    check(
        &text_at(address),
        &[
            // No unit is converted behind the user's back: who declares `ms` gets milliseconds.
            "fixture_pause_milliseconds use base unit \"seconds\" instead of \"milliseconds\"",
            // Nor is a text made up for what has none.
            "fixture_undescribed_total no help text",
        ],
    );
}

#[test]
fn promtool_has_no_objection_to_the_example_video_size() {
    check(
        &process::succeed(&mut Command::new(programs::built("video_size"))),
        &[],
    );
}

#[test]
fn promtool_has_no_objection_to_the_example_directory() {
    let tree = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(tree.path().join("main.rs"), "fn main() {}").expect("a file");
    let mut directory = Command::new(programs::built("directory"));
    let (_directory, address) =
        programs::serving(directory.arg(tree.path()).args(["--listen", "127.0.0.1:0"]));
    let walked = census_tests::eventually(|| {
        let text = text_at(address);
        text.contains("directory_walk_duration_seconds_count 1")
            .then_some(text)
    });
    check(&walked.expect("it walks through one file in no time"), &[]);
}
