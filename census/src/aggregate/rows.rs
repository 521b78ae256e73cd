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
//! # Rows that are gone
//!
//! A row that is removed leaves the table, and is not read any more. Its words stay as long as its chunk has other rows. When
//! the last row of a chunk is removed, the chunk is gone: [`forget`](Rows::forget) drops its words. Its place is used again,
//! maybe before that, by a chunk of a later generation.
//!
//! A thread that has found a row may be late, and come with a chunk that is gone, or with one that is not known yet. So what is
//! kept by place has the generation of its chunk, and the later one stays: [`AtPlaces`] has the rule. Late words are in no list,
//! so no scrape reads them, and they are freed when the thread drops them.
//!
//! A scrape may be late, too: it has found a row in the table, and then the row's chunk is gone. The shared words and those of
//! threads go one after the other, in any order. So a scrape shows a row only if neither were gone when they were read,
//! under one hold of `live`: otherwise it would read a part of the row, and a counter would seem to fall.
//!
//! # No chunk is forgotten
//!
//! `pending.retired` does not stay full: a thread that retires chunks drains them itself if it gets `live`. If it does
//! not, another thread holds `live`, and each holder [looks at](Rows::try_drain) `pending` after it has unlocked
//! `live`.

#[cfg(all(test, census_model))]
pub(crate) mod models;

mod at_place;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::slice::ChunksExact;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use self::at_place::AtPlaces;
use super::activity::Activity;
use super::aggregation::RowTotals;
use super::chunk::{Chunk, SHARED_OWNER, Target, TargetName};
use super::removed_rows::Removed;
use super::row_format::RowFormat;
use super::row_starts::RowStart;
use super::rows_at::RowsAt;
use super::table::Table;
use crate::id::{ChunkId, RowId};
use crate::sync::{AtomicU64, Mutex, RwLock, RwLockReadGuard};

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
    /// The chunks that all threads write. Each is made when it is first needed.
    shared: RwLock<AtPlaces<Option<Arc<Chunk>>>>,
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
    /// The chunks that belong to threads.
    chunks: AtPlaces<Vec<Arc<Chunk>>>,
    /// Of each row whose sum of floats must not fall, the sum that was read last, by position.
    last_sums: Vec<f64>,
}

/// Which chunks are gone. No chunk goes while this is held.
pub(super) struct Gone<'r>(RwLockReadGuard<'r, AtPlaces<Option<Arc<Chunk>>>>);

impl Gone<'_> {
    pub(super) fn contains(&self, chunk: ChunkId) -> bool {
        self.0.is_gone(chunk)
    }
}

