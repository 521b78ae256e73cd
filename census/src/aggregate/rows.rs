//! A view's rows: which thread writes which words, and how they are added up.
//!
//! Each thread has chunks of its own, which it writes with plain stores. A shared chunk, which all threads write with
//! locked instructions, takes the words of threads that have ended.
//!
//! # Protocol
//!
//! A row's total is the sum of its words in the shared chunk and in all *live* chunks, those that belong to threads.
//! The list of live chunks is behind the lock `live`, which only readers of rows and a thread that folds chunks hold.
//! Neither a first measurement nor the end of a thread waits for that lock. Instead, each leaves its chunks in
//! `pending`, behind a lock that is held for a few instructions:
//!
//! 1. A thread [publishes](Rows::publish) a new chunk to `pending.new` before it writes the first measurement there. So
//!    no reader misses a chunk that holds a measurement.
//! 2. A thread that ends, or no longer records here, [retires](Rows::retire) its chunks to `pending.retired`, after its
//!    last write to them.
//! 3. The holder of `live` [drains](Rows::drain) `pending`: it adds the new chunks to the live ones, and for each
//!    retired chunk removes it from the live ones and adds its words to the shared chunk. Both happen under one hold of
//!    `live`, so a reader finds each count once: in the live chunk or in the shared one.
//!
//! `pending.retired` does not stay full: a thread that retires chunks drains them itself if it gets `live`. If it does
//! not, another thread holds `live`, and each holder [looks at](Rows::try_drain) `pending` after it has unlocked
//! `live`.

#[cfg(all(test, census_model))]
pub(crate) mod models;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::aggregation::RowTotals;
use super::chunk::{Chunk, SHARED_OWNER, Target, TargetName};
use super::row_format::RowFormat;
use super::table::Table;
use crate::id::{ChunkId, RowId};
use crate::sync::{AtomicU64, AtomicUsize, Mutex, RwLock};

/// How many words of a view with more rows than the default limit may belong to threads, rounded up to a whole chunk: a
/// megabyte.
/// Further rows are counted in shared words, so that a view's memory does not grow with the number of threads.
pub(super) const MAX_OWNED_WORDS: usize = 1 << 17;

/// The rows of a view.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(super) format: Arc<RowFormat>,
    pub(super) table: Table,
    /// How many measurements went to overflow rows.
    overflowed: AtomicU64,
    /// How many words belong to threads.
    owned_words: AtomicUsize,
    /// The chunks that all threads write, by their ids. Each is made when it is first needed.
    shared: RwLock<Vec<Option<Arc<Chunk>>>>,
    pending: Mutex<Pending>,
    live: Mutex<Live>,
}

/// Chunks for the next holder of the lock `live`.
#[derive(Debug, Default)]
struct Pending {
    new: Vec<Arc<Chunk>>,
    retired: Vec<Arc<Chunk>>,
}

#[derive(Debug, Default)]
struct Live {
    /// By the chunks' ids: the chunks that belong to threads.
    chunks: Vec<Vec<Arc<Chunk>>>,
    /// Of each row whose sum of floats must not fall, the sum that was read last.
    last_sums: Vec<f64>,
}

impl Live {
    fn add(&mut self, new: Vec<Arc<Chunk>>) {
        for chunk in new {
            let index = chunk.id.index();
            if self.chunks.len() <= index {
                self.chunks.resize(index + 1, Vec::new());
            }
            if let Some(chunks) = self.chunks.get_mut(index) {
                chunks.push(chunk);
            }
        }
    }
}

impl Rows {
    /// Rows with a table for about `max` of them.
    pub(super) fn new(format: RowFormat, max: usize) -> Arc<Self> {
        Arc::new(Self {
            format: Arc::new(format),
            table: Table::new(max),
            overflowed: AtomicU64::new(0),
            owned_words: AtomicUsize::new(0),
            shared: RwLock::default(),
            pending: Mutex::default(),
            live: Mutex::default(),
        })
    }

    /// The overflow row of this key, for a measurement beyond the bound on rows. Each call counts one such measurement. If
    /// a row of this key exists already, it serves as the overflow row: with two rows of one key, a series would be
    /// exported twice.
    pub(super) fn overflow(&self, key: &str) -> RowId {
        self.overflowed.fetch_add(1, Ordering::Relaxed);
        self.table.add_initial(key)
    }

    /// How many measurements went to overflow rows.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Reserves the words of a chunk for a thread, unless threads have too many already. They are released when the
    /// chunk was retired and folded.
    pub(super) fn reserve_chunk(&self, chunk: ChunkId) -> bool {
        let words = self.format.words_of_chunk(chunk);
        let max_words = if self.table.exceeds_default_limit() {
            MAX_OWNED_WORDS
        } else {
            usize::MAX
        };
        // Relaxed: no other memory is published by the number.
        let order = Ordering::Relaxed;
        let reserved = self.owned_words.fetch_update(order, order, |owned| {
            (owned < max_words).then_some(owned + words)
        });
        reserved.is_ok()
    }

