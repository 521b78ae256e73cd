//! The words of some successive rows, and one row's words in them.

use std::slice::ChunksExact;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::activity::{self, Recorders};
use super::aggregation;
use super::exemplar::ExemplarLabels;
use super::row_format::{Recorder, RowFormat};
use super::row_writer::OwnRow;
use super::word_pool::PooledWords;
use super::write::{Exclusive, Shared, Writer as _};
use crate::declare::ValueBits;
use crate::id::{ChunkId, RowId, ThreadId, ViewId};
use crate::sync::AtomicU64;

/// The words of a few successive rows, written either by one thread or by all.
#[derive(Debug)]
pub(crate) struct Chunk {
    format: Arc<RowFormat>,
    /// Which rows the chunk has.
    pub(super) id: ChunkId,
    /// The only thread that writes the words; [`SHARED_OWNER`] if all threads may.
    owner: ThreadId,
    recorders: Recorders,
    words: PooledWords,
}

/// The owner of a chunk that every thread writes.
pub(super) const SHARED_OWNER: ThreadId = ThreadId::NONE;

impl Chunk {
    pub(super) fn new(format: &Arc<RowFormat>, id: ChunkId, owner: ThreadId) -> Arc<Self> {
        let words = format.words_of_chunk(id);
        Arc::new(Self {
            id,
            owner,
            recorders: if owner == SHARED_OWNER {
                activity::recorders::<Shared>(format)
            } else {
                activity::recorders::<Exclusive>(format)
            },
            words: format.pool.take(words),
            format: Arc::clone(format),
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
            activity::fold(&self.format, from, into);
        }
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

impl Drop for Chunk {
    /// Gives back the words that [`Rows::reserve_chunk`](super::rows::Rows::reserve_chunk) has reserved.
    fn drop(&mut self) {
        if self.owner != SHARED_OWNER {
            // Relaxed: no other memory is published by the number.
            let owned_words = &self.format.owned_words;
            owned_words.fetch_sub(self.words.len(), Ordering::Relaxed);
        }
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

/// Names a target. Unlike a target, a name keeps nothing alive, and nothing is recorded to it. It may be kept for as long as
/// one likes, by a thread or a task that the words do not belong to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TargetName {
    /// The view and, by chunk and start, the row.
    pub(crate) view: ViewId,
    pub(super) chunk: ChunkId,
    pub(super) start: u32,
    /// The owner of the words.
    pub(crate) owner: ThreadId,
}

impl TargetName {
    /// Whether both are the same name. One branch decides, which saves half of the instructions.
    #[inline]
    pub(crate) const fn is(&self, other: &Self) -> bool {
        let views = self.view.0 ^ other.view.0;
        let owners = self.owner.0 ^ other.owner.0;
        let places = self.chunk.place ^ other.chunk.place;
        let generations = self.chunk.generation ^ other.chunk.generation;
        let starts = self.start ^ other.start;
        views | owners | (places | generations | starts) as u64 == 0
    }
}

impl Target {
    /// The words of the row with this index.
    pub(super) fn new(chunk: &Arc<Chunk>, index: usize) -> Self {
        let start = index * chunk.format.words;
        Self::at(chunk, u32::try_from(start).unwrap_or_default())
    }

    /// The words from this one on.
    pub(super) fn at(chunk: &Arc<Chunk>, start: u32) -> Self {
        let format = &chunk.format;
        let is_counter = aggregation::is_counter(format.kind) && chunk.owner != SHARED_OWNER;
        let len = if is_counter && !format.has_activity_word {
            0
        } else {
            format.words
        };
        Self {
            start,
            len: u32::try_from(len).unwrap_or_default(),
            chunk: Arc::clone(chunk),
        }
    }

    /// Adds a measurement. Called only by the owner of the words, or by any thread if they are shared.
    #[inline]
    pub(crate) fn record(&self, bits: ValueBits) {
        self.write(self.chunk.recorders.record, bits);
    }

    /// As [`record`](Self::record), for a measurement that will be followed by its [`end`](Self::end).
    #[inline]
    pub(crate) fn begin(&self, bits: ValueBits) {
        self.write(self.chunk.recorders.begin, bits);
    }

    /// As [`record`](Self::record), for a measurement that takes back that of a [`begin`](Self::begin).
    #[inline]
    pub(crate) fn end(&self, bits: ValueBits) {
        self.write(self.chunk.recorders.end, bits);
    }

    #[inline]
    fn write(&self, recorder: Recorder, bits: ValueBits) {
        let start = self.start as usize;
        if self.len == 0 {
            if let Some(count) = self.chunk.words.get(start) {
                Exclusive::add(count, 1);
            }
            return;
        }
        if let Some(words) = self.chunk.words.get(start..start + self.len as usize) {
            recorder(&self.chunk.format, words, bits);
        }
    }

    /// The words of the row, if they belong to one thread. Only that thread may use them, and only as long as it has the chunk:
    /// see [`word_pool`](super::word_pool).
    pub(crate) fn own_row(&self) -> Option<OwnRow> {
        let format = &self.chunk.format;
        let writer = format.writer.filter(|_| self.chunk.owner != SHARED_OWNER)?;
        let words = self.chunk.words.leaked().get(self.start as usize..)?;
        let words = format.own(words);
        (!words.is_empty()).then_some(OwnRow { words, writer })
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

    /// The owner of the words.
    #[cfg(test)]
    pub(super) fn owner(&self) -> ThreadId {
        self.chunk.owner
    }

    /// The name.
    #[inline]
    pub(crate) fn name(&self) -> TargetName {
        TargetName {
            view: self.chunk.format.view,
            chunk: self.chunk.id,
            start: self.start,
            owner: self.chunk.owner,
        }
    }

    /// The name, if a value that is taken back later may be recorded as any other one.
    pub(crate) fn name_for_guards(&self) -> Option<TargetName> {
        (!self.chunk.format.has_activity_word).then(|| self.name())
    }

    /// The row.
    pub(crate) fn row(&self) -> RowId {
        let format = &self.chunk.format;
        let first = format.positions_of(self.chunk.id).start;
        RowId {
            position: first + self.start as usize / format.words,
            generation: self.chunk.id.generation,
        }
    }
}
