//! The status of a gRPC call.

use http::{HeaderMap, StatusCode};

use crate::side::Side;

/// A status code of gRPC, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrpcStatus(u8);

/// By number: `doc/statuscodes.md` of gRPC.
const NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

impl GrpcStatus {
    pub(crate) const OK: Self = Self(0);
    pub(crate) const CANCELLED: Self = Self(1);
    pub(crate) const UNKNOWN: Self = Self(2);
    const DEADLINE_EXCEEDED: Self = Self(4);
    const PERMISSION_DENIED: Self = Self(7);
    const UNIMPLEMENTED: Self = Self(12);
    const INTERNAL: Self = Self(13);
    pub(crate) const UNAVAILABLE: Self = Self(14);
    const DATA_LOSS: Self = Self(15);
    const UNAUTHENTICATED: Self = Self(16);

    /// The status in trailers, or in the headers of a response that has only these. A number that gRPC does not know is
    /// `UNKNOWN`, as in gRPC's own libraries, so that a peer cannot make rows.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get("grpc-status")?;
        let number = value.to_str().ok().and_then(|text| text.parse().ok());
        let known = number.filter(|number| usize::from(*number) < NAMES.len());
        Some(known.map_or(Self::UNKNOWN, Self))
    }

    /// The status that a client makes of a response without one: `doc/http-grpc-status-mapping.md` of gRPC.
    pub(crate) fn of_http(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::INTERNAL,
            401 => Self::UNAUTHENTICATED,
            403 => Self::PERMISSION_DENIED,
            404 => Self::UNIMPLEMENTED,
            429 | 502..=504 => Self::UNAVAILABLE,
            _ => Self::UNKNOWN,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or("UNKNOWN")
    }

    /// Whether the conventions call this status an error. Others, such as `NOT_FOUND`, are the client's own doing.
    pub(crate) fn is_error(self, side: Side) -> bool {
        match side {
            Side::Client => self != Self::OK,
            Side::Server => matches!(
                self,
                Self::UNKNOWN
                    | Self::DEADLINE_EXCEEDED
                    | Self::UNIMPLEMENTED
                    | Self::INTERNAL
                    | Self::UNAVAILABLE
                    | Self::DATA_LOSS
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn numbers_that_grpc_does_not_know_are_unknown() {
        for text in ["17", "255", "256", "-1", "", "OK", "0x0"] {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-status", HeaderValue::from_static(text));
            assert_eq!(
                GrpcStatus::of(&headers),
                Some(GrpcStatus::UNKNOWN),
                "{text}"
            );
        }
        assert_eq!(GrpcStatus::of(&HeaderMap::new()), None);
    }
}
