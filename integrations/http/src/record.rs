//! The measurements of a request: at its beginning, and at its end.

use std::time::Duration;

use census::{Held, Measure, Timer, hold, record};
use http::StatusCode;

use crate::error_type::ErrorType;
use crate::facts::Facts;
use crate::grpc::{GrpcStatus, MessageCounter};
use crate::measures::{
    CLIENT_ACTIVE, CLIENT_DURATION, CLIENT_REQUEST_SIZE, CLIENT_RESPONSE_SIZE, ERROR_TYPE,
    GRPC_CLIENT_DURATION, GRPC_SERVER_DURATION, METHOD, ROUTE, RPC_METHOD, RPC_STATUS, RPC_SYSTEM,
    SCHEME, SERVER_ACTIVE, SERVER_ADDRESS, SERVER_DURATION, SERVER_PORT, SERVER_REQUEST_SIZE,
    SERVER_RESPONSE_SIZE, STATUS,
};
use crate::opencensus as oc;
use crate::settings::Settings;
use crate::side::{Protocol, Side};
use crate::target::Target;

pub(crate) fn start(settings: &Settings) -> Timer<'static> {
    let measure: &'static Measure<Duration> = match (settings.protocol, settings.side) {
        (Protocol::Http, Side::Server) => &SERVER_DURATION,
        (Protocol::Http, Side::Client) => &CLIENT_DURATION,
        (Protocol::Grpc, Side::Server) => &GRPC_SERVER_DURATION,
        (Protocol::Grpc, Side::Client) => &GRPC_CLIENT_DURATION,
    };
    measure.start()
}

/// Records that a request begins. What is returned counts it as active.
pub(crate) fn begin(settings: &Settings, target: &Target) -> Option<Held> {
    let method = target.method.name(settings);
    match (settings.protocol, settings.side) {
        (Protocol::Http, Side::Server) => Some(hold!(
            SERVER_ACTIVE = 1,
            tags(METHOD = method, SCHEME = settings.scheme)
        )),
        (Protocol::Http, Side::Client) => {
            let (address, port) = server(settings, target);
            Some(hold!(
                CLIENT_ACTIVE = 1,
                tags(
                    METHOD = method,
                    SERVER_ADDRESS = address,
                    SERVER_PORT = port
                )
            ))
        }
        (Protocol::Grpc, Side::Server) => {
            record!(
                oc::GRPC_SERVER_STARTED_RPCS = 1,
                tags(oc::GRPC_SERVER_METHOD = method)
            );
            None
        }
        (Protocol::Grpc, Side::Client) => {
            record!(
                oc::GRPC_CLIENT_STARTED_RPCS = 1,
                tags(oc::GRPC_CLIENT_METHOD = method)
            );
            None
        }
    }
}

/// Records the measurements in the first braces and, if the request's body is known, those in the second ones. All have the same
/// tags.
macro_rules! record_with_request {
    ({ $($always:tt)* } if let $known:pat = $request:expr => { $($of_request:tt)* } tags $tags:tt) => {
        record!($($always)*, tags $tags);
        if let $known = $request {
            record!($($of_request)*, tags $tags);
        }
    };
}

/// Records the end of a request.
pub(crate) fn end(facts: &mut Facts, failure: Option<ErrorType>) {
    match (facts.settings.protocol, facts.settings.side) {
        (Protocol::Http, Side::Server) => end_http_server(facts, failure),
        (Protocol::Http, Side::Client) => end_http_client(facts, failure),
        (Protocol::Grpc, side) => end_grpc(facts, side, failure),
    }
}

fn end_http_server(facts: &Facts, failure: Option<ErrorType>) {
    let settings = &*facts.settings;
    let method = facts.target.method.name(settings);
    let status = facts.status.map(|status| status.as_u16());
    let route = facts.route.as_ref();
    let error = status_error(status, 500).or(failure);
    let elapsed = facts.timer.elapsed();
    let request_size = facts.request_size.bytes();

    record_with_request!(
        { SERVER_DURATION = elapsed,
          SERVER_RESPONSE_SIZE = facts.response_bytes }
        if let Some(len) = request_size => { SERVER_REQUEST_SIZE = len }
        tags(METHOD = method, SCHEME = settings.scheme, ROUTE = route, STATUS = status, ERROR_TYPE = error)
    );

    let route = route.map_or("unmatched", |route| route.as_str());
    record_with_request!(
        { oc::SERVER_LATENCY = millis(elapsed),
          oc::SERVER_SENT_BYTES = facts.response_bytes }
        if let Some(len) = request_size => { oc::SERVER_RECEIVED_BYTES = len }
        tags(oc::SERVER_METHOD = method, oc::SERVER_ROUTE = route, oc::SERVER_STATUS = status)
    );
}

fn end_http_client(facts: &Facts, failure: Option<ErrorType>) {
    let settings = &*facts.settings;
    let method = facts.target.method.name(settings);
    let (address, port) = server(settings, &facts.target);
    let status = facts.status.map(|status| status.as_u16());
    let error = status_error(status, 400).or(failure);
    let elapsed = facts.timer.elapsed();
    let request_size = facts.request_size.bytes();

    record_with_request!(
        { CLIENT_DURATION = elapsed,
          CLIENT_RESPONSE_SIZE = facts.response_bytes }
        if let Some(len) = request_size => { CLIENT_REQUEST_SIZE = len }
        tags(METHOD = method, SERVER_ADDRESS = address, SERVER_PORT = port, STATUS = status, ERROR_TYPE = error)
    );

    let code = facts
        .status
        .as_ref()
        .map_or("error", |status| status.as_str());
    record_with_request!(
        { oc::CLIENT_ROUNDTRIP_LATENCY = millis(elapsed),
          oc::CLIENT_RECEIVED_BYTES = facts.response_bytes }
        if let Some(len) = request_size => { oc::CLIENT_SENT_BYTES = len }
        tags(oc::CLIENT_METHOD = method, oc::CLIENT_STATUS = code)
    );
}

