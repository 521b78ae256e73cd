//! A façade: a crate that re-exports `census`, declares measures with it, and is the only one of the two that an
//! application names.

use std::path::Path;

use census_tests::crates::{self, Crate, dependency};
use census_tests::process;

const FACADE: &str = r#"
//! A façade of `census` with declarations of its own.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

pub use census::*;

/// Declares views, as `view!` does.
#[macro_export]
macro_rules! declare_views {
    ($($views:tt)*) => { $crate::view! { $($views)* } };
}

/// Which client the request came from.
#[tag(crate = crate)]
pub static CLIENT: TagKey;

/// Size of requests.
#[measure(crate = crate, unit = "By")]
pub static REQUEST_SIZE: Measure<u64>;

view! {
    /// Requests.
    pub static REQUESTS: Count<REQUEST_SIZE> by (CLIENT);
}

declare_views! {
    /// Bytes of requests.
    pub static REQUEST_BYTES: Sum<REQUEST_SIZE>;
}

/// A client.
#[derive(TagValue)]
#[tag_value(crate = crate)]
pub enum Client {
    /// An iPhone.
    Ios,
}

/// Handles a request.
#[measure(crate = crate)]
pub fn handle(client: Client, size: u64) {
    record!(REQUEST_SIZE = size, tags(CLIENT = client));
}
"#;

const APPLICATION: &str = r#"
#![forbid(unsafe_code)]
#![deny(warnings)]

use facade::prometheus::Exporter;
use facade::{CLIENT, Client, Measure, REQUEST_SIZE, TagKey, TagValue, declare_views, measure, record, tag, tags, view};

/// A key of the façade's name, but local: a conflict that the catalogue can only report if it knows both.
#[tag(crate = facade, name = "client", local)]
static LOCAL_CLIENT: TagKey;

#[tag(crate = facade)]
static METHOD: TagKey;

#[measure(crate = facade)]
static ERRORS: Measure<u64>;

#[derive(TagValue)]
#[tag_value(crate = facade)]
enum Method {
    Get,
}

view! { static ERRORS_SEEN: Count<ERRORS> by (METHOD); }
declare_views! { static LARGEST: LastValue<REQUEST_SIZE> by (CLIENT); }

#[measure(crate = facade)]
fn work() {
    record!(ERRORS = 1, tags(METHOD = Method::Get));
}

fn main() {
    facade::handle(Client::Ios, 25);
    work();
    assert!(LOCAL_CLIENT.is_local());
    assert_eq!(facade::REQUESTS.data().get(&tags!(CLIENT = "ios")), Some(&1));
    let problems = facade::check().expect_err("a key that is local in one place").to_string();
    assert!(problems.contains("tag key `client`"), "{problems}");
    print!("{}", Exporter::builder().build_lenient().scrape(None).body);
}
"#;

#[test]
fn facade_and_its_application_register() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("facade");
    let facade = Crate {
        name: "facade",
        edition: "2024",
        dependencies: &dependency("census", &["prometheus"]),
        file: "lib.rs",
        code: FACADE,
    };
    let _ = facade.write(&directory);
    let application = Crate {
        name: "application",
        dependencies: "facade = { path = \"../facade\" }",
        file: "main.rs",
        code: APPLICATION,
        ..facade
    };
    let application = application.write(&directory);
    let target = directory.join("target");
    for profile in ["dev", "release"] {
        let mut command = crates::cargo(&application, &target, "run", &["--profile", profile]);
        let exposition = process::succeed(&mut command);
        for line in [
            "requests_total{client=\"ios\"} 1",
            "request_bytes_total 25",
            "largest{client=\"ios\"} 25",
            "errors_seen_total{method=\"get\"} 1",
            "function_calls_total{function=\"handle\",module=\"facade\",result=\"ok\"} 1",
            "function_calls_total{function=\"work\",module=\"application\",result=\"ok\"} 1",
        ] {
            assert!(
                exposition.lines().any(|other| other == line),
                "{profile}: no line {line:?} in:\n{exposition}"
            );
        }
    }
}
