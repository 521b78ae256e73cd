//! How a request failed.

use census::{AsTagValue, TagValueRef};

/// How a request failed: the value of [`ERROR_TYPE`](crate::measures::ERROR_TYPE).
///
/// A status that says so comes first. A request without one failed if it ended in one of the other ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorType {
    /// The status code of the response, such as `500`: of a server from 500 on, of a client from 400 on. Of a gRPC server, only
    /// if the response has no gRPC status.
    Status(u16),
    /// The gRPC status by its name, such as `UNAVAILABLE`: of a client all but `OK`; of a server those that the conventions
    /// call errors, which are `UNKNOWN`, `DEADLINE_EXCEEDED`, `UNIMPLEMENTED`, `INTERNAL`, `UNAVAILABLE` and `DATA_LOSS`.
    GrpcStatus(&'static str),
    /// `cancelled`: the response, or the work at it, was dropped before it was complete. The client went away, or a timeout
    /// ended the request.
    Cancelled,
    /// `panicked`: the service or the body panicked.
    Panicked,
    /// `service_error`: the service returned an error in place of a response. Of a client: it got no response.
    ServiceError,
    /// `body_error`: the response's body ended in an error, or before it had as many bytes as the response says (`Content-Length`,
    /// or the exact length that the body says it has).
    BodyError,
}

impl AsTagValue for ErrorType {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        let word = match self {
            Self::Status(code) => return code.as_tag_value(),
            Self::GrpcStatus(name) => name,
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
            Self::ServiceError => "service_error",
            Self::BodyError => "body_error",
        };
        TagValueRef::borrowed(word)
    }
}
