//! The programs `front` and `back`: a tag that `front` sets is a label of the metrics of `back`.

#![cfg(unix)]

use std::process::Command;
use std::thread;

use census_tests::process::Process;
use census_tests::{eventually, http, scrape};

/// A program that serves, and its address.
struct Service {
    process: Process,
    url: String,
}

impl Service {
    fn start(program: &str, args: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(["--listen", "127.0.0.1:0"]).args(args);
        let mut process = Process::start(&mut command);
        let url = process.wait_for("address", |line| {
            let (_, url) = line.strip_suffix("/metrics")?.split_once(", at ")?;
            Some(url.to_owned())
        });
        Self { process, url }
    }

    /// The samples of a name, in alphabetical order.
    fn samples(&self, name: &str) -> Vec<String> {
        let body = http::body(&format!("{}/metrics", self.url), None);
        scrape::samples_named(&body, name)
    }
}

fn back() -> Service {
    Service::start(env!("CARGO_BIN_EXE_back"), &[])
}

fn front(back: &str) -> Service {
    Service::start(env!("CARGO_BIN_EXE_front"), &["--back", back])
}

fn get(service: &Service, path: &str) -> (u16, String) {
    let response = http::get(&format!("{}{path}", service.url), None).expect("a response");
    (response.status, response.body)
}

#[test]
fn tag_of_front_is_a_label_of_back() {
    let back = back();
    let front = front(&back.url);
    // All clients at once, so that their requests are interleaved on the connections and threads of both programs.
    thread::scope(|clients| {
        for (tenant, document, times) in [
            ("acme", "short", 20),
            ("globex", "long", 10),
            ("initech", "short", 5),
            ("acme", "none", 3),
            // Characters that must be encoded in a header.
            ("a%2Cb;c=d", "short", 2),
            ("Z%C3%BCrich%20%22100%25%22", "short", 1),
        ] {
            let front = &front;
            clients.spawn(move || {
                for _ in 0..times {
                    let (status, body) = get(front, &format!("/{tenant}/{document}"));
                    let expected = match document {
                        "short" => (200, 10),
                        "long" => (200, 10_000),
                        _ => (404, body.len()),
                    };
                    assert_eq!((status, body.len()), expected);
                }
            });
        }
    });
    assert_eq!(
        back.samples("back_bytes_read_total"),
        [
            r#"back_bytes_read_total{tenant="Zürich \"100%\""} 10"#,
            r#"back_bytes_read_total{tenant="a,b;c=d"} 20"#,
            r#"back_bytes_read_total{tenant="acme"} 200"#,
            r#"back_bytes_read_total{tenant="globex"} 100000"#,
            r#"back_bytes_read_total{tenant="initech"} 50"#,
        ],
        "no sample without a tenant"
    );
    for (service, name) in [
        (&back, "back_read_seconds_count"),
        (&front, "front_request_seconds_count"),
    ] {
        assert_eq!(
            service.samples(name),
            [
                format!(r#"{name}{{tenant="Zürich \"100%\"",result="ok"}} 1"#),
                format!(r#"{name}{{tenant="a,b;c=d",result="ok"}} 2"#),
                format!(r#"{name}{{tenant="acme",result="error"}} 3"#),
                format!(r#"{name}{{tenant="acme",result="ok"}} 20"#),
                format!(r#"{name}{{tenant="globex",result="ok"}} 10"#),
                format!(r#"{name}{{tenant="initech",result="ok"}} 5"#),
            ]
        );
    }
}

#[test]
fn request_without_tags() {
    let back = back();
    assert_eq!(get(&back, "/documents/short").0, 200);
    assert_eq!(
        back.samples("back_bytes_read_total"),
        [r#"back_bytes_read_total{tenant=""} 10"#]
    );
}

#[test]
fn missing_back_end_is_502_and_ctrl_c_ends_programs() {
    let mut back = back();
    let mut front = front(&back.url);
    assert_eq!(get(&front, "/acme/short").0, 200);
    assert!(back.process.interrupt().success());
    let error = eventually(|| (get(&front, "/acme/short").0 == 502).then_some(()));
    assert!(error.is_some());
    let errors = front.samples("front_request_seconds_count");
    assert!(
        errors[0].starts_with(r#"front_request_seconds_count{tenant="acme",result="error"} "#),
        "{errors:?}"
    );
    assert!(front.process.interrupt().success());
}
