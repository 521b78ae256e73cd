//! The views: what this application wants to see, beside what `census_http` has ready.
//!
//! `SERVER_VIEWS` has the durations of requests by route and status, `CLIENT_VIEWS` those of the requests to the back end.
//! Every service has families of these names, so a query names the `job`. The four golden signals:
//!
//! - rate: `sum by (http_route) (rate(http_server_request_duration_seconds_count{job="shop"}[5m]))`.
//! - errors, as a share: `(sum(rate(http_server_request_duration_seconds_count{job="shop", error_type!=""}[5m])) or vector(0))
//!   / sum(rate(http_server_request_duration_seconds_count{job="shop"}[5m]))`. A request has an `error_type` if the service
//!   failed: a status of 5xx, a panic, a client that left. Until there is such a request there is no series of it, hence
//!   `or vector(0)`. 404 and 409 are answers. Their requests are `http_response_status_code=~"4.."`.
//! - duration: `histogram_quantile(0.99, sum by (le, http_route)
//!   (rate(http_server_request_duration_seconds_bucket{job="shop"}[5m])))`. The back end's share of it:
//!   `sum(rate(http_client_request_duration_seconds_sum{job="shop"}[5m])) /
//!   sum(rate(http_server_request_duration_seconds_sum{job="shop"}[5m]))`.
//! - saturation: `sum by (tenant) (shop_requests_in_flight)`, the requests that the shop is working on.
//!
//! The views of this file add the tenant. They are counters and gauges: a histogram has 17 series for each combination of
//! route, tenant and status.
//!
//! - `sum by (tenant, route) (rate(shop_requests_total[5m]))` is the rate of each tenant.
//! - `sum by (tenant) (rate(shop_requests_total{status=~"5.."}[5m])) / sum by (tenant) (rate(shop_requests_total[5m]))` is
//!   the share of its requests that failed, for each tenant that had one.
//!
//! `stock/views.rs` says what a tenant costs at the bottom layer.

use census::view;
use census_http::measures::{ROUTE, SERVER_ACTIVE, SERVER_DURATION, STATUS};

use crate::tenant::TENANT;

view! {
    /// Requests, by route, tenant and status.
    pub(crate) static REQUESTS: Count<SERVER_DURATION> by (ROUTE as route, TENANT, STATUS as status);

    /// Requests in flight, by tenant.
    pub(crate) static REQUESTS_IN_FLIGHT: Sum<SERVER_ACTIVE> by (TENANT);
}
