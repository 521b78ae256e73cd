//! Names, types, units, HELP and labels are those of OpenTelemetry's semantic conventions 1.45.0, as its package for
//! JavaScript has them.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use census::prometheus::Exporter;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Bytes;
use tower::{Layer, Service, ServiceExt as _};

/// A metric of the conventions, and the attributes that its family has here.
struct Metric {
    name: &'static str,
    unit: &'static str,
    is_stable: bool,
    description: &'static str,
    kind: &'static str,
    attributes: &'static [&'static str],
}

const SERVER: &[&str] = &[
    "http.request.method",
    "url.scheme",
    "http.route",
    "http.response.status_code",
    "error.type",
];
const CLIENT: &[&str] = &[
    "http.request.method",
    "server.address",
    "server.port",
    "http.response.status_code",
    "error.type",
];

const METRICS: [Metric; 10] = [
    Metric {
        name: "http.server.request.duration",
        unit: "seconds",
        is_stable: true,
        description: "Duration of HTTP server requests.",
        kind: "histogram",
        attributes: SERVER,
    },
    Metric {
        name: "http.server.active_requests",
        unit: "",
        is_stable: false,
        description: "Number of active HTTP server requests.",
        kind: "gauge",
        attributes: &["http.request.method", "url.scheme"],
    },
    Metric {
        name: "http.server.request.body.size",
        unit: "bytes",
        is_stable: false,
        description: "Size of HTTP server request bodies.",
        kind: "histogram",
        attributes: SERVER,
    },
    Metric {
        name: "http.server.response.body.size",
        unit: "bytes",
        is_stable: false,
        description: "Size of HTTP server response bodies.",
        kind: "histogram",
        attributes: SERVER,
    },
    Metric {
        name: "http.client.request.duration",
        unit: "seconds",
        is_stable: true,
        description: "Duration of HTTP client requests.",
        kind: "histogram",
        attributes: CLIENT,
    },
    Metric {
        name: "http.client.active_requests",
        unit: "",
        is_stable: false,
        description: "Number of active HTTP requests.",
        kind: "gauge",
        attributes: &["http.request.method", "server.address", "server.port"],
    },
    Metric {
        name: "http.client.request.body.size",
        unit: "bytes",
        is_stable: false,
        description: "Size of HTTP client request bodies.",
        kind: "histogram",
        attributes: CLIENT,
    },
    Metric {
        name: "http.client.response.body.size",
        unit: "bytes",
        is_stable: false,
        description: "Size of HTTP client response bodies.",
        kind: "histogram",
        attributes: CLIENT,
    },
    Metric {
        name: "rpc.server.call.duration",
        unit: "seconds",
        is_stable: true,
        description: "Measures the duration of an incoming Remote Procedure Call (RPC).",
        kind: "histogram",
        attributes: &[
            "rpc.system.name",
            "rpc.method",
            "rpc.status_code",
            "error.type",
        ],
    },
    Metric {
        name: "rpc.client.call.duration",
        unit: "seconds",
        is_stable: true,
        description: "Measures the duration of an outgoing Remote Procedure Call (RPC).",
        kind: "histogram",
        attributes: &[
            "rpc.system.name",
            "rpc.method",
            "rpc.status_code",
            "error.type",
            "server.address",
            "server.port",
        ],
    },
];

/// The name that OpenTelemetry's exporters for Prometheus give.
fn prometheus_name(name: &str, unit: &str) -> String {
    let name = name.replace('.', "_");
    if unit.is_empty() {
        name
    } else {
        format!("{name}_{unit}")
    }
}

async fn send(layer: impl Layer<EmptyService, Service: Service<Request<Full<Bytes>>>>) {
    let service = layer.layer(EmptyService);
    let request = Request::get("http://localhost/package.Service/Method")
        .body(Full::default())
        .expect("a valid request");
    assert!(service.oneshot(request).await.is_ok());
}

/// Answers with an empty response.
#[derive(Clone, Copy)]
struct EmptyService;

impl Service<Request<Full<Bytes>>> for EmptyService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        std::future::ready(Ok(Response::new(Full::default())))
    }
}

