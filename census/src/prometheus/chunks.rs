//! The memory of an exposition: chunks of one size.
//!
//! An exposition in one piece would need megabytes next to each other for each scrape. Slow readers keep some of the
//! pieces and free others, and the gaps are lost to the allocator until a piece fits. Chunks of one size fit each other's
//! gaps.

use std::mem;
use std::sync::Arc;

use super::chunk::{CHUNK, Chunk, SpareChunks};
use super::text_buffer::TextBuffer;

/// A chunk is full if it has less room than this. Most lines are shorter, so a line does not make the chunk grow.
const ROOM: usize = 4 * 1024;

/// Takes the text of an exposition, line by line, and puts it into chunks.
#[derive(Debug)]
pub(super) struct ChunkWriter {
    full: Vec<Chunk>,
    /// The text after the last full chunk.
    rest: TextBuffer,
    /// Where chunks get their memory.
    spare: Arc<SpareChunks>,
}

/// The end of the text at some time, for [`ChunkWriter::truncate`].
#[cfg(feature = "prometheus-client")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    full_chunks: usize,
    /// The length of the text after them.
    rest: usize,
}

impl ChunkWriter {
    pub(super) fn new(spare: Arc<SpareChunks>) -> Self {
        Self {
            full: Vec::new(),
            rest: spare.take(),
            spare,
        }
    }

    /// The text that is in no chunk yet, for appending. It has all the text since the last [`end_line`](Self::end_line).
    #[inline]
    pub(super) fn text(&mut self) -> &mut TextBuffer {
        &mut self.rest
    }

    /// Puts the text into a chunk if it fills one. Then [`text`](Self::text) is empty. What is written between two calls is
    /// a line here, also in a format without lines.
    #[inline]
    pub(super) fn end_line(&mut self) {
        if self.rest.len() > CHUNK - ROOM {
            self.fill_chunks();
        }
    }

    #[cold]
    fn fill_chunks(&mut self) {
        let text = mem::replace(&mut self.rest, self.spare.take()).into_bytes();
        if text.len() <= CHUNK {
            self.full.push(Arc::new(text));
            return;
        }
        // A line was so long that the memory has grown. Memory of this size does not stay.
        self.full
            .extend(text.chunks(CHUNK).map(|part| Arc::new(part.to_vec())));
    }

    /// The number of bytes so far.
    #[cfg(feature = "protobuf")]
    pub(super) fn len(&self) -> usize {
        let full = self.full.iter().map(|chunk| chunk.len());
        full.sum::<usize>() + self.rest.len()
    }

    #[cfg(feature = "protobuf")]
    pub(super) fn is_empty(&self) -> bool {
        self.full.is_empty() && self.rest.len() == 0
    }

    /// Moves what another writer has to the end of this one.
    #[cfg(feature = "protobuf")]
    pub(super) fn append(&mut self, other: &mut Self) {
        let has_room = other.full.is_empty() && self.rest.len() + other.rest.len() <= CHUNK;
        if !has_room && self.rest.len() > 0 {
            // The chunk is not full, because those of the other writer stay as they are.
            self.fill_chunks();
        }
        self.full.append(&mut other.full);
        self.rest.push_bytes(other.rest.as_bytes());
        self.end_line();
        other.rest.truncate(0);
    }

    /// The end of the text, which is empty or ends with a line for which [`end_line`](Self::end_line) was called.
    #[cfg(feature = "prometheus-client")]
    pub(super) fn position(&self) -> Position {
        Position {
            full_chunks: self.full.len(),
            rest: self.rest.len(),
        }
    }

    /// Removes the text that was added since the writer was at `position`.
    #[cfg(feature = "prometheus-client")]
    pub(super) fn truncate(&mut self, position: Position) {
        let Position { full_chunks, rest } = position;
        // What came before the position and was not in a chunk then is the beginning of the next chunk, if there is one.
        if let Some(chunk) = self.full.get(full_chunks) {
            let kept = chunk.get(..rest).unwrap_or_default();
            self.rest = self.spare.take();
            self.rest.push_bytes(kept);
            self.full.truncate(full_chunks);
        } else {
            self.rest.truncate(rest);
        }
    }

    /// The chunks of the whole text.
    pub(super) fn finish(mut self) -> Vec<Chunk> {
        // A copy, because the text may be short.
        let rest = self.rest.as_bytes().to_vec();
        let memory = Arc::new(self.rest.into_bytes());
        self.spare.keep(self.full.iter().cloned().chain([memory]));
        if !rest.is_empty() {
            self.full.push(Arc::new(rest));
        }
        self.full
    }
}

#[cfg(all(test, feature = "prometheus-client"))]
mod tests {
    use super::*;

    /// Adds `count` lines of `len` bytes.
    fn write_lines(out: &mut ChunkWriter, line: char, len: usize, count: usize) {
        for _ in 0..count {
            let line: String = std::iter::repeat_n(line, len - 1).collect();
            out.text().push_str(&line);
            out.text().push_ascii(b'\n');
            out.end_line();
        }
    }

    fn whole_text(out: ChunkWriter) -> Vec<u8> {
        out.finish()
            .iter()
            .flat_map(|chunk| chunk.iter().copied())
            .collect()
    }

    #[test]
    fn truncated_text_is_as_it_was() {
        // Lines that fit into chunks, and lines that do not.
        let added = [
            (0, 1),
            (100, 1),
            (100, 700),
            (100, 3_000),
            (CHUNK * 3, 1),
            (CHUNK * 3, 4),
        ];
        for before in [0, 1, 600, 5_000] {
            for (len, count) in added {
                let mut out = ChunkWriter::new(Arc::default());
                write_lines(&mut out, 'a', 99, before);
                let position = out.position();
                write_lines(&mut out, 'b', len.max(1), count);
                out.text().push_str("half a line");
                out.truncate(position);
                write_lines(&mut out, 'c', 99, 1_000);
                let mut expected = ChunkWriter::new(Arc::default());
                write_lines(&mut expected, 'a', 99, before);
                write_lines(&mut expected, 'c', 99, 1_000);
                assert!(
                    whole_text(out) == whole_text(expected),
                    "{before} {len} {count}"
                );
            }
        }
    }
}
