//! The body of a scrape: bytes that all scrapes answered together share.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::chunk::{CHUNK, Chunk};

/// The body of a [`Scrape`](super::Scrape): bytes in the format that [`Scrape::content_type`] names.
///
/// Cheap to clone: the scrapes that were answered together share the memory. The bytes are in chunks of at most 64 KiB, which
/// [`chunks`](Self::chunks) gives without a copy. The methods that give a longer body in one piece copy it once, and keep
/// the copy for the clones.
///
/// In a handler, [`into_bytes`](Self::into_bytes) gives what `axum` and `actix` take as a body. With many scrapes at once
/// `bytes::Bytes::from_owner(scrape.body)` takes less memory, because they share the copy; so does `Bytes::from`, with
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
#[derive(Clone, Default)]
pub struct Body(Arc<Content>);

#[derive(Default)]
struct Content {
    /// No chunk is empty.
    chunks: Vec<Chunk>,
    /// All chunks in one piece. It is made when it is asked for, and only if there are several chunks.
    whole: OnceLock<Vec<u8>>,
}

impl Body {
    pub(super) fn from_chunks(chunks: Vec<Chunk>) -> Self {
        let whole = OnceLock::new();
        Self(Arc::new(Content { chunks, whole }))
    }

    /// The bytes in one piece.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self.0.chunks.as_slice() {
            [] => &[],
            [chunk] => chunk,
            _ => self.0.whole.get_or_init(|| self.concat()),
        }
    }

    /// The bytes in pieces of at most 64 KiB, none of them empty. A character may be split.
    pub fn chunks(&self) -> impl Iterator<Item = &[u8]> {
        self.0.chunks.iter().map(|chunk| chunk.as_slice())
    }

    /// The number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks().map(<[u8]>::len).sum()
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.chunks.is_empty()
    }

    /// The body as text; `None` if it is not UTF-8, as in protobuf.
    #[must_use]
    pub fn to_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()).ok()
    }

    /// The bytes, for a framework that wants to own them. Always a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.concat()
    }

    fn concat(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len());
        self.chunks()
            .for_each(|chunk| bytes.extend_from_slice(chunk));
        bytes
    }

    /// The body as text, in which U+FFFD replaces everything that is not UTF-8.
    pub(super) fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// The only chunk, which the caller shares; `None` if there are several.
    #[cfg(feature = "server")]
    pub(crate) fn only_chunk(&self) -> Option<Chunk> {
        match self.0.chunks.as_slice() {
            [] => Some(Chunk::default()),
            [chunk] => Some(Arc::clone(chunk)),
            _ => None,
        }
    }

    /// A chunk, which the caller shares.
    #[cfg(feature = "server")]
    pub(crate) fn chunk(&self, index: usize) -> Option<Chunk> {
        self.0.chunks.get(index).cloned()
    }

    /// A number that all clones of this body have, and no other body that is in memory.
    #[cfg(feature = "server")]
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Body {}

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
        let chunks = bytes.chunks(CHUNK);
        Self::from_chunks(chunks.map(|chunk| Chunk::new(chunk.to_vec())).collect())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        text.into_bytes().into()
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
