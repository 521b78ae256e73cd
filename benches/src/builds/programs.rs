//! Small programs, built from nothing with all that they depend on.

use crate::builds::cargo::{Cost, Package, census_dependency};
use crate::effort::Effort;
use crate::names::{CENSUS, METRICS, PROMETHEUS_CLIENT, TRACING};
use crate::report::{Report, Unit};

/// A program.
struct Program {
    case: &'static str,
    dependencies: String,
    source: &'static str,
}

/// Programs that record one measurement, and serve nothing.
fn recording() -> Vec<Program> {
    vec![
        Program {
            case: CENSUS,
            dependencies: census_dependency(""),
            source: r#"use census::{Measure, TagKey, measure, record, tag, tags, view};

#[tag]
static METHOD: TagKey;
#[measure]
static REQUESTS: Measure<u64>;
view! {
    static REQUESTS_TOTAL: Count<REQUESTS> by (METHOD);
}

fn main() {
    record!(REQUESTS = 1, tags(METHOD = "get"));
}
"#,
        },
        Program {
            case: TRACING,
            dependencies: "tracing = \"0.1\"".to_owned(),
            source: r#"#[tracing::instrument]
fn handle(method: &str) {
    tracing::info!(requests = 1);
}

fn main() {
    handle("get");
}
"#,
        },
        Program {
            case: METRICS,
            dependencies: "metrics = \"0.24\"".to_owned(),
            source: r#"fn main() {
    metrics::counter!("requests", "method" => "get").increment(1);
}
"#,
        },
        Program {
            case: PROMETHEUS_CLIENT,
            dependencies: "prometheus-client = \"0.25\"".to_owned(),
            source: r#"use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
}

fn main() {
    let requests = Family::<Labels, Counter>::default();
    let mut registry = Registry::default();
    registry.register("requests", "Requests", requests.clone());
    requests.get_or_create(&Labels { method: "get" }).inc();
}
"#,
        },
    ]
}

/// A line of a manifest for programs with a server.
const TOKIO: &str = r#"tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#;

/// Programs that record one measurement, and serve it over HTTP.
fn serving() -> Vec<Program> {
    vec![
        Program {
            case: CENSUS,
            dependencies: format!("{}\n{TOKIO}", census_dependency("\"server\"")),
            source: r#"use census::{Measure, TagKey, measure, record, tag, tags, view};

#[tag]
static METHOD: TagKey;
#[measure]
static REQUESTS: Measure<u64>;
view! {
    static REQUESTS_TOTAL: Count<REQUESTS> by (METHOD);
}

#[tokio::main]
async fn main() -> Result<(), census::prometheus::ServeError> {
    census::prometheus::serve("127.0.0.1:0").await?;
    record!(REQUESTS = 1, tags(METHOD = "get"));
    Ok(())
}
"#,
        },
        Program {
            case: METRICS,
            dependencies: format!(
                "metrics = \"0.24\"\nmetrics-exporter-prometheus = {{ version = \"0.18\", default-features = false, \
                 features = [\"http-listener\"] }}\n{TOKIO}"
            ),
            source: r#"use std::net::SocketAddr;

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder};

#[tokio::main]
async fn main() -> Result<(), BuildError> {
    PrometheusBuilder::new()
        .with_http_listener(SocketAddr::from(([127, 0, 0, 1], 0)))
        .install()?;
    metrics::counter!("requests", "method" => "get").increment(1);
    Ok(())
}
"#,
        },
    ]
}

/// Builds all programs.
pub(super) fn run(report: &mut Report, effort: Effort) {
    let what = "a program that records";
    run_group(report, effort, "build-recording", what, recording());
    let what = "a program that records and serves";
    run_group(report, effort, "build-serving", what, serving());
}

/// Builds each program from nothing in turn, round after round.
fn run_group(
    report: &mut Report,
    effort: Effort,
    group: &'static str,
    what: &str,
    programs: Vec<Program>,
) {
    let mut cases: Vec<_> = programs
        .into_iter()
        .map(|program| {
            let Program {
                case,
                dependencies,
                source,
            } = program;
            let name = format!("{group}-{case}");
            let package = Package::write(group, &name, &dependencies, source.to_owned());
            (case, package, Vec::new())
        })
        .collect();
    for _ in 0..effort.builds() {
        for (_, package, costs) in &mut cases {
            costs.push(package.cost_from_nothing(&["build"]));
        }
    }
    let figures = |figure: fn(&_) -> f64| {
        cases.iter().map(move |(case, _, costs): &(_, _, Vec<_>)| {
            (*case, costs.iter().map(figure).collect())
        })
    };
    report.add_group_from_children(
        group,
        &format!("{what}, built from nothing: seconds of the processor"),
        Unit::Seconds,
        figures(|cost: &Cost| cost.processor),
    );
    report.add_group_from_children(
        &format!("{group}-crates"),
        &format!("{what}, built from nothing: crates, with its own"),
        Unit::Count,
        figures(|cost| cost.crates),
    );
}
