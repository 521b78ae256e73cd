//! How the rows of a view are written and read.

use std::ops::Range;

use super::exemplar::Exemplars;
use super::layout::Layout;
use super::row_writer::RowWriter;
use super::word_pool::WordPool;
use crate::declare::{AggregationKind, Bounds, ValueBits, ValueKind};
use crate::id::{ChunkId, RowId, ViewId};
use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Mutex};

/// Adds a measurement to a row's words.
pub(super) type Recorder = fn(&RowFormat, &[AtomicU64], ValueBits);

/// The part of a view that its chunks need.
#[derive(Debug)]
pub(crate) struct RowFormat {
    pub(super) view: ViewId,
    pub(super) kind: AggregationKind,
    pub(super) value_kind: ValueKind,
    /// The bounds of the buckets; none for an aggregation without buckets.
    pub(super) bounds: Bounds,
    /// How many words a row has.
    pub(super) words: usize,
    /// Whether the last word of a row belongs to no aggregation, but is its [activity](super::activity).
    pub(super) has_activity_word: bool,
    /// The functions that record to the words of the aggregation: of a thread, and of all threads.
    pub(super) record_exclusive: Recorder,
    pub(super) record_shared: Recorder,
    /// Records to the words of the aggregation that belong to a thread, without a format.
    pub(super) writer: Option<&'static RowWriter>,
    /// Which rows lie in which chunk.
    pub(super) layout: Layout,
    /// How many words belong to threads.
    pub(super) owned_words: AtomicUsize,
    /// Has the words of chunks that are freed.
    pub(super) pool: &'static WordPool,
    pub(super) exemplars: Exemplars,
    /// Held by a thread that writes the counts of native buckets in shared words.
    pub(super) shared_native: Mutex<()>,
    /// Whether a float below zero was added to a sum, so that the sum may fall.
    pub(super) has_negative_float: AtomicBool,
}

impl RowFormat {
    /// The words of a row that belong to its aggregation.
    pub(super) fn own<'w>(&self, words: &'w [AtomicU64]) -> &'w [AtomicU64] {
        let len = self.words - usize::from(self.has_activity_word);
        words.get(..len).unwrap_or_default()
    }

    /// How many words a chunk has.
    pub(super) fn words_of_chunk(&self, chunk: ChunkId) -> usize {
        self.positions_of(chunk).len() * self.words
    }

    /// The chunk that has a row, and the row's index among the rows of the chunk.
    pub(super) fn locate(&self, row: RowId) -> (ChunkId, usize) {
        let (place, index) = self.layout.locate(row.position);
        let generation = row.generation;
        (ChunkId { place, generation }, index)
    }

    /// The positions of the rows of a chunk.
    pub(super) fn positions_of(&self, chunk: ChunkId) -> Range<usize> {
        self.layout.positions_of(chunk.place)
    }
}
