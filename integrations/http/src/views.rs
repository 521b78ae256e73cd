//! Views with the names, labels, units and buckets of OpenTelemetry's semantic conventions 1.45.0.
//!
//! All views are `#[optional]`: a program registers a set of them, or gives it to its exporter. They stand outside of the
//! exporter's namespace, because dashboards expect these names.
//!
//! | set | families |
//! |---|---|
//! | [`SERVER_VIEWS`] | `http_server_request_duration_seconds` |
//! | [`SERVER_VIEWS_IN_DEVELOPMENT`] | `http_server_active_requests`, `http_server_request_body_size_bytes`, `http_server_response_body_size_bytes` |
//! | [`CLIENT_VIEWS`] | `http_client_request_duration_seconds` |
//! | [`CLIENT_VIEWS_IN_DEVELOPMENT`] | `http_client_active_requests`, `http_client_request_body_size_bytes`, `http_client_response_body_size_bytes` |
//! | [`GRPC_SERVER_VIEWS`] | `rpc_server_call_duration_seconds` |
//! | [`GRPC_CLIENT_VIEWS`] | `rpc_client_call_duration_seconds` |
//!
//! What the conventions call stable is apart from what they call *in development*, whose names may change.
//!
//! Other views of the same measures, with other buckets or with columns of your own, are declared as any view is.

use std::time::Duration;

use census::{Buckets, ViewSet, view};

use crate::measures::{
    CLIENT_ACTIVE, CLIENT_DURATION, CLIENT_REQUEST_SIZE, CLIENT_RESPONSE_SIZE, ERROR_TYPE,
    GRPC_CLIENT_DURATION, GRPC_SERVER_DURATION, METHOD, ROUTE, RPC_METHOD, RPC_STATUS, RPC_SYSTEM,
    SCHEME, SERVER_ACTIVE, SERVER_ADDRESS, SERVER_DURATION, SERVER_PORT, SERVER_REQUEST_SIZE,
    SERVER_RESPONSE_SIZE, STATUS,
};

/// The bounds that the conventions recommend for durations.
const DURATIONS: Buckets<Duration> = Buckets::list(&[
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(75),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_millis(750),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
    Duration::from_secs(5),
    Duration::from_millis(7_500),
    Duration::from_secs(10),
]);

