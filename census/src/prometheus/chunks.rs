//! The memory of an exposition: chunks of one size.
//!
//! An exposition in one piece would need megabytes next to each other for each scrape. Slow readers keep some of the
//! pieces and free others, and the gaps are lost to the allocator until a piece fits. Chunks of one size fit each other's
//! gaps.

use std::mem;
use std::sync::Arc;

/// The greatest number of bytes of a chunk, for which each chunk has memory.
pub(crate) const CHUNK: usize = 64 * 1024;

/// A chunk is full if it has less room than this. Most lines are shorter, so a line does not make the chunk grow.
const ROOM: usize = 4 * 1024;

/// A part of an exposition. A connection that sends it shares it.
pub(crate) type Chunk = Arc<Vec<u8>>;

/// Takes the text of an exposition, line by line, and puts it into chunks.
#[derive(Debug)]
pub(super) struct ChunkWriter {
    full: Vec<Chunk>,
    /// The text after the last full chunk.
    rest: String,
}

impl ChunkWriter {
    pub(super) fn new() -> Self {
        Self {
            full: Vec::new(),
            rest: String::with_capacity(CHUNK),
        }
    }

    /// The text that is in no chunk yet, for appending. It has all the text since the last [`end_line`](Self::end_line).
    #[inline]
    pub(super) fn text(&mut self) -> &mut String {
        &mut self.rest
    }

    /// Puts the text into a chunk if it fills one. Then [`text`](Self::text) is empty or has the end of a long line.
    #[inline]
    pub(super) fn end_line(&mut self) {
        if self.rest.len() > CHUNK - ROOM {
            self.fill_chunks();
        }
    }

    #[cold]
    fn fill_chunks(&mut self) {
        let text = mem::replace(&mut self.rest, String::with_capacity(CHUNK)).into_bytes();
        if text.len() <= CHUNK {
            self.full.push(Arc::new(text));
            return;
        }
        // A line was so long that the memory has grown. Memory of this size does not stay.
        self.full
            .extend(text.chunks(CHUNK).map(|part| Arc::new(part.to_vec())));
    }

    /// The chunks of the whole text.
    pub(super) fn finish(mut self) -> Vec<Chunk> {
        self.rest.shrink_to_fit();
        if !self.rest.is_empty() {
            self.full.push(Arc::new(self.rest.into_bytes()));
        }
        self.full
    }
}
