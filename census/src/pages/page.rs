//! A page that was made.

use super::headers;

/// A page, in the terms of any HTTP framework. Made by [`Exporter::page`](crate::prometheus::Exporter::page).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The HTTP status: 200, or 404 for a view that is not there.
    pub status: u16,
    /// The value of the header `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

impl Page {
    pub(super) fn html(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            body,
        }
    }

    pub(super) fn json(body: String) -> Self {
        Self {
            status: 200,
            content_type: "application/json",
            body,
        }
    }

    /// The headers that a page is to be sent with, beside `Content-Type`: names in lower case, and values.
    ///
    /// A page is out of date at once, so it is not stored. The content security policy allows the stylesheet that stands in
    /// the page, and forms that send to the same server; scripts, fonts, images and frames are forbidden.
    #[must_use]
    pub fn headers() -> &'static [(&'static str, &'static str)] {
        &headers::HEADERS
    }
}