    /// Adds a thread's new chunk to those that are read. Called before the first write to the chunk.
    pub(super) fn publish(&self, chunk: &Arc<Chunk>) {
        self.pending.lock().new.push(Arc::clone(chunk));
    }

    fn shared(&self, chunk: ChunkId) -> Option<Arc<Chunk>> {
        self.shared.read().get(chunk.index()).cloned().flatten()
    }

    /// A row's words in the shared chunk.
    pub(crate) fn shared_target(&self, row: RowId) -> Target {
        let (chunk, index) = self.format.layout.locate(row);
        Target::new(&self.shared_chunk(chunk), index)
    }

    /// The words in the shared chunk of the row that this name is of.
    pub(crate) fn shared_target_named(&self, name: &TargetName) -> Target {
        Target::at(&self.shared_chunk(name.chunk), name.start)
    }

    pub(super) fn shared_chunk(&self, id: ChunkId) -> Arc<Chunk> {
        if let Some(chunk) = self.shared(id) {
            return chunk;
        }
        let index = id.index();
        let mut shared = self.shared.write();
        if shared.len() <= index {
            shared.resize(index + 1, None);
        }
        let new = || Chunk::new(&self.format, id, SHARED_OWNER);
        match shared.get_mut(index) {
            Some(chunk) => Arc::clone(chunk.get_or_insert_with(new)),
            None => new(),
        }
    }

    /// Takes back the chunks of a thread that does not write them any more.
    pub(super) fn retire(&self, chunks: impl Iterator<Item = Arc<Chunk>>) {
        self.pending.lock().retired.extend(chunks);
        self.try_drain();
    }

    /// Folds retired chunks, unless another thread holds `live`: that thread calls this after it has unlocked `live`.
    ///
    /// No retired chunk is forgotten. Suppose that `try_lock` fails here. Then another thread holds `live` after the
    /// chunk was added to `pending`, and that thread looks at `pending` later still, when it has unlocked `live`. The
    /// lock of `pending` orders the addition before that look.
    fn try_drain(&self) {
        while !self.pending.lock().retired.is_empty() {
            match self.live.try_lock() {
                Some(mut live) => self.drain(&mut live),
                None => return,
            }
        }
    }

    /// Empties `pending`: see the protocol above.
    fn drain(&self, live: &mut Live) {
        let pending = std::mem::take(&mut *self.pending.lock());
        live.add(pending.new);
        for retired in pending.retired {
            if let Some(chunks) = live.chunks.get_mut(retired.id.index()) {
                // Not `swap_remove`: the order of additions shows in sums of floats.
                chunks.retain(|chunk| !Arc::ptr_eq(chunk, &retired));
            }
            retired.fold_into(&self.shared_chunk(retired.id));
            self.owned_words.fetch_sub(retired.len(), Ordering::Relaxed);
        }
    }

    /// Empties `pending`, waiting for `live`.
    pub(super) fn drain_blocking(&self) {
        self.drain(&mut self.live.lock());
        self.try_drain();
    }

    /// Reads some successive rows, each into one of the totals.
    pub(super) fn read(&self, rows: Range<usize>, totals: &mut dyn RowTotals) {
        self.read_locked(rows, totals);
        self.try_drain();
    }

    fn read_locked(&self, rows: Range<usize>, totals: &mut dyn RowTotals) {
        let format = &*self.format;
        totals.reset(rows.len());
        let mut live = self.live.lock();
        // One chunk after the other, because the words of a chunk's rows are adjacent.
        let mut row = rows.start;
        while row < rows.end {
            let (chunk, index) = format.layout.locate(RowId(row));
            let first = row - rows.start;
            // The shared chunk is read before the new ones are added to the live ones. A shared chunk may hold the end
            // of a call that began in a thread's chunk. That chunk was published before the beginning was counted, and
            // so before the end was. So if the end is seen, the chunk with the beginning is read, too.
            if let Some(shared) = self.shared(chunk) {
                totals.add(format, first, shared.rows_from(index));
            }
            let new = std::mem::take(&mut self.pending.lock().new);
            live.add(new);
            for chunk in live.chunks.get(chunk.index()).into_iter().flatten() {
                totals.add(format, first, chunk.rows_from(index));
            }
            row = format.layout.rows_of(chunk).end;
        }
        totals.keep_rising(format, RowId(rows.start), &mut live.last_sums);
    }
}
