//! OpenCensus's measures, tags and views of HTTP and gRPC, for programs and dashboards that have its names.
//!
//! The layers record these measures beside OpenTelemetry's. A measure that no view uses costs one load for each request.
//! The names, tags and bounds are those of OpenCensus's specification (`stats/HTTP.md`, `stats/gRPC.md`); latencies are in
//! milliseconds.
//!
//! | set | views |
//! |---|---|
//! | [`SERVER_VIEWS`] | `opencensus.io/http/server/` `received_bytes`, `sent_bytes`, `server_latency`, `completed_count` |
//! | [`CLIENT_VIEWS`] | `opencensus.io/http/client/` `sent_bytes`, `received_bytes`, `roundtrip_latency`, `completed_count` |
//! | [`GRPC_SERVER_VIEWS`] | `grpc.io/server/` `received_bytes_per_rpc`, `sent_bytes_per_rpc`, `received_messages_per_rpc`, `sent_messages_per_rpc`, `server_latency`, `completed_rpcs`, `started_rpcs` |
//! | [`GRPC_CLIENT_VIEWS`] | `grpc.io/client/` `sent_bytes_per_rpc`, `received_bytes_per_rpc`, `sent_messages_per_rpc`, `received_messages_per_rpc`, `roundtrip_latency`, `completed_rpcs`, `started_rpcs` |
//!
//! There are differences: a route that nothing matched is `unmatched`, and never the path; `http_client_path` and
//! `http_server_path` are not there, because a path has no bound; messages count as they are on the wire, so after
//! compression; the requests of a stream whose body is not [counted](crate::RequestLayer::count_request_body) have no
//! measurements of sent or received bytes and messages.

use census::{Buckets, Measure, TagKey, ViewSet, measure, tag, view};

use crate::views::SIZES;

/// The method of a request to a server.
#[tag(name = "http_server_method", local)]
pub static SERVER_METHOD: TagKey;

/// The route that a server matched, or `unmatched`.
#[tag(name = "http_server_route", local)]
pub static SERVER_ROUTE: TagKey;

/// The status code of a server's response. Not set where there was none.
#[tag(name = "http_server_status", local)]
pub static SERVER_STATUS: TagKey;

/// The method of a client's request.
#[tag(name = "http_client_method", local)]
pub static CLIENT_METHOD: TagKey;

/// The status code that a client got, or `error` where it got no response.
#[tag(name = "http_client_status", local)]
pub static CLIENT_STATUS: TagKey;

/// The method of a call to a server, as `package.Service/Method`.
#[tag(name = "grpc_server_method", local)]
pub static GRPC_SERVER_METHOD: TagKey;

/// The status of a server's call, by its name.
#[tag(name = "grpc_server_status", local)]
pub static GRPC_SERVER_STATUS: TagKey;

/// The method of a client's call, as `package.Service/Method`.
#[tag(name = "grpc_client_method", local)]
pub static GRPC_CLIENT_METHOD: TagKey;

/// The status of a client's call, by its name.
#[tag(name = "grpc_client_status", local)]
pub static GRPC_CLIENT_STATUS: TagKey;

/// Bytes that a server received in a request's body.
#[measure(name = "opencensus.io/http/server/received_bytes", unit = "By")]
pub static SERVER_RECEIVED_BYTES: Measure<u64>;

/// Bytes that a server sent in a response's body.
#[measure(name = "opencensus.io/http/server/sent_bytes", unit = "By")]
pub static SERVER_SENT_BYTES: Measure<u64>;

/// Milliseconds from when a server is given a request until it has taken the whole response.
#[measure(name = "opencensus.io/http/server/server_latency", unit = "ms")]
pub static SERVER_LATENCY: Measure<f64>;

/// Bytes that a client sent in a request's body.
#[measure(name = "opencensus.io/http/client/sent_bytes", unit = "By")]
pub static CLIENT_SENT_BYTES: Measure<u64>;

/// Bytes that a client received in a response's body.
#[measure(name = "opencensus.io/http/client/received_bytes", unit = "By")]
pub static CLIENT_RECEIVED_BYTES: Measure<u64>;

/// Milliseconds from when a client begins a request until it has the whole response.
#[measure(name = "opencensus.io/http/client/roundtrip_latency", unit = "ms")]
pub static CLIENT_ROUNDTRIP_LATENCY: Measure<f64>;

/// Calls that a server has begun to answer.
#[measure(name = "grpc.io/server/started_rpcs")]
pub static GRPC_SERVER_STARTED_RPCS: Measure<u64>;

