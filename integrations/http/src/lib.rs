//! Metrics of HTTP and gRPC requests: `tower` layers for servers and clients, which record into [`census`].
//!
//! ```toml
//! census = { package = "census-metrics", path = "…/census", features = ["server"] }
//! census-http = { path = "…/integrations/http", features = ["axum"] }     # without the feature, there are no routes
//! ```
//!
//! A service adds a layer, and its exporter the views:
//!
//! ```
//! # #[cfg(feature = "axum")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use axum::{Router, routing::get};
//! use census::prometheus::Exporter;
//!
//! # async fn user() {}
//! # async fn orders() {}
//! let app: Router = Router::new()
//!     .route("/users/{id}", get(user))
//!     .route("/orders", get(orders))
//!     .layer(census_http::server());                            // after the routes
//!
//! let exporter = Exporter::builder()
//!     .views(&census_http::SERVER_VIEWS)                        // rate, errors, durations
//!     .views(&census_http::SERVER_VIEWS_IN_DEVELOPMENT)         // requests in flight, sizes
//!     .build()?;
//! let metrics = exporter.bind("127.0.0.1:9000").await?;         // at an address that clients do not reach
//! # drop((app, metrics));
//! # Ok(())
//! # }
//! ```
//!
//! ```text
//! http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="http",http_route="/users/{id}",http_response_status_code="200",error_type=""} 2
//! http_server_active_requests{http_request_method="GET",url_scheme="http"} 0
//! ```
//!
//! What one asks Prometheus:
//!
//! | | |
//! |---|---|
//! | rate, by route | `sum by (http_route) (rate(http_server_request_duration_seconds_count[5m]))` |
//! | share of errors | `(sum(rate(http_server_request_duration_seconds_count{error_type!=""}[5m])) or vector(0)) / sum(rate(http_server_request_duration_seconds_count[5m]))` |
//! | duration of 99% | `histogram_quantile(0.99, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket[5m])))` |
//! | requests in flight | `sum(http_server_active_requests)` |
//!
//! # The layers
//!
//! | layer | of | names |
//! |---|---|---|
//! | [`server()`] | HTTP servers: axum, `warp::service`, any `tower` service | [`SERVER_VIEWS`], [`SERVER_VIEWS_IN_DEVELOPMENT`] |
//! | [`client()`] | HTTP clients: `hyper-util`'s, `reqwest`'s by the feature `reqwest` | [`CLIENT_VIEWS`], [`CLIENT_VIEWS_IN_DEVELOPMENT`] |
//! | [`grpc_server()`] | gRPC servers: `tonic`'s | [`GRPC_SERVER_VIEWS`] |
//! | [`grpc_client()`] | gRPC clients: `tonic`'s channels | [`GRPC_CLIENT_VIEWS`] |
//!
//! Names, labels and buckets are those of OpenTelemetry's semantic conventions 1.45.0 ([`views`]). OpenCensus's are there, too
//! ([`opencensus`]). The measures are like any others: a program may have views of its own over [`measures`].
//!
//! # When a request ends
//!
//! A request begins when the service is called. It ends when the server has taken the last of the response's body, or drops
//! it; what the kernel and the client do later cannot be seen. So its duration has the whole response, and a stream is in
//! flight as long as it lasts. The body is complete
//!
//! - when it says so, or has had its trailers,
//! - when as many bytes have passed as the response has (`Content-Length`, or the exact length that the body says it has):
//!   a server does not ask for more then,
//! - at once when none is read: the response to a `HEAD`, a status of 1xx, 204 or 304, an upgrade, and a `CONNECT` that
//!   succeeded.
//!
//! A request that ends in another way has an [`ErrorType`]. In each case it ends once, and is taken out of the requests in
//! flight.
//!
//! # What bounds the rows
//!
//! Clients cannot make rows. The method is a known one or `_OTHER`, the route is what the router matched, and never the
//! path. A gRPC method is one that the program has named or that has answered OK, or `_OTHER`. A client's server is one of those
//! that were named ([`servers`](RequestLayer::servers)), or `_OTHER`.
//!
//! # axum
//!
//! With the feature `axum`, the route is the router's `MatchedPath`. Where the layer stands decides whether it sees one:
//!
//! | position | sees |
//! |---|---|
//! | `Router::layer`, after all routes and nested routers | all requests, also those that no route matches; the route, with the prefixes of `nest`; but no route of what `nest_service` nests |
//! | `Router::layer` of a router that is nested | its requests, with the whole route; under `nest`, its 404s only if it has a fallback of its own |
//! | `Router::layer` of a router that another one merges | its requests, and the 404s of both: axum keeps the last router's answer for them |
//! | `Router::route_layer`, or a layer of one route | only requests that a route matches, also those of another method (405): no 404 |
//! | around the router (`server().layer(router)`), also as the service of `nest_service` | all requests, but no route. `axum::serve` wants axum's body: `ServiceBuilder::new().map_response(\|r: Response<_>\| r.map(Body::new)).layer(census_http::server()).service(router)` |
//! | around the service of `route_service` | its requests, with the route of the outer router |
//!
//! [`set_route`] and [`route`](ServerLayer::route) say the route where no router does.
//!
//! # Tags
//!
//! [`tags`](RequestLayer::tags) gives a request tags, which are current in the handler and in everything that it calls, so a
//! measurement of a storage layer can be broken down by the tenant of the request. [`take_baggage`](RequestLayer::take_baggage)
//! takes tags from the header, and [`send_baggage`](RequestLayer::send_baggage) sends them on. Both are off unless they are
//! asked for. `baggage` is no secret, and no proof: a client can write any tag into it.
//!
//! ```
//! use census::{TagFilter, TagKey, tag, tags};
//!
//! /// Who pays.
//! #[tag]
//! static TENANT: TagKey;
//!
//! // The front door knows the tenant, and hands it on.
//! let front = census_http::server().tags(|request| {
//!     let tenant = request.headers.get("x-tenant").and_then(|value| value.to_str().ok());
//!     tags!(TENANT = tenant)
//! });
//! let client = census_http::client().servers(["stock:8001"]).send_baggage([]);
//!
//! // The back end believes it, because only the front door can reach it.
//! let back = census_http::server().take_baggage([TagFilter::include("tenant")]);
//! ```
//!
//! # Features
//!
//! | feature | for | adds |
//! |---|---|---|
//! | none (default) | any `tower` service | `http`, `http-body`, `tower-layer`, `tower-service`, `bytes`, `pin-project-lite` |
//! | `axum` | the route that axum has matched | `axum` without its defaults |
//! | `tonic` | the methods of generated clients and of descriptor sets, `grpc-tags-bin` | `tonic` without its defaults, `prost`, `prost-types` |
//! | `reqwest` | [`reqwest::MeasuredClient`] | `reqwest` without its defaults |
//!
//! # Limits
//!
//! - The size of a request's body is the length that it says it has; one of unknown length has no measurement, unless
//!   [`count_request_body`](RequestLayer::count_request_body) counts it.
//! - A client that reads the status and drops the body has cancelled the request. If the status is an error, that is what
//!   counts.
//! - With `panic = "abort"`, no request ends as `panicked`.
//! - What a handler spawns is measured by nothing here, and has no tags unless they are handed over.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod error_type;
mod facts;
mod future;
mod grpc;
mod known;
mod layer;
pub mod measures;
pub mod opencensus;
mod propagate;
mod record;
mod request_body;
#[cfg(feature = "reqwest")]
pub mod reqwest;
mod response_body;
mod route;
mod servers;
mod service;
mod settings;
mod side;
mod target;
#[cfg(feature = "tonic")]
mod tonic;
pub mod views;

