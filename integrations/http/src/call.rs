//! One request that is measured, from its beginning to its one end.

use std::sync::Arc;

use bytes::Buf;
use census::{Held, Scope, TagMap};
use http::{HeaderMap, Method, StatusCode, header, request, response};

use crate::error_type::ErrorType;
use crate::facts::{Facts, RequestSize};
use crate::grpc::{GrpcStatus, MessageCounter};
use crate::propagate;
use crate::record;
use crate::request_body::{Passed, Wanted};
use crate::route::{self, Route};
use crate::settings::Settings;
use crate::side::{Protocol, Side};
use crate::target::Target;

/// A request that is measured.
///
/// *Invariant:* it ends once: by [`end`](Self::end), or when it is dropped.
#[derive(Debug)]
pub(crate) struct Call {
    facts: Facts,
    /// The tags of everything that is done for the request, and of its measurements.
    tags: TagMap,
    stage: Stage,
    /// After how many bytes the body is complete: a server does not poll it again.
    response_len: Option<u64>,
    asked: Asked,
    /// Counts the request as active, until this is dropped.
    active: Option<Held>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No code of the service is running.
    Waiting,
    /// Code of the service is running, or has panicked.
    Running,
    Ended,
}

/// Methods whose responses have no body, or one that is another protocol: RFC 9110, section 6.4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Head,
    Connect,
    Anything,
}

impl Call {
    /// Begins to measure a request, unless it is to be skipped. May add headers that carry tags.
    pub(crate) fn begin(settings: &Arc<Settings>, request: &mut request::Parts) -> Option<Self> {
        if settings.skip.as_ref().is_some_and(|skip| skip(request)) {
            return None;
        }
        let timer = record::start(settings);
        let mut tags = propagate::incoming(settings, &request.headers, TagMap::current());
        if let Some(of_request) = &settings.request_tags {
            tags = in_scope(&tags, || of_request(request));
        }
        let target = Target::of(settings, request);
        let route = route_of(settings, request);
        let active = in_scope(&tags, || {
            propagate::outgoing(settings, &mut request.headers);
            record::begin(settings, &target)
        });
        let is_grpc = settings.protocol == Protocol::Grpc;
        Some(Self {
            facts: Facts {
                settings: Arc::clone(settings),
                timer,
                target,
                route,
                request_size: RequestSize::Unknown,
                status: None,
                grpc_status: None,
                response_bytes: 0,
                response_messages: is_grpc.then(MessageCounter::default),
            },
            tags,
            stage: Stage::Waiting,
            response_len: None,
            asked: match request.method {
                Method::HEAD => Asked::Head,
                Method::CONNECT => Asked::Connect,
                _ => Asked::Anything,
            },
            active,
        })
    }

    /// What is wanted of the request's body.
    pub(crate) fn wanted(&self) -> Wanted {
        match self.facts.settings.protocol {
            Protocol::Http => Wanted::Bytes,
            Protocol::Grpc => Wanted::BytesAndMessages,
        }
    }

    /// Sets how large the request's body is, or what counts it.
    pub(crate) fn set_request_size(&mut self, exact: Option<u64>, passed: Option<Passed>) {
        self.facts.request_size = match (passed, exact) {
            (Some(passed), _) => RequestSize::Passed(passed),
            (None, Some(len)) => RequestSize::Known(len),
            (None, None) => RequestSize::Unknown,
        };
    }

    /// Runs code of the service, with the tags of the request, and with its route for `set_route`.
    pub(crate) fn run<R>(&mut self, f: impl FnOnce() -> R) -> R {
        // What runs after the end, such as another poll of the body, still has the tags.
        let has_ended = self.stage == Stage::Ended;
        if !has_ended {
            self.stage = Stage::Running;
        }
        let _scope = enter(&self.tags);
        let settings = &*self.facts.settings;
        let result = match (settings.protocol, settings.side) {
            (Protocol::Http, Side::Server) => route::with_route(&mut self.facts.route, f),
            // A call of gRPC has no route: `set_route` says that of an HTTP server around it, if there is one.
            _ => f(),
        };
        if !has_ended {
            self.stage = Stage::Waiting;
        }
        result
    }

    /// Takes note of the response. The request ends with it if no body is read.
    pub(crate) fn respond(&mut self, response: &response::Parts, body: BodyAtStart) {
        self.facts.status = Some(response.status);
        if let Some(of_response) = self.facts.settings.response_tags.clone() {
            self.stage = Stage::Running;
            self.tags = in_scope(&self.tags, || of_response(response));
            self.stage = Stage::Waiting;
        }
        match self.facts.settings.protocol {
            Protocol::Http => {
                let from_header = content_length(&response.headers);
                self.response_len = from_header.or(body.exact_len);
            }
            Protocol::Grpc => self.respond_grpc(response),
        }
        if self.has_no_body(response.status) || self.has_all() {
            self.end(None);
        } else if body.is_at_end {
            self.end_of_body();
        }
    }

