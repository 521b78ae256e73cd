//! The layer of `opentelemetry-instrumentation-tower`, with metrics and without traces.

use axum::Router;
use opentelemetry_instrumentation_tower::http::server::Layer;

/// The layer takes the providers that are installed for the whole program.
pub(crate) fn router() -> Router {
    opentelemetry::global::set_meter_provider(super::provider().build());
    crate::http::router().layer(Layer::new())
}
