//! What is known of a request that is measured.

use std::sync::Arc;

use census::Timer;
use http::StatusCode;

use crate::grpc::{GrpcStatus, MessageCount, MessageCounter};
use crate::request_body::Passed;
use crate::route::Route;
use crate::settings::Settings;
use crate::target::Target;

/// What is known of a request so far.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) settings: Arc<Settings>,
    pub(crate) timer: Timer<'static>,
    pub(crate) target: Target,
    pub(crate) route: Option<Route>,
    pub(crate) request_size: RequestSize,
    pub(crate) status: Option<StatusCode>,
    pub(crate) grpc_status: Option<GrpcStatus>,
    pub(crate) response_bytes: u64,
    /// Of a call of gRPC.
    pub(crate) response_messages: Option<MessageCounter>,
}

/// The size of a request's body.
#[derive(Debug)]
pub(crate) enum RequestSize {
    Unknown,
    Known(u64),
    /// What has passed so far.
    Passed(Passed),
}

impl RequestSize {
    pub(crate) fn bytes(&self) -> Option<u64> {
        match self {
            Self::Unknown => None,
            Self::Known(len) => Some(*len),
            Self::Passed(passed) => Some(passed.bytes()),
        }
    }

    pub(crate) fn messages(&self) -> Option<MessageCount> {
        match self {
            Self::Passed(passed) => Some(passed.messages()),
            Self::Unknown | Self::Known(_) => None,
        }
    }
}
