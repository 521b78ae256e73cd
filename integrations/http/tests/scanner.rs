//! A scanner makes no rows.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use census::prometheus::Exporter;
use http::{Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// All samples of the families whose names begin like this, without those of buckets.
fn samples(text: &str, family: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with(family));
    let is_value = |line: &&str| !line.contains("_bucket{") && !line.contains("_sum{");
    lines.filter(is_value).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_hundred_thousand_paths_and_a_thousand_methods_make_one_row_each() {
    let exporter = Exporter::builder()
        .views(&census_http::SERVER_VIEWS)
        .views(&census_http::SERVER_VIEWS_IN_DEVELOPMENT)
        .views(&census_http::opencensus::SERVER_VIEWS)
        .build()
        .unwrap();
    let app = Router::new()
        .route("/users/{id}", get(async || "a user"))
        .layer(census_http::server());
    let ask = async |method: Method, path: String| {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        response.into_body().collect().await.unwrap();
    };
    for index in 0..100_000 {
        ask(
            Method::GET,
            format!("/{index}/wp-login.php?{index}=/etc/passwd"),
        )
        .await;
    }
    for index in 0..1_000 {
        let method = Method::from_bytes(format!("SCAN-{index}").as_bytes()).unwrap();
        ask(method.clone(), "/users/7".to_owned()).await;
        ask(method, format!("/{index}")).await;
    }
    // A method is known by its case, too.
    for method in ["get", "Get", "_OTHER", "GET-"] {
        ask(
            Method::from_bytes(method.as_bytes()).unwrap(),
            "/".to_owned(),
        )
        .await;
    }

    let text = exporter.scrape(None).text().into_owned();
    assert_eq!(
        samples(&text, "http_server_request_duration_seconds"),
        [
            r#"http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="",http_response_status_code="404",error_type=""} 100000"#,
            r#"http_server_request_duration_seconds_count{http_request_method="_OTHER",url_scheme="http",http_route="/users/{id}",http_response_status_code="405",error_type=""} 1000"#,
            r#"http_server_request_duration_seconds_count{http_request_method="_OTHER",url_scheme="http",http_route="",http_response_status_code="404",error_type=""} 1004"#,
        ]
    );
    assert_eq!(
        samples(&text, "http_server_active_requests"),
        [
            r#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 0"#,
            r#"http_server_active_requests{http_request_method="_OTHER",url_scheme="http"} 0"#,
        ]
    );
    assert_eq!(
        samples(&text, "opencensus_io_http_server_completed_count"),
        [
            r#"opencensus_io_http_server_completed_count_total{http_server_method="GET",http_server_route="unmatched",http_server_status="404"} 100000"#,
            r#"opencensus_io_http_server_completed_count_total{http_server_method="_OTHER",http_server_route="/users/{id}",http_server_status="405"} 1000"#,
            r#"opencensus_io_http_server_completed_count_total{http_server_method="_OTHER",http_server_route="unmatched",http_server_status="404"} 1004"#,
        ]
    );
}