/// Bytes of the messages that a server received in a call.
#[measure(name = "grpc.io/server/received_bytes_per_rpc", unit = "By")]
pub static GRPC_SERVER_RECEIVED_BYTES: Measure<u64>;

/// Bytes of the messages that a server sent in a call.
#[measure(name = "grpc.io/server/sent_bytes_per_rpc", unit = "By")]
pub static GRPC_SERVER_SENT_BYTES: Measure<u64>;

/// Messages that a server received in a call.
#[measure(name = "grpc.io/server/received_messages_per_rpc")]
pub static GRPC_SERVER_RECEIVED_MESSAGES: Measure<u64>;

/// Messages that a server sent in a call.
#[measure(name = "grpc.io/server/sent_messages_per_rpc")]
pub static GRPC_SERVER_SENT_MESSAGES: Measure<u64>;

/// Milliseconds from when a server is given a call until it has taken the status.
#[measure(name = "grpc.io/server/server_latency", unit = "ms")]
pub static GRPC_SERVER_LATENCY: Measure<f64>;

/// Calls that a client has begun.
#[measure(name = "grpc.io/client/started_rpcs")]
pub static GRPC_CLIENT_STARTED_RPCS: Measure<u64>;

/// Bytes of the messages that a client sent in a call.
#[measure(name = "grpc.io/client/sent_bytes_per_rpc", unit = "By")]
pub static GRPC_CLIENT_SENT_BYTES: Measure<u64>;

/// Bytes of the messages that a client received in a call.
#[measure(name = "grpc.io/client/received_bytes_per_rpc", unit = "By")]
pub static GRPC_CLIENT_RECEIVED_BYTES: Measure<u64>;

/// Messages that a client sent in a call.
#[measure(name = "grpc.io/client/sent_messages_per_rpc")]
pub static GRPC_CLIENT_SENT_MESSAGES: Measure<u64>;

/// Messages that a client received in a call.
#[measure(name = "grpc.io/client/received_messages_per_rpc")]
pub static GRPC_CLIENT_RECEIVED_MESSAGES: Measure<u64>;

/// Milliseconds from when a client begins a call until it has the status.
#[measure(name = "grpc.io/client/roundtrip_latency", unit = "ms")]
pub static GRPC_CLIENT_ROUNDTRIP_LATENCY: Measure<f64>;

/// The bounds of HTTP latencies, in milliseconds.
const HTTP_LATENCIES: Buckets<f64> = Buckets::list(&[
    0., 1., 2., 3., 4., 5., 6., 8., 10., 13., 16., 20., 25., 30., 40., 50., 65., 80., 100., 130.,
    160., 200., 250., 300., 400., 500., 650., 800., 1_000., 2_000., 5_000., 10_000., 20_000.,
    50_000., 100_000.,
]);

/// The bounds of gRPC latencies, in milliseconds.
const GRPC_LATENCIES: Buckets<f64> = Buckets::list(&[
    0., 0.01, 0.05, 0.1, 0.3, 0.6, 0.8, 1., 2., 3., 4., 5., 6., 8., 10., 13., 16., 20., 25., 30.,
    40., 50., 65., 80., 100., 130., 160., 200., 250., 300., 400., 500., 650., 800., 1_000., 2_000.,
    5_000., 10_000., 20_000., 50_000., 100_000.,
]);

/// The bounds of numbers of messages.
const MESSAGES: Buckets<u64> = Buckets::list(&[
    0,
    1,
    2,
    4,
    8,
    16,
    32,
    64,
    128,
    256,
    512,
    1 << 10,
    1 << 11,
    1 << 12,
    1 << 13,
    1 << 14,
    1 << 15,
    1 << 16,
]);