pub use error_type::ErrorType;
pub use future::ResponseFuture;
pub use layer::{ClientLayer, GrpcClientLayer, GrpcServerLayer, RequestLayer, ServerLayer, kind};
pub use measures::Scheme;
pub use request_body::{Counted, PassRequestBody, RequestBody, Uncounted};
pub use response_body::ResponseBody;
pub use route::set_route;
pub use service::Measured;
use side::{Protocol, Side};
pub use views::{
    CLIENT_VIEWS, CLIENT_VIEWS_IN_DEVELOPMENT, GRPC_CLIENT_VIEWS, GRPC_SERVER_VIEWS, SERVER_VIEWS,
    SERVER_VIEWS_IN_DEVELOPMENT,
};

/// A layer that measures HTTP requests to a server. In axum it comes after the routes, and sees them with the feature `axum`:
/// [axum](crate#axum). Elsewhere [`route`](ServerLayer::route) or [`set_route`] says the route.
///
/// ```
/// use tower::{Layer as _, service_fn};
/// # use std::convert::Infallible;
/// # use http::{Request, Response};
/// # use http_body_util::Full;
/// # use hyper::body::{Bytes, Incoming};
///
/// async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
///     Ok(Response::new("hello".into()))
/// }
/// let service = census_http::server().layer(service_fn(answer));
/// ```
#[must_use]
pub fn server() -> ServerLayer {
    RequestLayer::new(Protocol::Http, Side::Server)
}

/// A layer that measures HTTP requests of a client.
///
/// ```
/// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
/// use tower::Layer as _;
///
/// let client = Client::builder(TokioExecutor::new()).build_http::<http_body_util::Full<hyper::body::Bytes>>();
/// let client = census_http::client().servers(["api.example.com"]).layer(client);
/// ```
#[must_use]
pub fn client() -> ClientLayer {
    RequestLayer::new(Protocol::Http, Side::Client)
}

/// A layer that measures gRPC calls to a server: `tonic::transport::Server::builder().layer(census_http::grpc_server())`.
///
/// The timeout of `tonic`'s server, and the deadline of a call, are around its layers: a call that they end has the status
/// `CANCELLED` and the error `cancelled` here. A call that its load shedding rejects does not come to a layer.
///
/// The layer reads gRPC, and not gRPC-Web: with `tonic-web`, it comes after (below) `GrpcWebLayer`.
#[must_use]
pub fn grpc_server() -> GrpcServerLayer {
    RequestLayer::new(Protocol::Grpc, Side::Server)
}

/// A layer that measures gRPC calls of a client: the generated client takes `census_http::grpc_client().layer(channel)`
/// in place of the channel.
///
/// A call without a response has the status `UNAVAILABLE` and the error `service_error`; a response that breaks off has the status
/// `UNKNOWN` and the error `body_error`. `tonic` calls the status `CANCELLED` if the timeout of its channel was over, which only it
/// knows. A call whose answer the client rejects, because it is too large, is `CANCELLED`.
#[must_use]
pub fn grpc_client() -> GrpcClientLayer {
    RequestLayer::new(Protocol::Grpc, Side::Client)
}
