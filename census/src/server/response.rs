//! The body of a response.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::bodies::{Bodies, Lease};
use crate::prometheus::{Body as Exposition, Chunk};

/// The body of a response of [`MetricsService`](crate::prometheus::MetricsService).
///
/// It shares a chunk at a time of an exposition. So a client that does not read holds a chunk, and the exposition can be
/// revoked, to bound memory. Then the body ends with an error, and the server closes the connection.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "tower"),
    expect(unreachable_pub, reason = "only a service has it")
)]
pub struct ResponseBody(Content);

#[derive(Debug)]
enum Content {
    /// The rest of a text that had at most one chunk.
    Short(Bytes),
    /// The rest of an exposition.
    Leased {
        lease: Arc<Lease>,
        next_chunk: usize,
        bytes_left: usize,
    },
}

impl ResponseBody {
    /// No bytes, as in the response to a `HEAD`.
    pub(super) fn empty() -> Self {
        Self(Content::Short(Bytes::new()))
    }

    pub(super) fn text(text: &'static str) -> Self {
        Self(Content::Short(Bytes::from_static(text.as_bytes())))
    }

    /// An exposition.
    pub(super) fn exposition(body: Exposition, bodies: &Bodies) -> Self {
        Self(match body.only_chunk() {
            Some(chunk) => Content::Short(shared(&chunk)),
            None => Content::Leased {
                next_chunk: 0,
                bytes_left: body.len(),
                lease: bodies.lease(body),
            },
        })
    }

    /// The number of bytes that are left.
    pub(super) fn length(&self) -> usize {
        match &self.0 {
            Content::Short(bytes) => bytes.len(),
            Content::Leased { bytes_left, .. } => *bytes_left,
        }
    }

    /// The next bytes. `None` at the end.
    ///
    /// # Errors
    /// If the exposition was revoked. Its rest is missing then, so the connection must be closed.
    pub(super) fn next_chunk(&mut self) -> Option<io::Result<Bytes>> {
        if self.length() == 0 {
            return None;
        }
        Some(match &mut self.0 {
            Content::Short(bytes) => Ok(std::mem::take(bytes)),
            Content::Leased {
                lease,
                next_chunk,
                bytes_left,
            } => {
                let chunk = lease.chunk(*next_chunk);
                if let Some(chunk) = &chunk {
                    *next_chunk += 1;
                    *bytes_left -= chunk.len();
                }
                let chunk = chunk.as_ref().map(shared);
                chunk.ok_or_else(|| io::Error::other("the body was revoked, to bound memory"))
            }
        })
    }
}

/// A chunk as bytes that share its memory.
fn shared(chunk: &Chunk) -> Bytes {
    Bytes::from_owner(SharedChunk(Arc::clone(chunk)))
}

struct SharedChunk(Chunk);

impl AsRef<[u8]> for SharedChunk {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.next_chunk().map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.length() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prometheus::CHUNK;
    use crate::server::limits::Limits;

    #[test]
    fn chunks_make_up_the_whole_body() {
        let bodies = Bodies::new(Limits::STANDARD);
        for length in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7] {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let mut body = ResponseBody::exposition(text.clone().into(), &bodies);
            assert_eq!(body.length(), length);
            let mut read = Vec::new();
            while let Some(chunk) = body.next_chunk() {
                let chunk = chunk.unwrap();
                assert!(!chunk.is_empty() && chunk.len() <= CHUNK);
                read.extend_from_slice(&chunk);
            }
            assert!(body.is_end_stream());
            assert_eq!(read, text.into_bytes());
        }
    }

    #[test]
    fn a_revoked_body_is_an_error() {
        let bodies = Bodies::new(Limits {
            body_bytes: 0,
            bodies: 1,
            ..Limits::STANDARD
        });
        let text = "x".repeat(2 * CHUNK);
        let mut body = ResponseBody::exposition(text.clone().into(), &bodies);
        assert!(body.next_chunk().unwrap().is_ok());
        let _newer = ResponseBody::exposition(text.into(), &bodies);
        assert!(body.next_chunk().unwrap().is_err());
    }
}