view! {
    /// Duration of HTTP server requests.
    #[optional]
    pub static SERVER_REQUEST_DURATION: Distribution<SERVER_DURATION> by (METHOD, SCHEME, ROUTE, STATUS, ERROR_TYPE) {
        name: "http_server_request_duration_seconds", buckets: DURATIONS, namespace: false,
    }

    /// Number of active HTTP server requests.
    #[optional]
    pub static SERVER_ACTIVE_REQUESTS: Sum<SERVER_ACTIVE> by (METHOD, SCHEME) {
        name: "http_server_active_requests", namespace: false,
    }

    /// Size of HTTP server request bodies.
    #[optional]
    pub static SERVER_REQUEST_BODY_SIZE: Distribution<SERVER_REQUEST_SIZE> by (METHOD, SCHEME, ROUTE, STATUS, ERROR_TYPE) {
        name: "http_server_request_body_size_bytes", buckets: SIZES, namespace: false,
    }

    /// Size of HTTP server response bodies.
    #[optional]
    pub static SERVER_RESPONSE_BODY_SIZE: Distribution<SERVER_RESPONSE_SIZE> by (METHOD, SCHEME, ROUTE, STATUS, ERROR_TYPE) {
        name: "http_server_response_body_size_bytes", buckets: SIZES, namespace: false,
    }

    /// Duration of HTTP client requests.
    #[optional]
    pub static CLIENT_REQUEST_DURATION: Distribution<CLIENT_DURATION> by (METHOD, SERVER_ADDRESS, SERVER_PORT, STATUS, ERROR_TYPE) {
        name: "http_client_request_duration_seconds", buckets: DURATIONS, namespace: false,
    }

    /// Number of active HTTP requests.
    #[optional]
    pub static CLIENT_ACTIVE_REQUESTS: Sum<CLIENT_ACTIVE> by (METHOD, SERVER_ADDRESS, SERVER_PORT) {
        name: "http_client_active_requests", namespace: false,
    }

    /// Size of HTTP client request bodies.
    #[optional]
    pub static CLIENT_REQUEST_BODY_SIZE: Distribution<CLIENT_REQUEST_SIZE> by (METHOD, SERVER_ADDRESS, SERVER_PORT, STATUS, ERROR_TYPE) {
        name: "http_client_request_body_size_bytes", buckets: SIZES, namespace: false,
    }

    /// Size of HTTP client response bodies.
    #[optional]
    pub static CLIENT_RESPONSE_BODY_SIZE: Distribution<CLIENT_RESPONSE_SIZE> by (METHOD, SERVER_ADDRESS, SERVER_PORT, STATUS, ERROR_TYPE) {
        name: "http_client_response_body_size_bytes", buckets: SIZES, namespace: false,
    }

    /// Measures the duration of an incoming Remote Procedure Call (RPC).
    #[optional]
    pub static GRPC_SERVER_CALL_DURATION: Distribution<GRPC_SERVER_DURATION> by (RPC_SYSTEM, RPC_METHOD, RPC_STATUS, ERROR_TYPE) {
        name: "rpc_server_call_duration_seconds", buckets: DURATIONS, namespace: false,
    }

    /// Measures the duration of an outgoing Remote Procedure Call (RPC).
    #[optional]
    pub static GRPC_CLIENT_CALL_DURATION: Distribution<GRPC_CLIENT_DURATION> by (RPC_SYSTEM, RPC_METHOD, RPC_STATUS, ERROR_TYPE, SERVER_ADDRESS, SERVER_PORT) {
        name: "rpc_client_call_duration_seconds", buckets: DURATIONS, namespace: false,
    }
}

/// The bounds of sizes, in bytes: those of OpenCensus, because OpenTelemetry's conventions recommend none.
pub(crate) const SIZES: Buckets<u64> = Buckets::list(&[
    0,
    1 << 10,
    1 << 11,
    1 << 12,
    1 << 14,
    1 << 16,
    1 << 18,
    1 << 20,
    1 << 22,
    1 << 24,
    1 << 26,
    1 << 28,
    1 << 30,
    1 << 32,
]);

/// What the conventions call stable of an HTTP server.
pub static SERVER_VIEWS: ViewSet = ViewSet::new(&[&SERVER_REQUEST_DURATION]);

/// What the conventions call in development of an HTTP server: active requests, and the sizes of bodies.
pub static SERVER_VIEWS_IN_DEVELOPMENT: ViewSet = ViewSet::new(&[
    &SERVER_ACTIVE_REQUESTS,
    &SERVER_REQUEST_BODY_SIZE,
    &SERVER_RESPONSE_BODY_SIZE,
]);

/// What the conventions call stable of an HTTP client.
pub static CLIENT_VIEWS: ViewSet = ViewSet::new(&[&CLIENT_REQUEST_DURATION]);

/// What the conventions call in development of an HTTP client: active requests, and the sizes of bodies.
pub static CLIENT_VIEWS_IN_DEVELOPMENT: ViewSet = ViewSet::new(&[
    &CLIENT_ACTIVE_REQUESTS,
    &CLIENT_REQUEST_BODY_SIZE,
    &CLIENT_RESPONSE_BODY_SIZE,
]);

/// What the conventions say of a gRPC server.
pub static GRPC_SERVER_VIEWS: ViewSet = ViewSet::new(&[&GRPC_SERVER_CALL_DURATION]);

/// What the conventions say of a gRPC client.
pub static GRPC_CLIENT_VIEWS: ViewSet = ViewSet::new(&[&GRPC_CLIENT_CALL_DURATION]);
