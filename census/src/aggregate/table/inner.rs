//! The content of a [`Table`](super::Table), behind its lock.

use std::ops::Range;

use crate::aggregate::bits::Bits;
use crate::aggregate::index::Index;
use crate::aggregate::layout::Layout;
use crate::aggregate::places::Places;
use crate::aggregate::removed_rows::Removed;
use crate::aggregate::row_keys::RowKeys;
use crate::aggregate::row_starts::{RowStart, RowStarts};
use crate::aggregate::rows_at::{Extent, ROWS_PER_READ, RowsAt};
use crate::id::RowId;

/// How many rows an index has, about.
const ROWS_PER_INDEX: usize = 4_096;
const MAX_INDICES: usize = 1_024;

#[derive(Debug)]
pub(super) struct Inner {
    /// A large view has several small indices. An index that grows stops all threads that look for a row: growing one
    /// index of a million rows would take tens of milliseconds. The lower half of the hash chooses the index.
    indices: Box<[Index]>,
    places: Places,
    keys: RowKeys,
    /// The positions that have a row.
    there: Bits,
    /// The positions of rows that count towards the bound.
    counted: Bits,
    /// The positions of rows that will be removed unless a measurement is looked up.
    leaving: Bits,
    there_count: usize,
    counted_count: usize,
    leaving_count: usize,
}

impl Inner {
    pub(super) fn new(rows: usize, layout: Layout) -> Self {
        let indices = (rows / ROWS_PER_INDEX).clamp(1, MAX_INDICES);
        let indices = (0..indices.next_power_of_two()).map(|_| Index::default());
        Self {
            indices: indices.collect(),
            places: Places::new(layout),
            keys: RowKeys::default(),
            there: Bits::default(),
            counted: Bits::default(),
            leaving: Bits::default(),
            there_count: 0,
            counted_count: 0,
            leaving_count: 0,
        }
    }

    /// How many rows there are.
    #[cfg(any(test, feature = "prometheus"))]
    pub(super) const fn len(&self) -> usize {
        self.there_count
    }

    /// How many rows count towards the bound.
    pub(super) const fn counted(&self) -> usize {
        self.counted_count
    }

    /// Whether the bound excludes one more row that counts.
    pub(super) fn is_full(&self, max: usize) -> bool {
        self.counted_count >= max || self.positions() >= u32::MAX as usize
    }

    /// Whether a row is marked as leaving.
    const fn has_leaving(&self) -> bool {
        self.leaving_count > 0
    }

    /// How many positions there are.
    pub(super) fn positions(&self) -> usize {
        self.places.positions()
    }

    pub(super) fn extent(&self) -> Extent {
        Extent {
            positions: self.positions(),
            births: self.places.births(),
        }
    }

    /// The row at a position, if there is one.
    pub(super) fn row_at(&self, position: usize) -> Option<RowId> {
        let is_there = self.there.contains(position);
        is_there.then(|| self.places.row_at(position))
    }

    /// Whether a row is there, and does not count towards the bound.
    pub(super) fn is_uncounted(&self, row: RowId) -> bool {
        self.row_at(row.position) == Some(row) && !self.counted.contains(row.position)
    }

    pub(super) fn key_at(&self, position: usize) -> String {
        let mut key = String::new();
        self.keys.append(position, &mut key);
        key
    }

    /// Whether there is a row of this key, also if it is marked as leaving.
    pub(super) fn has(&self, hash: u64, key: &str) -> bool {
        self.has_leaving() && self.find_any(hash, key).is_some()
    }

    /// The row of a key, unless it is marked as leaving.
    pub(super) fn find(&self, hash: u64, key: &str) -> Option<RowId> {
        let row = self.find_any(hash, key)?;
        let is_leaving = self.has_leaving() && self.leaving.contains(row.position);
        (!is_leaving).then_some(row)
    }

    /// The row of a key. It is not leaving any more.
    pub(super) fn find_and_keep(&mut self, hash: u64, key: &str) -> Option<RowId> {
        let row = self.find_any(hash, key)?;
        if self.has_leaving() && self.leaving.remove(row.position) {
            self.leaving_count -= 1;
        }
        Some(row)
    }

    fn find_any(&self, hash: u64, key: &str) -> Option<RowId> {
        let index = self.indices.get(self.index_of(hash))?;
        let mut positions = index.candidates(hash).map(|position| position as usize);
        let position = positions.find(|position| self.keys.is_at(*position, key))?;
        Some(self.places.row_at(position))
    }

    /// Adds the row of a key that has none. It begins now.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`is_full` bounds the number of positions"
    )]
    pub(super) fn add(&mut self, hash: u64, key: &str, now: RowStart) -> RowId {
        let row = self.places.add_row(now);
        self.keys.set(row.position, key);
        self.there.insert(row.position);
        self.there_count += 1;
        let index = self.index_of(hash);
        if let Some(index) = self.indices.get_mut(index) {
            index.insert(hash, row.position as u32);
        }
        row
    }

    /// As [`add`](Self::add). The row counts towards the bound.
    pub(super) fn add_counted(&mut self, hash: u64, key: &str, now: RowStart) -> RowId {
        let row = self.add(hash, key, now);
        self.counted.insert(row.position);
        self.counted_count += 1;
        row
    }

    /// Removes a row that is there, and whose key has this hash.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`is_full` bounds the number of positions"
    )]
    pub(super) fn remove(&mut self, hash: u64, row: RowId, removed: &mut Removed) {
        let position = row.position;
        let index = self.index_of(hash);
        if let Some(index) = self.indices.get_mut(index) {
            index.remove(hash, position as u32);
        }
        self.keys.remove(position);
        self.there_count -= usize::from(self.there.remove(position));
        self.counted_count -= usize::from(self.counted.remove(position));
        self.leaving_count -= usize::from(self.leaving.remove(position));
        removed.rows.push(row);
        removed.chunks.extend(self.places.remove_row(position));
    }

    /// Marks a row as leaving, if it is there. Returns whether it was not marked before.
    pub(super) fn mark_leaving(&mut self, row: RowId) -> bool {
        let is_new = self.row_at(row.position) == Some(row) && self.leaving.insert(row.position);
        self.leaving_count += usize::from(is_new);
        is_new
    }

    /// Whether a row is there, and is marked as leaving.
    pub(super) fn is_leaving(&self, row: RowId) -> bool {
        self.leaving.contains(row.position) && self.row_at(row.position) == Some(row)
    }

    /// See [`Table::read`](super::Table::read).
    pub(super) fn read(&self, positions: Range<usize>, extent: Extent, rows: &mut RowsAt) {
        let group = positions.start / ROWS_PER_READ;
        rows.columns = self.keys.copy_block(group, &mut rows.keys);
        rows.chunks.clear();
        rows.are_there = self.there.group(group);
        let (first, births) = (positions.start, extent.births);
        let RowsAt {
            are_there,
            chunks,
            starts,
            ..
        } = rows;
        let chunk_read = |chunk, of_chunk: Range<usize>, known: usize, began: &RowStarts| {
            chunks.push(chunk);
            let indices = of_chunk.start - first..of_chunk.end - first;
            if let Some(starts) = starts.get_mut(indices) {
                began.copy_to(starts);
            }
            for position in of_chunk.skip(known) {
                *are_there &= !(1 << (position - first));
            }
        };
        self.places.for_each_chunk(positions, births, chunk_read);
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "only the lowest bits are wanted"
    )]
    fn index_of(&self, hash: u64) -> usize {
        hash as usize & (self.indices.len() - 1)
    }
}