view! {
    /// Distribution of bytes received, by HTTP method, route and status.
    #[optional]
    pub static SERVER_RECEIVED_BYTES_VIEW: Distribution<SERVER_RECEIVED_BYTES> by (SERVER_METHOD, SERVER_ROUTE, SERVER_STATUS) {
        name: "opencensus.io/http/server/received_bytes", buckets: SIZES, namespace: false,
    }

    /// Distribution of bytes sent, by HTTP method, route and status.
    #[optional]
    pub static SERVER_SENT_BYTES_VIEW: Distribution<SERVER_SENT_BYTES> by (SERVER_METHOD, SERVER_ROUTE, SERVER_STATUS) {
        name: "opencensus.io/http/server/sent_bytes", buckets: SIZES, namespace: false,
    }

    /// Latency distribution of HTTP requests, by HTTP method, route and status.
    #[optional]
    pub static SERVER_LATENCY_VIEW: Distribution<SERVER_LATENCY> by (SERVER_METHOD, SERVER_ROUTE, SERVER_STATUS) {
        name: "opencensus.io/http/server/server_latency", buckets: HTTP_LATENCIES, namespace: false,
    }

    /// Count of HTTP requests completed, by HTTP method, route and status.
    #[optional]
    pub static SERVER_COMPLETED_COUNT: Count<SERVER_LATENCY> by (SERVER_METHOD, SERVER_ROUTE, SERVER_STATUS) {
        name: "opencensus.io/http/server/completed_count", namespace: false,
    }

    /// Distribution of bytes sent, by HTTP method and status.
    #[optional]
    pub static CLIENT_SENT_BYTES_VIEW: Distribution<CLIENT_SENT_BYTES> by (CLIENT_METHOD, CLIENT_STATUS) {
        name: "opencensus.io/http/client/sent_bytes", buckets: SIZES, namespace: false,
    }

    /// Distribution of bytes received, by HTTP method and status.
    #[optional]
    pub static CLIENT_RECEIVED_BYTES_VIEW: Distribution<CLIENT_RECEIVED_BYTES> by (CLIENT_METHOD, CLIENT_STATUS) {
        name: "opencensus.io/http/client/received_bytes", buckets: SIZES, namespace: false,
    }

    /// End-to-end latency, by HTTP method and status.
    #[optional]
    pub static CLIENT_ROUNDTRIP_LATENCY_VIEW: Distribution<CLIENT_ROUNDTRIP_LATENCY> by (CLIENT_METHOD, CLIENT_STATUS) {
        name: "opencensus.io/http/client/roundtrip_latency", buckets: HTTP_LATENCIES, namespace: false,
    }

    /// Count of completed requests, by HTTP method and status.
    #[optional]
    pub static CLIENT_COMPLETED_COUNT: Count<CLIENT_ROUNDTRIP_LATENCY> by (CLIENT_METHOD, CLIENT_STATUS) {
        name: "opencensus.io/http/client/completed_count", namespace: false,
    }

    /// Distribution of total received bytes per RPC, by method.
    #[optional]
    pub static GRPC_SERVER_RECEIVED_BYTES_VIEW: Distribution<GRPC_SERVER_RECEIVED_BYTES> by (GRPC_SERVER_METHOD) {
        name: "grpc.io/server/received_bytes_per_rpc", buckets: SIZES, namespace: false,
    }

    /// Distribution of total sent bytes per RPC, by method.
    #[optional]
    pub static GRPC_SERVER_SENT_BYTES_VIEW: Distribution<GRPC_SERVER_SENT_BYTES> by (GRPC_SERVER_METHOD) {
        name: "grpc.io/server/sent_bytes_per_rpc", buckets: SIZES, namespace: false,
    }

    /// Distribution of messages received per RPC, by method.
    #[optional]
    pub static GRPC_SERVER_RECEIVED_MESSAGES_VIEW: Distribution<GRPC_SERVER_RECEIVED_MESSAGES> by (GRPC_SERVER_METHOD) {
        name: "grpc.io/server/received_messages_per_rpc", buckets: MESSAGES, namespace: false,
    }

    /// Distribution of messages sent per RPC, by method.
    #[optional]
    pub static GRPC_SERVER_SENT_MESSAGES_VIEW: Distribution<GRPC_SERVER_SENT_MESSAGES> by (GRPC_SERVER_METHOD) {
        name: "grpc.io/server/sent_messages_per_rpc", buckets: MESSAGES, namespace: false,
    }

    /// Distribution of server latency, by method.
    #[optional]
    pub static GRPC_SERVER_LATENCY_VIEW: Distribution<GRPC_SERVER_LATENCY> by (GRPC_SERVER_METHOD) {
        name: "grpc.io/server/server_latency", buckets: GRPC_LATENCIES, namespace: false,
    }

    /// Number of completed RPCs, by method and status.
    #[optional]
    pub static GRPC_SERVER_COMPLETED_RPCS: Count<GRPC_SERVER_LATENCY> by (GRPC_SERVER_METHOD, GRPC_SERVER_STATUS) {
        name: "grpc.io/server/completed_rpcs", namespace: false,
    }

    /// Number of started RPCs, by method.
    #[optional]
    pub static GRPC_SERVER_STARTED_RPCS_VIEW: Count<GRPC_SERVER_STARTED_RPCS> by (GRPC_SERVER_METHOD) {
        name: "grpc.io/server/started_rpcs", namespace: false,
    }

    /// Distribution of total sent bytes per RPC, by method.
    #[optional]
    pub static GRPC_CLIENT_SENT_BYTES_VIEW: Distribution<GRPC_CLIENT_SENT_BYTES> by (GRPC_CLIENT_METHOD) {
        name: "grpc.io/client/sent_bytes_per_rpc", buckets: SIZES, namespace: false,
    }

    /// Distribution of total received bytes per RPC, by method.
    #[optional]
    pub static GRPC_CLIENT_RECEIVED_BYTES_VIEW: Distribution<GRPC_CLIENT_RECEIVED_BYTES> by (GRPC_CLIENT_METHOD) {
        name: "grpc.io/client/received_bytes_per_rpc", buckets: SIZES, namespace: false,
    }

    /// Distribution of messages sent per RPC, by method.
    #[optional]
    pub static GRPC_CLIENT_SENT_MESSAGES_VIEW: Distribution<GRPC_CLIENT_SENT_MESSAGES> by (GRPC_CLIENT_METHOD) {
        name: "grpc.io/client/sent_messages_per_rpc", buckets: MESSAGES, namespace: false,
    }

    /// Distribution of messages received per RPC, by method.
    #[optional]
    pub static GRPC_CLIENT_RECEIVED_MESSAGES_VIEW: Distribution<GRPC_CLIENT_RECEIVED_MESSAGES> by (GRPC_CLIENT_METHOD) {
        name: "grpc.io/client/received_messages_per_rpc", buckets: MESSAGES, namespace: false,
    }

    /// Distribution of round-trip latency, by method.
    #[optional]
    pub static GRPC_CLIENT_ROUNDTRIP_LATENCY_VIEW: Distribution<GRPC_CLIENT_ROUNDTRIP_LATENCY> by (GRPC_CLIENT_METHOD) {
        name: "grpc.io/client/roundtrip_latency", buckets: GRPC_LATENCIES, namespace: false,
    }

    /// Number of completed RPCs, by method and status.
    #[optional]
    pub static GRPC_CLIENT_COMPLETED_RPCS: Count<GRPC_CLIENT_ROUNDTRIP_LATENCY> by (GRPC_CLIENT_METHOD, GRPC_CLIENT_STATUS) {
        name: "grpc.io/client/completed_rpcs", namespace: false,
    }

    /// Number of started RPCs, by method.
    #[optional]
    pub static GRPC_CLIENT_STARTED_RPCS_VIEW: Count<GRPC_CLIENT_STARTED_RPCS> by (GRPC_CLIENT_METHOD) {
        name: "grpc.io/client/started_rpcs", namespace: false,
    }
}

