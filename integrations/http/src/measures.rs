//! What the layers record: measures, and the keys of their tags.
//!
//! The names are those of the attributes and metrics of OpenTelemetry's semantic conventions. All keys are local: a value for
//! them that comes from another process is dropped, so that no client can choose the route or the status that its request is
//! counted under.

use std::time::Duration;

use census::{Measure, TagKey, TagValue, measure, tag};

/// The method of the request: one of the known ones, or `_OTHER`.
#[tag(name = "http.request.method", local)]
pub static METHOD: TagKey;

/// The scheme that the server is reached by: what [`ServerLayer::scheme`](crate::ServerLayer::scheme) says.
#[tag(name = "url.scheme", local)]
pub static SCHEME: TagKey<Scheme>;

/// The route that was matched, as a pattern. Not set where nothing was matched.
#[tag(name = "http.route", local)]
pub static ROUTE: TagKey;

/// The status code of the response. Not set where there was none.
#[tag(name = "http.response.status_code", local)]
pub static STATUS: TagKey;

/// How the request failed: a status code, or one of the words that [`ErrorType`](crate::ErrorType) lists. Not set where it did
/// not fail.
#[tag(name = "error.type", local)]
pub static ERROR_TYPE: TagKey;

/// The server that a client sent the request to: one of those that were named, or `_OTHER`.
#[tag(name = "server.address", local)]
pub static SERVER_ADDRESS: TagKey;

/// The port of that server. Not set where the address is `_OTHER`.
#[tag(name = "server.port", local)]
pub static SERVER_PORT: TagKey;

/// The system of remote calls: `grpc`.
#[tag(name = "rpc.system.name", local)]
pub static RPC_SYSTEM: TagKey;

/// The method, as `package.Service/Method`: a known one, or `_OTHER`.
#[tag(name = "rpc.method", local)]
pub static RPC_METHOD: TagKey;

/// The gRPC status by its name, such as `OK` or `NOT_FOUND`. Not set where the call ended without one.
#[tag(name = "rpc.status_code", local)]
pub static RPC_STATUS: TagKey;

/// A value of [`SCHEME`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, TagValue)]
pub enum Scheme {
    /// `http`
    #[default]
    Http,
    /// `https`
    Https,
}

/// How long requests take, from when a server is given one until it has taken the whole response.
#[measure(name = "http.server.request.duration")]
pub static SERVER_DURATION: Measure<Duration>;

/// Requests that a server is working on.
#[measure(name = "http.server.active_requests", unit = "{request}")]
pub static SERVER_ACTIVE: Measure<i64>;

/// The size of a request's body, where it is known.
#[measure(name = "http.server.request.body.size", unit = "By")]
pub static SERVER_REQUEST_SIZE: Measure<u64>;

/// The size of a response's body.
#[measure(name = "http.server.response.body.size", unit = "By")]
pub static SERVER_RESPONSE_SIZE: Measure<u64>;

/// How long requests take, from when a client begins one until it has the whole response.
#[measure(name = "http.client.request.duration")]
pub static CLIENT_DURATION: Measure<Duration>;

/// Requests that a client waits for.
#[measure(name = "http.client.active_requests", unit = "{request}")]
pub static CLIENT_ACTIVE: Measure<i64>;

/// The size of a request's body, where it is known.
#[measure(name = "http.client.request.body.size", unit = "By")]
pub static CLIENT_REQUEST_SIZE: Measure<u64>;

/// The size of a response's body.
#[measure(name = "http.client.response.body.size", unit = "By")]
pub static CLIENT_RESPONSE_SIZE: Measure<u64>;

/// How long calls take, from when a server is given one until it has taken the status.
#[measure(name = "rpc.server.call.duration")]
pub static GRPC_SERVER_DURATION: Measure<Duration>;

/// How long calls take, from when a client begins one until it has the status.
#[measure(name = "rpc.client.call.duration")]
pub static GRPC_CLIENT_DURATION: Measure<Duration>;
