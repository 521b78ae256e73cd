//! The table from keys to rows: bounded, and shared by all threads. Measurements read it only if no cache has them.

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::atomic::Ordering;

use foldhash::fast::RandomState;

use super::index::Index;
use super::limits::DEFAULT_MAX_SERIES;
use super::row_keys::RowKeys;
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

#[derive(Debug)]
struct Inner {
    keys: RowKeys,
    /// A large view has several small indices. An index that grows stops all threads that look for a row: growing one
    /// index of a million rows would take tens of milliseconds. The lower half of the hash chooses the index.
    indices: Box<[Index]>,
    /// How many rows count towards the bound.
    counted: usize,
}

/// How many rows an index has, about.
const ROWS_PER_INDEX: usize = 4_096;
const MAX_INDICES: usize = 1_024;

impl Table {
    /// A table for about this many rows.
    pub(super) fn new(rows: usize) -> Self {
        let indices = (rows / ROWS_PER_INDEX).clamp(1, MAX_INDICES);
        let indices = (0..indices.next_power_of_two()).map(|_| Index::default());
        Self {
            inner: RwLock::new(Inner {
                keys: RowKeys::default(),
                indices: indices.collect(),
                counted: 0,
            }),
            is_growing: AtomicBool::new(false),
            exceeds_default_limit: AtomicBool::new(false),
            hasher: RandomState::default(),
        }
    }

    /// The row of this key, which is added if it is not there. An added row does not count towards the bound.
    pub(super) fn add_initial(&self, key: &str) -> RowId {
        let hash = self.hasher.hash_one(key);
        let existing = self.inner.read().find(hash, key);
        existing.unwrap_or_else(|| {
            let mut inner = self.inner.write();
            // Another thread may have added the row since the look above.
            match inner.find(hash, key) {
                Some(row) => row,
                None => inner.add(hash, key),
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
            if inner.is_full(max) {
                return None;
            }
        }
        let mut inner = self.inner.write();
        // Another thread may have added the row since the look above.
        let existing = inner.find(hash, key);
        let is_new = existing.is_none() && !inner.is_full(max);
        self.is_growing.store(is_new, Ordering::Relaxed);
        if is_new {
            inner.counted += 1;
            if inner.counted > DEFAULT_MAX_SERIES {
                self.exceeds_default_limit.store(true, Ordering::Relaxed);
            }
            return Some(inner.add(hash, key));
        }
        existing
    }

    /// Whether there are more rows than [`DEFAULT_MAX_SERIES`]. In so large a view a thread meets most rows only once.
    pub(super) fn exceeds_default_limit(&self) -> bool {
        self.exceeds_default_limit.load(Ordering::Relaxed)
    }

    /// From now on, there seem to be more rows than [`DEFAULT_MAX_SERIES`].
    #[cfg(all(test, census_model))]
    pub(super) fn model_many_rows(&self) {
        self.exceeds_default_limit.store(true, Ordering::Relaxed);
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.inner.read().keys.len()
    }

    /// Copies the keys of these rows: see [`RowKeys::copy`].
    pub(super) fn copy_keys(&self, rows: Range<usize>, text: &mut String, ends: &mut Vec<usize>) {
        self.inner.read().keys.copy(rows, text, ends);
    }
}

impl Inner {
    /// Whether the bound excludes one more row that counts.
    fn is_full(&self, max: usize) -> bool {
        self.counted >= max || self.keys.len() >= u32::MAX as usize
    }

    fn find(&self, hash: u64, key: &str) -> Option<RowId> {
        let index = self.indices.get(self.index_of(hash))?;
        let mut rows = index.candidates(hash).map(|row| RowId(row as usize));
        rows.find(|row| self.keys.get(*row) == key)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "`is_full` bounds the number of rows"
    )]
    fn add(&mut self, hash: u64, key: &str) -> RowId {
        let row = self.keys.len();
        self.keys.push(key);
        let index = self.index_of(hash);
        if let Some(index) = self.indices.get_mut(index) {
            index.insert(hash, row as u32);
        }
        RowId(row)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "only the lowest bits are wanted"
    )]
    fn index_of(&self, hash: u64) -> usize {
        hash as usize & (self.indices.len() - 1)
    }
}
