//! The answer to a scrape.

use std::borrow::Cow;

use super::body::Body;
use super::failure::Failure;
use super::negotiate::ContentType;
use super::render_thread::Rendered;

/// An answer for a scraper, in the terms of any HTTP framework.
///
/// A handler of `axum`, for example, returns
/// `(StatusCode::from_u16(scrape.status)?, [(CONTENT_TYPE, scrape.content_type)], scrape.body.into_bytes())`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scrape {
    /// The HTTP status: 200; 500 if a collector of the user's registry failed or panicked, or if the scrape was made
    /// within a reading of an observed measure; 503 if the exposition was not
    /// ready within the [deadline](super::ExporterBuilder::deadline), or if too many scrapes wait that share none. A body is never
    /// half an exposition.
    pub status: u16,
    /// The value of the header `Content-Type`.
    pub content_type: &'static str,
    /// The value of the header `Content-Encoding`: `gzip`, if the body is compressed. [`Exporter::scrape`](super::Exporter::scrape) never compresses.
    pub content_encoding: Option<&'static str>,
    /// The exposition; with another status than 200, a sentence.
    pub body: Body,
}

impl Scrape {
    /// The body as text, for tests and logs. U+FFFD replaces everything that is not UTF-8, as in
    /// protobuf.
    ///
    /// ```
    /// # let exporter = census::prometheus::Exporter::builder().build_lenient();
    /// assert!(exporter.scrape(None).text().contains("census_catalogue_problems 0\n"));
    /// ```
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        self.body.to_text()
    }

    pub(super) fn new(content_type: ContentType, gzip: bool, rendered: Rendered) -> Self {
        match rendered {
            Ok(rendering) => {
                let (body, content_encoding) = rendering.into_encoded(gzip);
                Self {
                    status: 200,
                    content_type: content_type.as_str(),
                    content_encoding,
                    body,
                }
            }
            Err(failure) => Self::failed(failure),
        }
    }

    pub(super) fn failed(failure: Failure) -> Self {
        Self {
            status: failure.status(),
            content_type: "text/plain; charset=utf-8",
            content_encoding: None,
            body: format!("the scrape failed: {failure}\n").into(),
        }
    }
}
