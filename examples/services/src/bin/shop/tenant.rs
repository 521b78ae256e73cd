//! Whose request it is.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, StatusCode, request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use census::{TagKey, TagMap, tag, tags};

/// The tenant whose request this is.
#[tag]
pub(crate) static TENANT: TagKey;

/// The route by which the request came in. The layer has a tag of its own for it, which never leaves the process; this one
/// goes to the back end.
#[tag]
static SHOP_ROUTE: TagKey;

/// The tenants. A service of yours would ask its database, or trust a proxy that has checked who it is.
pub(crate) const TENANTS: [&str; 3] = ["acme", "globex", "initech"];

/// The tags of a request: of its measurements here and, by the header `baggage`, in the back end.
pub(crate) fn tags_of(request: &request::Parts) -> TagMap {
    let route = request.extensions.get().map(MatchedPath::as_str);
    tags!(TENANT = tenant(&request.headers), SHOP_ROUTE = route)
}

/// Rejects requests of strangers.
pub(crate) async fn required(request: Request, next: Next) -> Response {
    match tenant(request.headers()) {
        Some(_) => next.run(request).await,
        None => (StatusCode::UNAUTHORIZED, "who are you?\n").into_response(),
    }
}

/// The tenant that the header `x-tenant` names. A name that is not known is none, so strangers cannot make rows.
fn tenant(headers: &HeaderMap) -> Option<&'static str> {
    let name = headers.get("x-tenant")?;
    TENANTS.into_iter().find(|tenant| *name == **tenant)
}
