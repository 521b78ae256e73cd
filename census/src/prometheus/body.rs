//! The body of a scrape: bytes that all scrapes answered together share.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The body of a [`Scrape`](super::Scrape): bytes in the format that [`Scrape::content_type`] names.
///
/// Cheap to clone: the scrapes that were answered together share one allocation.
///
/// In a handler, [`into_bytes`](Self::into_bytes) gives what `axum` and `actix` take as a body. It copies only a body
/// that another scrape still holds. `bytes::Bytes::from_owner(scrape.body)` never copies; nor does `Bytes::from`, with
/// the feature `server`. In a test, [`Scrape::text`] is easier to read.
///
/// ```
/// # let exporter = census::prometheus::Exporter::builder().build_lenient();
/// let scrape = exporter.scrape(None);
/// println!("{} bytes", scrape.body.as_bytes().len());
/// let content: Vec<u8> = scrape.body.into_bytes();
/// # assert!(!content.is_empty());
/// ```
///
/// [`Scrape::content_type`]: super::Scrape::content_type
/// [`Scrape::text`]: super::Scrape::text
#[derive(Clone, PartialEq, Eq)]
pub struct Body(Arc<Vec<u8>>);

impl Body {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The body as text; `None` if it is not UTF-8. Both formats of today are UTF-8.
    #[must_use]
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The bytes, for a framework that wants to own them. Copies them only if a clone of this body exists, which
    /// another scrape may hold.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        Arc::unwrap_or_clone(self.0)
    }

    /// The body as text, in which U+FFFD replaces everything that is not UTF-8.
    pub(super) fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Writes the body as text, in which U+FFFD replaces everything that is not UTF-8.
impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_text())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.to_text(), f)
    }
}

impl PartialEq<str> for Body {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Body {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(Arc::new(text.into_bytes()))
    }
}

impl From<Body> for Vec<u8> {
    fn from(body: Body) -> Self {
        body.into_bytes()
    }
}

#[cfg(feature = "server")]
impl From<Body> for hyper::body::Bytes {
    fn from(body: Body) -> Self {
        Self::from_owner(body)
    }
}
