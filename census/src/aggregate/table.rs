//! The table from keys to rows: bounded, and shared by all threads. Measurements read it only if no cache has them.

mod inner;

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::atomic::Ordering;

use foldhash::fast::RandomState;

use self::inner::Inner;
use super::layout::Layout;
use super::limits::DEFAULT_MAX_SERIES;
use super::removed_rows::Removed;
use super::row_starts::RowStart;
use super::rows_at::{Extent, ROWS_PER_READ, RowsAt};
use crate::id::RowId;
use crate::sync::{AtomicBool, RwLock};

/// The keys of a view's rows, and an index from the keys to the rows.
#[derive(Debug)]
pub(super) struct Table {
    inner: RwLock<Inner>,
    /// Whether the last key that was looked up was new. Then the next one probably is new, too, and the table is locked
    /// for writing at once.
    is_growing: AtomicBool,
    /// See [`Table::exceeds_default_limit`].
    exceeds_default_limit: AtomicBool,
    hasher: RandomState,
}

impl Table {
    /// A table for about this many rows.
    pub(super) fn new(rows: usize, layout: Layout) -> Self {
        Self {
            inner: RwLock::new(Inner::new(rows, layout)),
            is_growing: AtomicBool::new(false),
            exceeds_default_limit: AtomicBool::new(false),
            hasher: RandomState::default(),
        }
    }

    /// The row of this key, which is added if it is not there. `start` says when an added row begins; it does not count
    /// towards the bound.
    pub(super) fn add_initial(&self, key: &str, start: impl FnOnce() -> RowStart) -> RowId {
        let hash = self.hasher.hash_one(key);
        let existing = self.inner.read().find(hash, key);
        existing.unwrap_or_else(|| {
            let mut inner = self.inner.write();
            // Another thread may have added the row since the look above.
            match inner.find_and_keep(hash, key) {
                Some(row) => row,
                None => inner.add(hash, key, start()),
            }
        })
    }

    /// The row of this key, which is added if it is not there; `None` if it would be more than the `max`th row.
    pub(super) fn find_or_add(&self, key: &str, max: usize) -> Option<RowId> {
        let hash = self.hasher.hash_one(key);
        if !self.is_growing.load(Ordering::Relaxed) {
            let inner = self.inner.read();
            if let Some(row) = inner.find(hash, key) {
                return Some(row);
            }
            // A row of this key that is marked as leaving stays.
            if inner.is_full(max) && !inner.has(hash, key) {
                return None;
            }
        }
        let mut inner = self.inner.write();
        // Another thread may have added the row since the look above.
        let existing = inner.find_and_keep(hash, key);
        let is_new = existing.is_none() && !inner.is_full(max);
        self.is_growing.store(is_new, Ordering::Relaxed);
        if is_new {
            let row = inner.add_counted(hash, key, RowStart::now());
            self.update_limit(&inner);
            return Some(row);
        }
        existing
    }

    /// Removes the row of this key, if it is there. If `is_initial`, there is a new row of the same key afterwards.
    pub(super) fn remove(&self, key: &str, is_initial: bool) -> Removed {
        let hash = self.hasher.hash_one(key);
        let mut removed = Removed::default();
        let mut inner = self.inner.write();
        if let Some(row) = inner.find_and_keep(hash, key) {
            inner.remove(hash, row, &mut removed);
            if is_initial {
                inner.add(hash, key, RowStart::now());
            }
            self.update_limit(&inner);
        }
        removed
    }

    /// Removes the rows that there are now and of whose keys `is_meant` is true. Where `is_initial` is true, too, there is a new
    /// row of the key afterwards.
    pub(super) fn remove_all(
        &self,
        is_meant: impl Fn(&str) -> bool,
        is_initial: impl Fn(&str) -> bool,
    ) -> Removed {
        let mut removed = Removed::default();
        let extent = self.extent();
        let mut rows = RowsAt::default();
        // A few at a time, because new rows wait for the lock.
        for start in (0..extent.positions).step_by(ROWS_PER_READ) {
            let end = (start + ROWS_PER_READ).min(extent.positions);
            let mut inner = self.inner.write();
            inner.read(start..end, extent, &mut rows);
            for index in (0..end - start).filter(|index| rows.are_there & (1 << index) != 0) {
                let key = rows.key(index).to_joined();
                if is_meant(&key)
                    && let Some(row) = inner.row_at(start + index)
                {
                    let hash = self.hasher.hash_one(&*key);
                    inner.remove(hash, row, &mut removed);
                    if is_initial(&key) {
                        inner.add(hash, &key, RowStart::now());
                    }
                }
            }
            self.update_limit(&inner);
        }
        removed
    }

    /// Whether a row is there, does not count towards the bound, and has a key of which `f` is true.
    pub(super) fn is_uncounted(&self, row: RowId, f: impl FnOnce(&str) -> bool) -> bool {
        let inner = self.inner.read();
        inner.is_uncounted(row) && f(&inner.key_at(row.position))
    }

    /// Marks those of these rows that are there as leaving. A measurement that is looked up here takes the mark from its row.
    /// Returns how many rows were not marked before.
    pub(super) fn mark_leaving(&self, rows: &[RowId]) -> usize {
        let mut inner = self.inner.write();
        let marked = rows.iter().filter(|row| inner.mark_leaving(**row));
        marked.count()
    }

    /// Removes those of these rows that are still marked as leaving, and adds them to `removed`.
    pub(super) fn remove_leaving(&self, rows: &[RowId], removed: &mut Removed) {
        let mut inner = self.inner.write();
        for row in rows {
            if inner.is_leaving(*row) {
                let hash = self.hasher.hash_one(&*inner.key_at(row.position));
                inner.remove(hash, *row, removed);
            }
        }
        self.update_limit(&inner);
    }

    /// Whether there are more rows than [`DEFAULT_MAX_SERIES`]. In so large a view a thread meets most rows only once.
    pub(super) fn exceeds_default_limit(&self) -> bool {
        self.exceeds_default_limit.load(Ordering::Relaxed)
    }

    fn update_limit(&self, inner: &Inner) {
        let exceeds = inner.counted() > DEFAULT_MAX_SERIES;
        if exceeds != self.exceeds_default_limit() {
            self.exceeds_default_limit.store(exceeds, Ordering::Relaxed);
        }
    }

    /// From now on, there seem to be more rows than [`DEFAULT_MAX_SERIES`].
    #[cfg(all(test, census_model))]
    pub(super) fn model_many_rows(&self) {
        self.exceeds_default_limit.store(true, Ordering::Relaxed);
    }

    /// How many rows there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.inner.read().len()
    }

    /// How many rows there are, and how many of them count for the bound.
    #[cfg(feature = "prometheus")]
    pub(super) fn counts(&self) -> (usize, usize) {
        let inner = self.inner.read();
        (inner.len(), inner.counted())
    }

    /// The rows that there are now.
    pub(super) fn extent(&self) -> Extent {
        self.inner.read().extent()
    }

    /// Replaces `rows` by those at these positions that belong to an extent. There are at most 64 positions, and the first
    /// is a multiple of 64.
    pub(super) fn read(&self, positions: Range<usize>, extent: Extent, rows: &mut RowsAt) {
        self.inner.read().read(positions, extent, rows);
    }
}
