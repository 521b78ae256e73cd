//! The views: what this application wants to see, beside what `census_http` has ready.
//!
//! `SERVER_VIEWS` has the durations of requests by route and status, `CLIENT_VIEWS` those of the requests to the back end.
//! They give the four golden signals:
//!
//! - rate: `sum by (http_route) (rate(http_server_request_duration_seconds_count[5m]))`.
//! - errors, as a share: `sum(rate(http_server_request_duration_seconds_count{error_type!=""}[5m])) /
//!   sum(rate(http_server_request_duration_seconds_count[5m]))`. A request has an `error_type` if the service failed: a
//!   status of 5xx, a panic, a client that left. 404 and 409 are answers, and are found by their status:
//!   `http_response_status_code=~"4.."`.
//! - duration: `histogram_quantile(0.99, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket[5m])))`,
//!   and how much of it is the back end's: `sum(rate(http_client_request_duration_seconds_sum[5m])) /
//!   sum(rate(http_server_request_duration_seconds_sum[5m]))`.
//! - saturation: `sum(shop_requests_in_flight)`, the requests that are being worked on.
//!
//! The views here add the tenant. They are counters and gauges, because a histogram by route, status and tenant has fifteen
//! series for each combination of them:
//!
//! - `sum by (tenant) (rate(shop_requests_total[5m]))`, and `sum by (tenant, route)` of the same.
//! - `sum by (tenant) (rate(shop_requests_total{status=~"5.."}[5m])) / sum by (tenant) (rate(shop_requests_total[5m]))` is
//!   the share of errors that each tenant sees.
//!
//! What the requests of a tenant cost further down is said by the back end: `stock/views.rs`.

use census::view;
use census_http::measures::{ROUTE, SERVER_ACTIVE, SERVER_DURATION, STATUS};

use crate::tenant::TENANT;

view! {
    /// Requests, by route, tenant and status.
    pub(crate) static REQUESTS: Count<SERVER_DURATION> by (ROUTE as route, TENANT, STATUS as status);

    /// Requests that are being worked on, by tenant.
    pub(crate) static REQUESTS_IN_FLIGHT: Sum<SERVER_ACTIVE> by (TENANT);
}