#[tokio::test]
async fn families_are_those_of_the_conventions() {
    let exporter = Exporter::builder()
        .namespace("myapp")
        .views(&census_http::SERVER_VIEWS)
        .views(&census_http::SERVER_VIEWS_IN_DEVELOPMENT)
        .views(&census_http::CLIENT_VIEWS)
        .views(&census_http::CLIENT_VIEWS_IN_DEVELOPMENT)
        .views(&census_http::GRPC_SERVER_VIEWS)
        .views(&census_http::GRPC_CLIENT_VIEWS)
        .build()
        .unwrap();
    send(census_http::server()).await;
    send(census_http::client().servers(["localhost"])).await;
    send(census_http::grpc_server()).await;
    send(census_http::grpc_client().servers(["localhost"])).await;
    let text = exporter.scrape(None).text().into_owned();

    for metric in &METRICS {
        let family = prometheus_name(metric.name, metric.unit);
        let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        has(&format!("# HELP {family} {}", metric.description));
        has(&format!("# TYPE {family} {}", metric.kind));
        let sample = if metric.kind == "gauge" {
            format!("{family}{{")
        } else {
            format!("{family}_count{{")
        };
        let samples: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix(&sample))
            .collect();
        let [labels] = samples.as_slice() else {
            panic!("{} samples of {family}", samples.len());
        };
        let (labels, _) = labels.rsplit_once('}').unwrap();
        let names = labels
            .split(',')
            .map(|label| label.split_once('=').unwrap().0);
        let expected: Vec<String> = metric
            .attributes
            .iter()
            .map(|name| name.replace('.', "_"))
            .collect();
        assert!(
            names.eq(expected.iter().map(String::as_str)),
            "{family}: {labels}"
        );
    }
    // Nothing else is shown but the library's own families.
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let of_layers =
        families.filter(|line| !line.starts_with("census_") && !line.starts_with("function_calls"));
    assert_eq!(of_layers.count(), METRICS.len());
}

/// The conventions recommend these bounds for durations.
#[tokio::test]
async fn buckets_are_those_of_the_conventions() {
    let exporter = Exporter::builder()
        .views(&census_http::SERVER_VIEWS)
        .build()
        .unwrap();
    send(census_http::server()).await;
    let text = exporter.scrape(None).text().into_owned();
    let bucket = "http_server_request_duration_seconds_bucket{le=\"";
    let bounds = text
        .lines()
        .filter_map(|line| line.strip_prefix(bucket)?.split('"').next());
    assert!(
        bounds.eq([
            "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1.0", "2.5",
            "5.0", "7.5", "10.0", "+Inf",
        ]),
        "{text}"
    );
}

/// The package of the conventions for JavaScript, which `tests/run` fetches where there is `npm`.
fn package() -> Option<PathBuf> {
    let test = std::env::current_exe().expect("the path of the running test");
    let target = test
        .ancestors()
        .nth(3)
        .expect("a test is in a profile of the target directory");
    let package = target.join("semantic-conventions/package/dist");
    package.is_dir().then_some(package)
}

fn read(package: &Path, file: &str) -> String {
    fs::read_to_string(package.join(file)).expect("a file of the package")
}

#[test]
fn the_table_is_what_the_package_says() {
    let Some(package) = package() else {
        println!(
            "not run: `npm` is not there, so `tests/run` has not fetched the package of the conventions"
        );
        return;
    };
    let stable = read(&package, "stable_metrics.mjs");
    let in_development = read(&package, "experimental_metrics.mjs");
    let attributes = read(&package, "stable_attributes.mjs");
    for metric in &METRICS {
        let (file, name) = if metric.is_stable {
            (&stable, metric.name)
        } else {
            (&in_development, metric.name)
        };
        let constant = format!(" = \"{name}\";");
        let at = file
            .find(&constant)
            .unwrap_or_else(|| panic!("there is no {name}"));
        let comment = &file[file[..at].rfind("/**").unwrap()..at];
        let description = comment
            .lines()
            .nth(1)
            .unwrap()
            .trim_start_matches([' ', '*']);
        assert_eq!(metric.description, description, "{name}");
        for attribute in metric.attributes {
            assert!(
                attributes.contains(&format!(" = \"{attribute}\";")),
                "{attribute}"
            );
        }
    }
    // The methods that are known, and the word for those that are not. `QUERY` is known, but its constant is not stable.
    let attributes_in_development = read(&package, "experimental_attributes.mjs");
    let methods = [&*attributes, &*attributes_in_development]
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("const HTTP_REQUEST_METHOD_VALUE_"));
    let methods: BTreeSet<&str> = methods.filter_map(|line| line.split('"').nth(1)).collect();
    let known = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
        "_OTHER",
    ];
    assert_eq!(methods, known.into());
}