/// OpenCensus's default views of an HTTP server.
pub static SERVER_VIEWS: ViewSet = ViewSet::new(&[
    &SERVER_RECEIVED_BYTES_VIEW,
    &SERVER_SENT_BYTES_VIEW,
    &SERVER_LATENCY_VIEW,
    &SERVER_COMPLETED_COUNT,
]);

/// OpenCensus's default views of an HTTP client.
pub static CLIENT_VIEWS: ViewSet = ViewSet::new(&[
    &CLIENT_SENT_BYTES_VIEW,
    &CLIENT_RECEIVED_BYTES_VIEW,
    &CLIENT_ROUNDTRIP_LATENCY_VIEW,
    &CLIENT_COMPLETED_COUNT,
]);

/// OpenCensus's views of a gRPC server.
pub static GRPC_SERVER_VIEWS: ViewSet = ViewSet::new(&[
    &GRPC_SERVER_RECEIVED_BYTES_VIEW,
    &GRPC_SERVER_SENT_BYTES_VIEW,
    &GRPC_SERVER_RECEIVED_MESSAGES_VIEW,
    &GRPC_SERVER_SENT_MESSAGES_VIEW,
    &GRPC_SERVER_LATENCY_VIEW,
    &GRPC_SERVER_COMPLETED_RPCS,
    &GRPC_SERVER_STARTED_RPCS_VIEW,
]);

/// OpenCensus's views of a gRPC client.
pub static GRPC_CLIENT_VIEWS: ViewSet = ViewSet::new(&[
    &GRPC_CLIENT_SENT_BYTES_VIEW,
    &GRPC_CLIENT_RECEIVED_BYTES_VIEW,
    &GRPC_CLIENT_SENT_MESSAGES_VIEW,
    &GRPC_CLIENT_RECEIVED_MESSAGES_VIEW,
    &GRPC_CLIENT_ROUNDTRIP_LATENCY_VIEW,
    &GRPC_CLIENT_COMPLETED_RPCS,
    &GRPC_CLIENT_STARTED_RPCS_VIEW,
]);
