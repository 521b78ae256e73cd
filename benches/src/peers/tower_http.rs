//! The trace layer of `tower-http`, which makes a span and events of each request.

use std::io;

use axum::Router;
use tower_http::trace::TraceLayer;
use tracing::level_filters::LevelFilter;

/// With a subscriber that formats what it gets, and writes it nowhere.
pub(crate) fn router() -> Router {
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_writer(io::sink)
        .init();
    router_without_subscriber()
}

pub(crate) fn router_without_subscriber() -> Router {
    crate::http::router().layer(TraceLayer::new_for_http())
}