impl Rows {
    /// Rows with a table for about `max` of them.
    pub(super) fn new(format: RowFormat, max: usize) -> Arc<Self> {
        Arc::new(Self {
            table: Table::new(max, format.layout),
            format: Arc::new(format),
            overflowed: AtomicU64::new(0),
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
        self.table.add_initial(key, RowStart::now)
    }

    /// How many measurements went to overflow rows.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// Whether there are rows, or were some that were removed.
    #[cfg(feature = "prometheus")]
    pub(crate) fn have_been_there(&self) -> bool {
        self.table.extent().positions > 0
    }

    /// How many rows there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Reserves the words of a chunk for a thread, unless threads have too many already. They are released when the
    /// chunk is freed.
    pub(super) fn reserve_chunk(&self, chunk: ChunkId) -> bool {
        let words = self.format.words_of_chunk(chunk);
        let max_words = if self.table.exceeds_default_limit() {
            MAX_OWNED_WORDS
        } else {
            usize::MAX
        };
        // Relaxed: no other memory is published by the number.
        let order = Ordering::Relaxed;
        let owned_words = &self.format.owned_words;
        let reserved = owned_words.fetch_update(order, order, |owned| {
            (owned < max_words).then_some(owned + words)
        });
        reserved.is_ok()
    }

    /// Adds a thread's new chunk to those that are read. Called before the first write to the chunk.
    pub(super) fn publish(&self, chunk: &Arc<Chunk>) {
        self.pending.lock().new.push(Arc::clone(chunk));
    }

    fn shared(&self, chunk: ChunkId) -> Option<Arc<Chunk>> {
        self.shared.read().get(chunk).cloned().flatten()
    }

    /// A row's words in the shared chunk.
    pub(crate) fn shared_target(&self, row: RowId) -> Target {
        let (chunk, index) = self.format.locate(row);
        Target::new(&self.shared_chunk(chunk), index)
    }

    /// The words in the shared chunk of the row that this name is of; `None` if the row is gone with its chunk.
    pub(crate) fn shared_target_named(&self, name: &TargetName) -> Option<Target> {
        let chunk = self.find_shared_chunk(name.chunk)?;
        Some(Target::at(&chunk, name.start))
    }

    /// The shared chunk. If it is gone, these are words that no scrape reads.
    pub(super) fn shared_chunk(&self, id: ChunkId) -> Arc<Chunk> {
        self.find_shared_chunk(id)
            .unwrap_or_else(|| Chunk::new(&self.format, id, SHARED_OWNER))
    }

    /// The shared chunk, unless it is gone.
    fn find_shared_chunk(&self, id: ChunkId) -> Option<Arc<Chunk>> {
        if let Some(chunk) = self.shared(id) {
            return Some(chunk);
        }
        let mut shared = self.shared.write();
        shared.begin(id);
        let chunk = shared.get_mut(id)?;
        let chunk = chunk.get_or_insert_with(|| Chunk::new(&self.format, id, SHARED_OWNER));
        Some(Arc::clone(chunk))
    }

    /// Takes back the chunks of a thread that does not write them any more.
    pub(super) fn retire(&self, chunks: impl Iterator<Item = Arc<Chunk>>) {
        self.pending.lock().retired.extend(chunks);
        self.try_drain();
    }

    /// Drops what is kept for rows that were removed.
    pub(super) fn forget(&self, removed: &Removed) {
        for row in &removed.rows {
            self.format.exemplars.remove(*row);
        }
        if removed.chunks.is_empty() {
            return;
        }
        // The chunks are freed when no lock is held any more.
        let mut freed = Vec::new();
        let mut shared = self.shared.write();
        for chunk in &removed.chunks {
            freed.extend(shared.end(*chunk).flatten());
        }
        drop(shared);
        let mut live = self.live.lock();
        for chunk in &removed.chunks {
            if let Some(chunks) = live.chunks.end(*chunk) {
                freed.extend(chunks);
                self.forget_sums(&mut live, *chunk);
            }
        }
        // No reader may come for long, and chunks that are gone need not wait for one.
        self.drain(&mut live);
        drop(live);
        self.try_drain();
    }

    /// Which chunks are gone.
    pub(super) fn gone(&self) -> Gone<'_> {
        Gone(self.shared.read())
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
        self.add_new(live, pending.new);
        for retired in pending.retired {
            let Some(chunks) = self.live_chunks(live, retired.id) else {
                // Its rows are gone.
                continue;
            };
            // Not `swap_remove`: the order of additions shows in sums of floats.
            chunks.retain(|chunk| !Arc::ptr_eq(chunk, &retired));
            retired.fold_into(&self.shared_chunk(retired.id));
        }
    }

    /// Adds new chunks to the live ones, except for those whose rows are gone.
    fn add_new(&self, live: &mut Live, new: Vec<Arc<Chunk>>) {
        for chunk in new {
            if let Some(chunks) = self.live_chunks(live, chunk.id) {
                chunks.push(chunk);
            }
        }
    }

    /// The live chunks with this identifier, unless they are gone.
    fn live_chunks<'l>(&self, live: &'l mut Live, id: ChunkId) -> Option<&'l mut Vec<Arc<Chunk>>> {
        if live.chunks.begin(id) {
            self.forget_sums(live, id);
        }
        live.chunks.get_mut(id)
    }

    /// Forgets the sums of the rows at the positions of a chunk.
    fn forget_sums(&self, live: &mut Live, chunk: ChunkId) {
        let positions = self.format.positions_of(chunk);
        let last_sums = live.last_sums.iter_mut().skip(positions.start);
        last_sums
            .take(positions.len())
            .for_each(|sum| *sum = f64::MIN);
    }

    /// Empties `pending`, waiting for `live`.
    pub(super) fn drain_blocking(&self) {
        self.drain(&mut self.live.lock());
        self.try_drain();
    }

    /// Reads the rows at some successive positions, each into one of the totals. Takes those of chunks that are gone out of
    /// `rows`.
    pub(super) fn read(
        &self,
        positions: Range<usize>,
        rows: &mut RowsAt,
        totals: &mut dyn RowTotals,
    ) {
        totals.reset(positions.len());
        let format = &*self.format;
        let mut live = self.live.lock();
        self.read_words(&mut live, positions.start, rows, |first, words| {
            totals.add(format, first, words);
        });
        totals.finish(format);
        // Not those of chunks that are gone: there may be another row at the same position.
        totals.keep_rising(format, positions.start, rows.are_there, &mut live.last_sums);
        drop(live);
        self.try_drain();
    }

    /// Reads the activity of each of the rows at some successive positions, from `start` on. Takes those of chunks that are
    /// gone out of `rows`.
    pub(super) fn read_activity(&self, start: usize, rows: &mut RowsAt, read: &mut [Activity]) {
        read.fill(Activity::default());
        let format = &*self.format;
        let mut live = self.live.lock();
        self.read_words(&mut live, start, rows, |first, words| {
            let read = read.iter_mut().skip(first);
            read.zip(words)
                .for_each(|(row, words)| row.add(format, words));
        });
        drop(live);
        self.try_drain();
    }

    /// Calls `add` with the words of the rows at some successive positions, from `start` on, for each of their chunks, and with
    /// the index of the first of these rows.
    fn read_words(
        &self,
        live: &mut Live,
        start: usize,
        rows: &mut RowsAt,
        mut add: impl FnMut(usize, ChunksExact<'_, AtomicU64>),
    ) {
        // One chunk after the other, because the words of a chunk's rows are adjacent.
        for id in &rows.chunks {
            let positions = self.format.positions_of(*id);
            let first = positions.start - start;
            if !self.read_chunk(live, *id, |words| add(first, words)) {
                for index in first..first + positions.len() {
                    rows.are_there &= !(1 << index);
                }
            }
        }
        // In the end: the new chunks that were added for a later chunk may have ended an earlier one, and `last_sums` has the
        // sums of the newer rows then.
        for id in &rows.chunks {
            if live.chunks.get(*id).is_none() {
                for position in self.format.positions_of(*id) {
                    rows.are_there &= !(1 << (position - start));
                }
            }
        }
    }

    /// Calls `add` with the words of all rows of a chunk, once for each thread that has some. Returns whether these are all their
    /// words; otherwise the chunk is gone.
    fn read_chunk(
        &self,
        live: &mut Live,
        id: ChunkId,
        mut add: impl FnMut(ChunksExact<'_, AtomicU64>),
    ) -> bool {
        let shared = self.shared.read();
        // The words of threads may still be there: without the shared ones, they are only a part of the rows.
        if shared.is_gone(id) {
            return false;
        }
        let shared_chunk = shared.get(id).cloned().flatten();
        drop(shared);
        // The shared chunk is read before the new ones are added to the live ones. A shared chunk may hold the end
        // of a call that began in a thread's chunk. That chunk was published before the beginning was counted, and
        // so before the end was. So if the end is seen, the chunk with the beginning is read, too.
        if let Some(shared) = shared_chunk {
            add(shared.rows_from(0));
        }
        let new = std::mem::take(&mut self.pending.lock().new);
        self.add_new(live, new);
        let Some(chunks) = self.live_chunks(live, id) else {
            return false;
        };
        for chunk in chunks {
            add(chunk.rows_from(0));
        }
        true
    }
}
