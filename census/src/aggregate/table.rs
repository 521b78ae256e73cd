//! Which row a key has: bounded, shared by all threads, asked only at first meetings.

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::index::Index;
use super::keys::Keys;
use crate::DEFAULT_MAX_SERIES;

/// The keys of a view's rows, and the way from them to the rows' numbers.
#[derive(Debug)]
pub(super) struct Table {
    inner: RwLock<Inner>,
    /// Whether the last key asked for was new. Then the next probably is, too, and one look will do.
    growing: AtomicBool,
    /// See [`Table::is_crowded`].
    crowded: AtomicBool,
    hasher: RandomState,
}

#[derive(Debug)]
struct Inner {
    keys: Keys,
    /// Several small ones for a large view, because one that grows stops everybody: a million rows at once would take
    /// tens of milliseconds. Chosen by the lower half of the hash.
    indices: Box<[Index]>,
    /// How many rows count towards the bound.
    counted: usize,
}

/// About so many rows come into one index.
const ROWS_OF_AN_INDEX: usize = 4_096;
const MAX_INDICES: usize = 1_024;

impl Table {
    /// For about so many rows.
    pub(super) fn new(rows: usize) -> Self {
        let indices = (rows / ROWS_OF_AN_INDEX).clamp(1, MAX_INDICES);
        let indices = (0..indices.next_power_of_two()).map(|_| Index::default());
        Self {
            inner: RwLock::new(Inner {
                keys: Keys::default(),
                indices: indices.collect(),
                counted: 0,
            }),
            growing: AtomicBool::new(false),
            crowded: AtomicBool::new(false),
            hasher: RandomState::default(),
        }
    }

    /// Adds a row that does not count towards the bound, or finds it.
    pub(super) fn add_known(&self, key: &str) -> usize {
        let hash = self.hasher.hash_one(key);
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        match inner.find(hash, key) {
            Some(row) => row,
            None => inner.add(hash, key),
        }
    }

    /// Finds the row of a key, or makes it; `None` if that would be a row too many.
    pub(super) fn find(&self, key: &str, max: usize) -> Option<usize> {
        let hash = self.hasher.hash_one(key);
        if !self.growing.load(Ordering::Relaxed) {
            let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(row) = inner.find(hash, key) {
                return Some(row);
            }
            if inner.is_full(max) {
                return None;
            }
        }
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        // Maybe another thread has made it in between.
        let known = inner.find(hash, key);
        let is_new = known.is_none() && !inner.is_full(max);
        self.growing.store(is_new, Ordering::Relaxed);
        if is_new {
            inner.counted += 1;
            if inner.counted > DEFAULT_MAX_SERIES {
                self.crowded.store(true, Ordering::Relaxed);
            }
            return Some(inner.add(hash, key));
        }
        known
    }

    /// Whether there are more rows than a view may have unless its author says otherwise: then many of them are met but
    /// once.
    pub(super) fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.keys.len()
    }

    /// Copies the keys of these rows: see [`Keys::copy`].
    pub(super) fn copy_keys(
        &self,
        rows: std::ops::Range<usize>,
        text: &mut String,
        ends: &mut Vec<usize>,
    ) {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.keys.copy(rows, text, ends);
    }
}

impl Inner {
    /// Whether one more row that counts would be too many.
    fn is_full(&self, max: usize) -> bool {
        self.counted >= max || self.keys.len() >= u32::MAX as usize
    }

    fn find(&self, hash: u64, key: &str) -> Option<usize> {
        let index = self.indices.get(self.chosen(hash))?;
        let mut rows = index.candidates(hash).map(|row| row as usize);
        rows.find(|row| self.keys.get(*row) == key)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "there are never so many rows"
    )]
    fn add(&mut self, hash: u64, key: &str) -> usize {
        let row = self.keys.len();
        self.keys.push(key);
        let chosen = self.chosen(hash);
        if let Some(index) = self.indices.get_mut(chosen) {
            index.insert(hash, row as u32);
        }
        row
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "only the lowest bits are wanted"
    )]
    fn chosen(&self, hash: u64) -> usize {
        hash as usize & (self.indices.len() - 1)
    }
}
