//! The tenant of a request.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, StatusCode, request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use census::{TagKey, TagMap, tag, tags};

/// The tenant that a request is for.
#[tag]
pub(crate) static TENANT: TagKey;

/// The route by which a request came in, for the back end. `census_http::measures::ROUTE` is local: it never leaves its
/// process.
#[tag]
static SHOP_ROUTE: TagKey;

/// The tenants. A real service asks its database, or trusts a proxy that has checked the client.
pub(crate) const TENANTS: [&str; 3] = ["acme", "globex", "initech"];

/// The tags of a request: of its measurements here and, by the header `baggage`, in the back end.
pub(crate) fn tags_of(request: &request::Parts) -> TagMap {
    let route = request.extensions.get().map(MatchedPath::as_str);
    tags!(TENANT = tenant(&request.headers), SHOP_ROUTE = route)
}

/// Rejects requests without a tenant.
pub(crate) async fn required(request: Request, next: Next) -> Response {
    match tenant(request.headers()) {
        Some(_) => next.run(request).await,
        None => (
            StatusCode::UNAUTHORIZED,
            "x-tenant: acme, globex or initech?\n",
        )
            .into_response(),
    }
}

/// The tenant that the header `x-tenant` names. An unknown name is none, so that clients cannot make rows.
fn tenant(headers: &HeaderMap) -> Option<&'static str> {
    let name = headers.get("x-tenant")?;
    TENANTS.into_iter().find(|tenant| *name == **tenant)
}
