//! An axum service, with three lines for its metrics.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use census::prometheus::Exporter;
use http::Request;
use tower::ServiceExt as _;

#[tokio::test]
async fn a_service_shows_its_requests() {
    let app = Router::new()
        .route("/users/{id}", get(async || "a user"))
        .layer(census_http::server());
    let exporter = Exporter::builder()
        .views(&census_http::SERVER_VIEWS)
        .views(&census_http::SERVER_VIEWS_IN_DEVELOPMENT)
        .views(&census_http::opencensus::SERVER_VIEWS)
        .build()
        .unwrap();
    for path in ["/users/7", "/users/8", "/nothing"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
    }
    let text = exporter.scrape(None).text().into_owned();
    for line in [
        r#"http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/users/{id}",http_response_status_code="200",error_type=""} 2"#,
        r#"http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="",http_response_status_code="404",error_type=""} 1"#,
        r#"http_server_response_body_size_bytes_sum{http_request_method="GET",url_scheme="http",http_route="/users/{id}",http_response_status_code="200",error_type=""} 12.0"#,
        r#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 0"#,
        r#"opencensus_io_http_server_completed_count_total{http_server_method="GET",http_server_route="unmatched",http_server_status="404"} 1"#,
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in:\n{text}"
        );
    }
}
