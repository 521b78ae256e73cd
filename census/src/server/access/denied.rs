//! The refusal of a request.

use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderValue};
#[cfg(feature = "auth")]
use hyper::header::{RETRY_AFTER, WWW_AUTHENTICATE};

use crate::server::counts::Event;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Denied {
    /// There are no credentials, or wrong ones (RFC 9110, section 15.5.2).
    #[cfg(feature = "auth")]
    Unauthorized {
        schemes: Schemes,
        /// Whether the request had a token.
        is_token_wrong: bool,
    },
    /// The functions do not admit the client, and no credentials would change that.
    Forbidden,
    /// A function panicked.
    Panicked,
    /// Too many passwords wait to be checked.
    #[cfg(feature = "auth")]
    Busy,
}

/// The kinds of credentials that are accepted.
#[cfg(feature = "auth")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct Schemes {
    pub(super) bearer: bool,
    pub(super) basic: bool,
}

impl Denied {
    pub(in crate::server) fn status(self) -> StatusCode {
        match self {
            #[cfg(feature = "auth")]
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::Panicked => StatusCode::FORBIDDEN,
            #[cfg(feature = "auth")]
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The body of the answer.
    pub(in crate::server) fn text(self) -> &'static str {
        match self {
            #[cfg(feature = "auth")]
            Self::Unauthorized { schemes, .. } => match (schemes.bearer, schemes.basic) {
                (true, false) => "A valid token is needed here.\n",
                (false, _) => "The name and the password of a user are needed here.\n",
                (true, true) => {
                    "A valid token, or the name and the password of a user, is needed here.\n"
                }
            },
            Self::Forbidden | Self::Panicked => "This client has no access to this server.\n",
            #[cfg(feature = "auth")]
            Self::Busy => "Too many passwords wait to be checked, so try again in a second.\n",
        }
    }

    /// Adds the headers of the answer that go with its status.
    #[cfg_attr(
        not(feature = "auth"),
        expect(clippy::unused_self, reason = "403 has no headers of its own")
    )]
    pub(in crate::server) fn add_headers(self, headers: &mut HeaderMap<HeaderValue>) {
        #[cfg(not(feature = "auth"))]
        let _ = headers;
        #[cfg(feature = "auth")]
        match self {
            Self::Unauthorized {
                schemes,
                is_token_wrong,
            } => {
                // A line for each scheme, because some clients do not split a list.
                if schemes.bearer {
                    // RFC 6750, section 3.
                    headers.append(
                        WWW_AUTHENTICATE,
                        HeaderValue::from_static(if is_token_wrong {
                            r#"Bearer realm="metrics", error="invalid_token""#
                        } else {
                            r#"Bearer realm="metrics""#
                        }),
                    );
                }
                if schemes.basic {
                    // RFC 7617, section 2.1.
                    headers.append(
                        WWW_AUTHENTICATE,
                        HeaderValue::from_static(r#"Basic realm="metrics", charset="UTF-8""#),
                    );
                }
            }
            Self::Busy => {
                headers.append(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Forbidden | Self::Panicked => {}
        }
    }

    pub(super) fn event(self) -> Event {
        match self {
            #[cfg(feature = "auth")]
            Self::Unauthorized { .. } => Event::Unauthorized,
            Self::Forbidden => Event::Forbidden,
            Self::Panicked => Event::Panicked,
            #[cfg(feature = "auth")]
            Self::Busy => Event::Busy,
        }
    }
}
