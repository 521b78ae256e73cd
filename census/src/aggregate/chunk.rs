//! The words of some successive rows, and one row's words in them.
//!
//! This file and `rows.rs` refer to each other: a view's rows own its chunks, and a chunk knows the rows that it
//! belongs to, because a call may end on a thread that has only the chunk in which the call's beginning was counted.

use std::slice::ChunksExact;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Weak};

use super::aggregation::{self, Recorder};
use super::exemplar::ExemplarLabels;
use super::row_format::RowFormat;
use super::rows::Rows;
use super::write::{Exclusive, Shared, Writer as _};
use crate::declare::ValueBits;
use crate::id::{ChunkId, RowId, ThreadId, ViewId};

/// The words of a few successive rows, written either by one thread or by all.
#[derive(Debug)]
pub(crate) struct Chunk {
    format: Arc<RowFormat>,
    /// Weak: an unregistered view's rows are freed at once, though threads may still have some of its chunks.
    rows: Weak<Rows>,
    /// Which rows the chunk has: see [`Layout`](super::layout::Layout).
    pub(super) id: ChunkId,
    /// The only thread that writes the words; [`SHARED_OWNER`] if all threads may.
    owner: ThreadId,
    recorder: Recorder,
    words: Box<[AtomicU64]>,
}

/// The owner of a chunk that every thread writes.
pub(super) const SHARED_OWNER: ThreadId = ThreadId::NONE;

impl Chunk {
    pub(super) fn new(rows: &Arc<Rows>, id: ChunkId, owner: ThreadId) -> Arc<Self> {
        let format = Arc::clone(&rows.format);
        let words = format.words_of_chunk(id);
        let (kind, value_kind) = (format.kind, format.value_kind);
        Arc::new(Self {
            rows: Arc::downgrade(rows),
            id,
            owner,
            recorder: if owner == SHARED_OWNER {
                aggregation::recorder::<Shared>(kind, value_kind)
            } else {
                aggregation::recorder::<Exclusive>(kind, value_kind)
            },
            words: (0..words).map(|_| AtomicU64::new(0)).collect(),
            format,
        })
    }

    /// The words of each row, from the row with this index on.
    pub(super) fn rows_from(&self, index: usize) -> ChunksExact<'_, AtomicU64> {
        let words = self.words.get(index * self.format.words..);
        words.unwrap_or_default().chunks_exact(self.format.words)
    }

    /// Adds the words of this chunk, which no thread writes any more, to those of the shared chunk of the same rows.
    pub(super) fn fold_into(&self, shared: &Self) {
        for (from, into) in self.rows_from(0).zip(shared.rows_from(0)) {
            aggregation::fold(&self.format, from, into);
        }
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

/// The words of one row in a chunk: where a thread records.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    chunk: Arc<Chunk>,
    /// The index of the row's first word.
    start: u32,
    /// How many words the row has. 0 stands for a word that belongs to one thread and counts measurements.
    len: u32,
}

impl Target {
    pub(super) fn new(chunk: &Arc<Chunk>, index: usize) -> Self {
        let format = &chunk.format;
        let start = index * format.words;
        let is_counter = aggregation::is_counter(format.kind) && chunk.owner != SHARED_OWNER;
        let len = if is_counter { 0 } else { format.words };
        Self {
            start: u32::try_from(start).unwrap_or_default(),
            len: u32::try_from(len).unwrap_or_default(),
            chunk: Arc::clone(chunk),
        }
    }

    /// Adds a measurement. Only a thread that [may write](Self::is_writable_by) the words may call it.
    #[inline]
    pub(crate) fn record(&self, bits: ValueBits) {
        let start = self.start as usize;
        if self.len == 0 {
            if let Some(count) = self.chunk.words.get(start) {
                Exclusive::add(count, 1);
            }
            return;
        }
        if let Some(words) = self.chunk.words.get(start..start + self.len as usize) {
            (self.chunk.recorder)(&self.chunk.format, words, bits);
        }
    }

    /// The index of the word to count in, if recording only counts, and the word belongs to one thread.
    pub(crate) fn counter(&self) -> Option<usize> {
        (self.len == 0).then_some(self.start as usize)
    }

    /// Adds one to the word with this index, the [`counter`](Self::counter), as [`record`](Self::record) does for a
    /// target that has one. Returns whether there is such a word.
    #[inline]
    pub(crate) fn count(&self, counter: usize) -> bool {
        let word = self.chunk.words.get(counter);
        word.map(|word| Exclusive::add(word, 1)).is_some()
    }

    /// Keeps an exemplar for the bucket of this value, if the aggregation has buckets.
    pub(crate) fn keep_exemplar(&self, bits: ValueBits, labels: &ExemplarLabels<'_>) {
        let format = &*self.chunk.format;
        if let Some(bucket) = aggregation::exemplar_bucket(format, bits) {
            let buckets = format.bounds.buckets();
            format
                .exemplars
                .set(self.row(), buckets, bucket, bits, labels);
        }
    }

    /// Whether a thread may record here.
    pub(crate) fn is_writable_by(&self, thread: ThreadId) -> bool {
        [SHARED_OWNER, thread].contains(&self.chunk.owner)
    }

    /// The row.
    pub(crate) fn row(&self) -> RowId {
        let format = &self.chunk.format;
        let first = format.layout.rows_of(self.chunk.id).start;
        RowId(first + self.start as usize / format.words)
    }

    /// The view.
    pub(crate) fn view(&self) -> ViewId {
        self.chunk.format.view
    }

    /// The rows of the view, unless the view was unregistered.
    pub(crate) fn rows(&self) -> Option<Arc<Rows>> {
        self.chunk.rows.upgrade()
    }
}
