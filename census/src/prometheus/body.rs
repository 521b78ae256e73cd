//! A scrape's body: one text, however many have asked for it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The text of a [`Scrape`](super::Scrape). It is a `&str` for whoever wants one; cheap to clone, and shared by the
/// scrapes that were answered together.
///
/// For an answer of `axum`, `actix` or `hyper`: `bytes::Bytes::from_owner(scrape.body)` copies nothing (nor does
/// `Bytes::from`, with the feature `server`), and `String::from(scrape.body)` does only where it is shared.
///
/// ```
/// # let exporter = census::prometheus::Exporter::builder().build_lenient();
/// let scrape = exporter.scrape(None);
/// assert!(scrape.body.lines().count() > 0);
/// let text: String = scrape.body.into();
/// # assert!(!text.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Body(Arc<String>);

impl Body {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Body {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Body {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq<str> for Body {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Body {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(Arc::new(text))
    }
}

impl From<Body> for String {
    fn from(body: Body) -> Self {
        Arc::unwrap_or_clone(body.0)
    }
}

#[cfg(feature = "server")]
impl From<Body> for hyper::body::Bytes {
    fn from(body: Body) -> Self {
        Self::from_owner(body)
    }
}