fn end_grpc(facts: &mut Facts, side: Side, failure: Option<ErrorType>) {
    let status = grpc_status(facts, side, failure);
    if status == Some(GrpcStatus::OK) {
        facts.target.method.learn(&facts.settings);
    }
    let facts = &*facts;
    let settings = &*facts.settings;
    let method = facts.target.method.name(settings);
    let is_error = |status: &GrpcStatus| status.is_error(side);
    let error = match failure {
        // The status was made of the failure, which says more.
        Some(failure) if facts.grpc_status.is_none() => Some(failure),
        _ => status
            .filter(is_error)
            .map(|status| ErrorType::GrpcStatus(status.name()))
            .or_else(|| http_error(facts, side)),
    };
    let status = status.map(GrpcStatus::name);
    let elapsed = facts.timer.elapsed();
    let request = facts.request_size.messages();
    let response = facts
        .response_messages
        .as_ref()
        .map(MessageCounter::count)
        .unwrap_or_default();

    match side {
        Side::Server => {
            record!(
                GRPC_SERVER_DURATION = elapsed,
                tags(
                    RPC_SYSTEM = "grpc",
                    RPC_METHOD = method,
                    RPC_STATUS = status,
                    ERROR_TYPE = error
                )
            );
            record_with_request!(
                { oc::GRPC_SERVER_LATENCY = millis(elapsed),
                  oc::GRPC_SERVER_SENT_BYTES = response.bytes,
                  oc::GRPC_SERVER_SENT_MESSAGES = response.messages }
                if let Some(request) = request => {
                  oc::GRPC_SERVER_RECEIVED_BYTES = request.bytes,
                  oc::GRPC_SERVER_RECEIVED_MESSAGES = request.messages
                }
                tags(oc::GRPC_SERVER_METHOD = method, oc::GRPC_SERVER_STATUS = status)
            );
        }
        Side::Client => {
            let (address, port) = server(settings, &facts.target);
            record!(
                GRPC_CLIENT_DURATION = elapsed,
                tags(
                    RPC_SYSTEM = "grpc",
                    RPC_METHOD = method,
                    RPC_STATUS = status,
                    ERROR_TYPE = error,
                    SERVER_ADDRESS = address,
                    SERVER_PORT = port
                )
            );
            record_with_request!(
                { oc::GRPC_CLIENT_ROUNDTRIP_LATENCY = millis(elapsed),
                  oc::GRPC_CLIENT_RECEIVED_BYTES = response.bytes,
                  oc::GRPC_CLIENT_RECEIVED_MESSAGES = response.messages }
                if let Some(request) = request => {
                  oc::GRPC_CLIENT_SENT_BYTES = request.bytes,
                  oc::GRPC_CLIENT_SENT_MESSAGES = request.messages
                }
                tags(oc::GRPC_CLIENT_METHOD = method, oc::GRPC_CLIENT_STATUS = status)
            );
        }
    }
}

/// The status that a call ended with: the one that was sent or, where none was, the one that a client's library makes: of a
/// call without a response `UNAVAILABLE`, because most often there was no connection.
fn grpc_status(facts: &Facts, side: Side, failure: Option<ErrorType>) -> Option<GrpcStatus> {
    if facts.grpc_status.is_some() {
        return facts.grpc_status;
    }
    match (side, failure, facts.status) {
        (_, Some(ErrorType::Cancelled), _) => Some(GrpcStatus::CANCELLED),
        (Side::Client, None, Some(status)) => Some(GrpcStatus::of_http(status)),
        (Side::Client, Some(ErrorType::ServiceError), _) => Some(GrpcStatus::UNAVAILABLE),
        (Side::Client, _, _) => Some(GrpcStatus::UNKNOWN),
        // A response of gRPC that has ended without a status. What a client makes of it is this.
        (Side::Server, None, Some(StatusCode::OK)) if facts.response_messages.is_some() => {
            Some(GrpcStatus::UNKNOWN)
        }
        (Side::Server, _, _) => None,
    }
}

/// The failure of a server's answer that is none of gRPC's, such as the 503 of a layer that sheds load. A client makes a gRPC
/// status of it, and the server has none.
fn http_error(facts: &Facts, side: Side) -> Option<ErrorType> {
    if side == Side::Client || facts.grpc_status.is_some() {
        return None;
    }
    status_error(facts.status.map(|status| status.as_u16()), 500)
}

/// The address and port of a client's server.
fn server<'a>(settings: &'a Settings, target: &Target) -> (Option<&'a str>, Option<u16>) {
    let servers = &settings.servers;
    let server = target.server;
    (
        server.map(|server| servers.address(server)),
        server.and_then(|server| servers.port(server)),
    )
}

/// The failure that a status code says, from this one on.
fn status_error(status: Option<u16>, first: u16) -> Option<ErrorType> {
    status
        .filter(|status| *status >= first)
        .map(ErrorType::Status)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