    fn respond_grpc(&mut self, response: &response::Parts) {
        // The status is after the body, unless there is no body.
        self.facts.grpc_status = GrpcStatus::of(&response.headers);
        if is_grpc(response) {
            return;
        }
        // Made by a proxy, say. Its body has no messages, and a client that drops such a body has not cancelled the call.
        self.facts.response_messages = None;
        if self.facts.settings.side == Side::Client && self.facts.grpc_status.is_none() {
            self.facts.grpc_status = Some(GrpcStatus::of_http(response.status));
        }
    }

    /// Whether the response has no body that anybody reads: RFC 9110, section 6.4.1. An upgrade is over, too: what follows
    /// is another protocol.
    fn has_no_body(&self, status: StatusCode) -> bool {
        self.asked == Asked::Head
            || status.is_informational()
            || status == StatusCode::NO_CONTENT
            || status == StatusCode::NOT_MODIFIED
            || (self.asked == Asked::Connect && status.is_success())
    }

    /// Whether as many bytes have passed as the response has.
    fn has_all(&self) -> bool {
        self.response_len
            .is_some_and(|len| self.facts.response_bytes >= len)
    }

    /// Takes note of a piece of the body. Returns whether the body is complete with it.
    pub(crate) fn data(&mut self, data: &impl Buf) -> bool {
        let len = data.remaining() as u64;
        self.facts.response_bytes = self.facts.response_bytes.saturating_add(len);
        if let Some(messages) = &mut self.facts.response_messages {
            messages.read(data);
        }
        self.has_all()
    }

    /// Takes note of the trailers.
    pub(crate) fn trailers(&mut self, trailers: &HeaderMap) {
        if self.facts.settings.protocol == Protocol::Grpc {
            self.facts.grpc_status = GrpcStatus::of(trailers).or(self.facts.grpc_status);
        }
    }

    /// Ends the request with its body. A body that has fewer bytes than the response says is an error: the reader gets only a
    /// part of it.
    pub(crate) fn end_of_body(&mut self) {
        let is_short = self
            .response_len
            .is_some_and(|len| self.facts.response_bytes < len);
        self.end(is_short.then_some(ErrorType::BodyError));
    }

    /// Ends the request: `None` if it is complete.
    pub(crate) fn end(&mut self, failure: Option<ErrorType>) {
        if self.stage == Stage::Ended {
            return;
        }
        self.stage = Stage::Ended;
        in_scope(&self.tags, || record::end(&mut self.facts, failure));
        self.active = None;
    }

    /// Calls `f` with the tags of the request.
    pub(crate) fn scope<R>(call: Option<&Self>, f: impl FnOnce() -> R) -> R {
        match call {
            Some(call) => in_scope(&call.tags, f),
            None => f(),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let failure = if self.stage == Stage::Running {
            ErrorType::Panicked
        } else {
            ErrorType::Cancelled
        };
        self.end(Some(failure));
    }
}

/// What a response's body says of itself before it is polled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyAtStart {
    pub(crate) is_at_end: bool,
    pub(crate) exact_len: Option<u64>,
}

fn in_scope<R>(tags: &TagMap, f: impl FnOnce() -> R) -> R {
    let _scope = enter(tags);
    f()
}

/// Makes a request's tags the current ones. A request without tags has none where others are current, either: it may be
/// polled or dropped within another one. Where there are no tags at all, there is nothing to do.
fn enter(tags: &TagMap) -> Option<Scope> {
    let is_needed = !tags.is_empty() || !TagMap::current().is_empty();
    is_needed.then(|| tags.clone().enter())
}

fn route_of(settings: &Settings, request: &request::Parts) -> Option<Route> {
    if (settings.protocol, settings.side) != (Protocol::Http, Side::Server) {
        return None;
    }
    match &settings.route {
        Some(route) => route(request).map(Route::Text),
        None => Route::matched(request),
    }
}

/// Whether a response is one of gRPC's, which have the status 200 whatever their gRPC status is.
fn is_grpc(response: &response::Parts) -> bool {
    let content_type = response.headers.get(header::CONTENT_TYPE);
    response.status == StatusCode::OK
        && content_type.is_none_or(|value| value.as_bytes().starts_with(b"application/grpc"))
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}
