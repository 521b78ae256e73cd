//! The memory of an exposition: a chunk, and the chunks of the last exposition for the next one.

use std::sync::Arc;

use super::text_buffer::TextBuffer;
use crate::sync::Mutex;

/// The greatest number of bytes of a chunk, for which each chunk has memory.
pub(crate) const CHUNK: usize = 64 * 1024;

/// A part of an exposition. A connection that sends it shares it.
pub(crate) type Chunk = Arc<Vec<u8>>;

/// Keeps the chunks of the last exposition. The next one takes those that are in no body any more.
///
/// An allocator gives so much memory back to the system, and the system clears each page of it when it is used again: that is
/// two fifths of a scrape's time.
#[derive(Debug, Default)]
pub(super) struct SpareChunks(Mutex<Vec<Chunk>>);

/// How many chunks are kept: 16 MiB. A larger exposition has a part that takes more time.
const MAX_SPARE: usize = 256;

impl SpareChunks {
    /// An empty text with the memory of a chunk.
    pub(super) fn take(&self) -> TextBuffer {
        let mut spare = self.0.lock();
        let unshared =
            std::iter::from_fn(|| spare.pop()).find_map(|chunk| Arc::try_unwrap(chunk).ok());
        drop(spare);
        TextBuffer::in_memory_of(unshared.unwrap_or_default(), CHUNK)
    }

    /// Keeps these chunks for the next exposition, instead of those that were kept before.
    pub(super) fn keep(&self, chunks: impl Iterator<Item = Chunk>) {
        // A line that is longer than a chunk has left memory of other sizes.
        let whole = chunks.filter(|chunk| (CHUNK..2 * CHUNK).contains(&chunk.capacity()));
        let kept = whole.take(MAX_SPARE).collect();
        let former = std::mem::replace(&mut *self.0.lock(), kept);
        // Memory is freed here, after the lock.
        drop(former);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_when_no_body_has_it() {
        let spare = SpareChunks::default();
        let memory = |text: TextBuffer| Arc::new(text.into_bytes());
        let chunks = [memory(spare.take()), memory(spare.take())];
        let addresses = chunks.clone().map(|chunk| chunk.as_ptr());
        spare.keep(chunks.iter().cloned());
        let [shared, free] = chunks;
        drop(free);
        let again = spare.take().into_bytes();
        let new = spare.take().into_bytes();
        assert_eq!([shared.as_ptr(), again.as_ptr()], addresses);
        assert!(!addresses.contains(&new.as_ptr()));
    }

    #[test]
    fn no_more_is_kept_than_a_bound() {
        let spare = SpareChunks::default();
        let chunks = (0..2 * MAX_SPARE).map(|_| Arc::new(Vec::with_capacity(CHUNK)));
        spare.keep(chunks);
        assert_eq!(spare.0.lock().len(), MAX_SPARE);
        let other_sizes = [CHUNK - 1, 3 * CHUNK].map(Vec::with_capacity);
        spare.keep(other_sizes.into_iter().map(Arc::new));
        assert!(spare.0.lock().is_empty());
    }
}
