//! A library that offers optional views as a set, and an application that gives them to its exporter or registers them.

use std::path::Path;

use census_tests::crates::{self, Crate, dependency};
use census_tests::process;

const LIBRARY: &str = r#"
//! A server that offers views of its requests.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use std::time::Duration;

use census::{Measure, TagKey, ViewSet, measure, record, tag, view};

/// The method of the request.
#[tag]
pub static METHOD: TagKey;
/// The route that was found.
#[tag]
pub static ROUTE: TagKey;
/// The status of the response.
#[tag]
pub static STATUS: TagKey;
/// How long requests take.
#[measure]
pub static LATENCY: Measure<Duration>;
/// Requests in flight.
#[measure]
static ACTIVE: Measure<i64>;

view! {
    /// How long requests take.
    #[optional]
    pub static REQUEST_SECONDS: Distribution<LATENCY> by (METHOD, ROUTE, STATUS) { name: "http_server_request_duration_seconds", namespace: false }
    /// Requests in flight.
    #[optional]
    pub static ACTIVE_REQUESTS: Sum<ACTIVE>;
}
/// What most programs want to see of their servers.
pub static SERVER_VIEWS: ViewSet = ViewSet::new(&[&REQUEST_SECONDS, &ACTIVE_REQUESTS]);     // views of any aggregation

/// Handles a request.
pub fn handle(method: &str, route: &str) {
    ACTIVE.record(1);
    record!(LATENCY = Duration::from_millis(30), tags(METHOD = method, ROUTE = route, STATUS = 200));
    ACTIVE.record(-1);
}
"#;

const APPLICATION: &str = r#"
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::error::Error;

use census::prometheus::Exporter;
use census::{View, ViewSet, ViewState, view};
use server::{LATENCY, REQUEST_SECONDS, ROUTE, SERVER_VIEWS};

view! {
    #[optional]
    static BY_ROUTE: Count<LATENCY> by (ROUTE) { name: "requests_by_route" }
}

/// The states of the library's views.
fn states() -> Vec<(String, ViewState)> {
    let views = census::catalogue().views.into_iter();
    let views = views.filter(|view| view.origin.crate_name() == "server" && view.optional);
    views.map(|view| (view.name, view.state)).collect()
}

fn assert_states(state: ViewState) {
    let [first, second] = ["http_server_request_duration_seconds", "active_requests"].map(str::to_owned);
    assert_eq!(states(), [(first, state), (second, state)]);
}

fn main() -> Result<(), Box<dyn Error>> {
    assert_eq!(census::check(), Ok(()));
    server::handle("GET", "/");
    assert_states(ViewState::Optional);
    assert!(!LATENCY.is_viewed());
    let none = Exporter::builder().build()?.scrape(None).text().into_owned();
    assert!(!none.contains("http_server") && !none.contains("active_requests"), "{none}");

    // The exporter holds the library's views, and others.
    let newest = View::last_value("newest", &LATENCY).build()?;
    let exporter = Exporter::builder()
        .namespace("shop")
        .views(&SERVER_VIEWS)
        .views(&ViewSet::of(&[&BY_ROUTE, &newest]))
        .build()?;
    assert_states(ViewState::Registered);
    server::handle("GET", "/");
    print!("{}", exporter.scrape(None).body);
    drop(exporter);
    assert_states(ViewState::Optional);
    assert!(!LATENCY.is_viewed() && !BY_ROUTE.is_registered() && !newest.is_registered());

    // The program registers them.
    SERVER_VIEWS.register()?;
    drop(Exporter::builder().views(&SERVER_VIEWS).build()?);
    assert_states(ViewState::Registered);
    server::handle("PUT", "/");
    assert_eq!(REQUEST_SECONDS.data().rows.len(), 1);
    assert_eq!(SERVER_VIEWS.unregister(), 2);
    assert_states(ViewState::Optional);

    // A name that is taken.
    let taken = View::count("active_requests", &LATENCY).register()?;
    let error = SERVER_VIEWS.register().expect_err("a name is taken");
    assert!(!REQUEST_SECONDS.is_registered());
    assert!(error.to_string().contains("(crate server)") && error.to_string().contains("main.rs:"), "{error}");
    assert!(taken.unregister());
    Ok(())
}
"#;

#[test]
fn library_offers_views_and_application_takes_them() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library-views");
    let library = Crate {
        name: "server",
        edition: "2024",
        // A library needs no features.
        dependencies: &dependency("census", &[]),
        file: "lib.rs",
        code: LIBRARY,
    };
    let _ = library.write(&directory);
    let application = Crate {
        name: "application",
        dependencies: &format!(
            "{}\nserver = {{ path = \"../server\" }}",
            dependency("census", &["prometheus"])
        ),
        file: "main.rs",
        code: APPLICATION,
        ..library
    };
    let application = application.write(&directory);
    let target = directory.join("target");
    for profile in ["dev", "release"] {
        let mut command = crates::cargo(&application, &target, "run", &["--profile", profile]);
        let exposition = process::succeed(&mut command);
        for line in [
            "# HELP http_server_request_duration_seconds How long requests take.",
            "http_server_request_duration_seconds_count{method=\"GET\",route=\"/\",status=\"200\"} 1",
            "shop_active_requests 0",
            "shop_requests_by_route_total{route=\"/\"} 1",
            "shop_newest 0.03",
        ] {
            assert!(
                exposition.lines().any(|other| other == line),
                "{profile}: no line {line:?} in:\n{exposition}"
            );
        }
    }
}
