//! The program `greeter`: a scrape shows its calls from both sides, and the callers.

#![cfg(unix)]

use std::process::Command;

use census_tests::process::Process;
use census_tests::{eventually, http, scrape};

/// Starts the program. Returns the URL of its metrics, too.
fn greeter(calls: &str) -> (Process, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greeter"));
    command.args(["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    let mut process = Process::start(command.args(["--calls", calls]));
    let metrics = process.wait_for("address", |line| {
        let url = line.strip_prefix("for Prometheus, at ")?;
        Some(url.to_owned())
    });
    (process, metrics)
}

#[test]
fn calls_are_seen_from_both_sides_and_ctrl_c_ends_the_program() {
    let (mut process, metrics) = greeter("40");
    let samples = |name: &str| scrape::samples_named(&http::body(&metrics, None), name);
    let client = "rpc_client_call_duration_seconds_count";
    let calls = |method: &str, status: &str, error: &str, server: &str, count: u32| {
        format!(
            r#"{{rpc_system_name="grpc",rpc_method="census.greeter.Greeter/{method}",rpc_status_code="{status}",error_type="{error}"{server}}} {count}"#
        )
    };
    let server = r#",server_address="greeter",server_port="50051""#;
    let expected = [
        calls("Greet", "NOT_FOUND", "NOT_FOUND", server, 10),
        calls("Greet", "OK", "", server, 20),
        calls("GreetInAll", "OK", "", server, 10),
    ];
    let expected = expected.map(|labels| format!("{client}{labels}"));
    let _ = eventually(|| (samples(client) == expected).then_some(()));
    assert_eq!(samples(client), expected);
    assert_eq!(
        samples("rpc_server_call_duration_seconds_count"),
        [
            calls("Greet", "NOT_FOUND", "", "", 10),
            calls("Greet", "OK", "", "", 20),
            calls("GreetInAll", "OK", "", "", 10),
        ]
        .map(|labels| format!("rpc_server_call_duration_seconds_count{labels}"))
    );
    assert_eq!(
        samples("greeter_phrases_total"),
        [
            r#"greeter_phrases_total{caller="chat",language="de"} 10"#,
            r#"greeter_phrases_total{caller="chat",language="en"} 10"#,
            r#"greeter_phrases_total{caller="chat",language="fi"} 10"#,
            r#"greeter_phrases_total{caller="chat",language="fr"} 10"#,
            r#"greeter_phrases_total{caller="mail",language="en"} 20"#,
        ],
        "no phrase without a caller"
    );
    assert!(process.interrupt().success());
}

#[test]
fn without_calls_it_only_serves() {
    let (mut process, metrics) = greeter("0");
    let body = http::body(&metrics, None);
    assert!(!body.contains("rpc_method="), "{body}");
    assert!(process.interrupt().success());
}
