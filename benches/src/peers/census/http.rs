//! The layer of `census-http`.

use axum::Router;
use census::ViewSet;

/// With the views of the four metrics that `opentelemetry`'s layer has, too.
pub(crate) fn router() -> Router {
    with_views(&[
        &census_http::SERVER_VIEWS,
        &census_http::SERVER_VIEWS_IN_DEVELOPMENT,
    ])
}

pub(crate) fn router_of_durations() -> Router {
    with_views(&[&census_http::SERVER_VIEWS])
}

pub(crate) fn router_without_views() -> Router {
    with_views(&[])
}

fn with_views(sets: &[&ViewSet]) -> Router {
    for set in sets {
        set.register().expect("the views are valid");
    }
    crate::http::router().layer(census_http::server())
}
