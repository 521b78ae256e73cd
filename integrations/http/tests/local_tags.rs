//! A client cannot choose what its request is counted under, whatever tags it sends.

use std::convert::Infallible;

use census::prometheus::Exporter;
use http::{Request, Response};
use http_body_util::Empty;
use hyper::body::Bytes;
use tower::{Layer as _, ServiceExt as _};

/// The key of every label that the layers set.
const LOCAL: &[&str] = &[
    "http.request.method",
    "url.scheme",
    "http.route",
    "http.response.status_code",
    "error.type",
    "server.address",
    "server.port",
    "rpc.system.name",
    "rpc.method",
    "rpc.status_code",
    "http_server_method",
    "http_server_route",
    "http_server_status",
    "http_client_method",
    "http_client_status",
    "grpc_server_method",
    "grpc_server_status",
    "grpc_client_method",
    "grpc_client_status",
];

#[tokio::test]
async fn what_a_client_sends_is_not_what_its_request_is_counted_under() {
    let exporter = Exporter::builder()
        .views(&census_http::SERVER_VIEWS)
        .views(&census_http::SERVER_VIEWS_IN_DEVELOPMENT)
        .views(&census_http::GRPC_SERVER_VIEWS)
        .views(&census_http::opencensus::SERVER_VIEWS)
        .views(&census_http::opencensus::GRPC_SERVER_VIEWS)
        .build()
        .unwrap();
    let baggage: Vec<String> = LOCAL.iter().map(|key| format!("{key}=evil")).collect();
    let baggage = baggage.join(",");
    let answer = || {
        tower::service_fn(async |_: Request<Empty<Bytes>>| {
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        })
    };
    let request = || {
        let request = Request::get("/a").header("baggage", &baggage);
        request.body(Empty::<Bytes>::new()).unwrap()
    };
    let http = census_http::server().take_baggage([]).layer(answer());
    http.oneshot(request()).await.unwrap();
    let grpc = census_http::grpc_server().take_baggage([]).layer(answer());
    grpc.oneshot(request()).await.unwrap();

    let text = exporter.scrape(None).text().into_owned();
    assert!(!text.contains("evil"), "{text}");
    for line in [
        r#"http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="",http_response_status_code="200",error_type=""} 1"#,
        r#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 0"#,
        r#"rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="_OTHER",rpc_status_code="UNKNOWN",error_type="UNKNOWN"} 1"#,
        r#"opencensus_io_http_server_completed_count_total{http_server_method="GET",http_server_route="unmatched",http_server_status="200"} 1"#,
        r#"grpc_io_server_completed_rpcs_total{grpc_server_method="_OTHER",grpc_server_status="UNKNOWN"} 1"#,
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in:\n{text}"
        );
    }
}
