//! An exposition, and the same compressed if a scrape has asked for that.

use super::body::Body;

/// The outcome of one rendering, which several scrapes may share.
#[derive(Clone, Debug)]
pub(super) struct Rendering {
    body: Body,
    /// The same with gzip.
    gzipped: Option<Body>,
}

impl Rendering {
    /// `gzip` says whether one of the scrapes asks for gzip.
    pub(super) fn new(body: Body, gzip: bool) -> Self {
        #[cfg(feature = "gzip")]
        let gzipped = gzip.then(|| super::gzip::compressed(&body));
        #[cfg(not(feature = "gzip"))]
        let gzipped = None.filter(|_: &Body| gzip);
        Self { body, gzipped }
    }

    /// The number of bytes before compression.
    pub(super) fn len(&self) -> usize {
        self.body.len()
    }

    /// The number of bytes after compression; 0 if it is not compressed.
    pub(super) fn compressed_len(&self) -> usize {
        self.gzipped.as_ref().map_or(0, Body::len)
    }

    /// The exposition for a scrape, and the value of the header `Content-Encoding`. `gzip` says whether the scrape asks for gzip.
    pub(super) fn into_encoded(self, gzip: bool) -> (Body, Option<&'static str>) {
        match self.gzipped {
            Some(gzipped) if gzip => (gzipped, Some("gzip")),
            _ => (self.body, None),
        }
    }
}
