//! Metrics of HTTP and gRPC requests: `tower` layers for servers and clients, which record into `census`.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod call;
mod error_type;
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

/// A layer that measures HTTP requests to a server.
#[must_use]
pub fn server() -> ServerLayer {
    RequestLayer::new(Protocol::Http, Side::Server)
}

/// A layer that measures HTTP requests of a client.
#[must_use]
pub fn client() -> ClientLayer {
    RequestLayer::new(Protocol::Http, Side::Client)
}

/// A layer that measures gRPC calls to a server.
#[must_use]
pub fn grpc_server() -> GrpcServerLayer {
    RequestLayer::new(Protocol::Grpc, Side::Server)
}

/// A layer that measures gRPC calls of a client.
#[must_use]
pub fn grpc_client() -> GrpcClientLayer {
    RequestLayer::new(Protocol::Grpc, Side::Client)
}
