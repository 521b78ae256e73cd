//! The table of the layers that measure requests.

use axum::Router;

use crate::http::router;
use crate::names::CENSUS;
use crate::peers::{axum_prometheus, census, opentelemetry, tower_http};

/// The service without a layer. What it costs is subtracted from the others.
pub(crate) const NO_LAYER: &str = "(no layer)";
pub(crate) const AXUM_PROMETHEUS: &str = "axum-prometheus";
pub(crate) const OPENTELEMETRY_TOWER: &str = "opentelemetry-instrumentation-tower";

/// Makes a service.
type Make = fn() -> Router;

/// The services, each with a layer, by the names of their cases.
pub(crate) const HTTP_PEERS: [(&str, Make); 8] = [
    (NO_LAYER, router),
    (CENSUS, census::http::router),
    ("census, duration only", census::http::router_of_durations),
    ("census, no views", census::http::router_without_views),
    (AXUM_PROMETHEUS, axum_prometheus::router),
    (OPENTELEMETRY_TOWER, opentelemetry::http::router),
    ("tower-http, trace to nowhere", tower_http::router),
    (
        "tower-http, trace without subscriber",
        tower_http::router_without_subscriber,
    ),
];

/// The service of a case.
pub(crate) fn router_of(case: &str) -> Router {
    let mut peers = HTTP_PEERS.iter();
    let (_, make) = peers
        .find(|(name, _)| *name == case)
        .expect("the parent names a case");
    make()
}
