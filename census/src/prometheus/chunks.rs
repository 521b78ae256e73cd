//! The memory of an exposition: chunks of one size.
//!
//! An exposition in one piece would need megabytes next to each other for each scrape. Slow readers keep some of the
//! pieces and free others, and the gaps are lost to the allocator until a piece fits. Chunks of one size fit each other's
//! gaps.

use std::sync::Arc;

/// The number of bytes of a chunk. The last one of an exposition is as long as needed.
pub(crate) const CHUNK: usize = 64 * 1024;

/// A part of an exposition. A connection that sends it shares it.
pub(crate) type Chunk = Arc<[u8]>;

/// Takes the text of an exposition, line by line, and moves it into chunks.
#[derive(Debug, Default)]
pub(super) struct ChunkWriter {
    full: Vec<Chunk>,
    /// The text after the last full chunk.
    rest: String,
}

impl ChunkWriter {
    /// The text that is in no chunk yet, for appending. It has all the text since the last [`end_line`](Self::end_line).
    #[inline]
    pub(super) fn text(&mut self) -> &mut String {
        &mut self.rest
    }

    /// Moves the text into chunks as far as it fills them. Offsets into [`text`](Self::text) change.
    #[inline]
    pub(super) fn end_line(&mut self) {
        if self.rest.len() >= CHUNK {
            self.fill_chunks();
        }
    }

    #[cold]
    fn fill_chunks(&mut self) {
        let (chunks, rest) = self.rest.as_bytes().as_chunks::<CHUNK>();
        self.full
            .extend(chunks.iter().map(|it| Chunk::from(it.as_slice())));
        let moved = self.rest.len() - rest.len();
        let _ = self.rest.drain(..moved);
    }

    /// The chunks of the whole text.
    pub(super) fn finish(mut self) -> Vec<Chunk> {
        self.end_line();
        if !self.rest.is_empty() {
            self.full.push(self.rest.into_bytes().into());
        }
        self.full
    }
}
