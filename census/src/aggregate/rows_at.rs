//! What a reading of a view's table finds.

use super::row_format::RowFormat;
use super::row_keys::{BLOCK, Block};
use super::row_starts::RowStart;
use crate::id::{ChunkId, RowId};
use crate::tags::row_key;

/// How many rows are read under one hold of a lock: of `Rows`'s `live`, for which other readers wait, and of the
/// table's, for which new rows wait. As many as a word has bits: see [`RowsAt`].
pub(super) const ROWS_PER_READ: usize = BLOCK;

/// The keys of some successive positions, and the rows that are there.
#[derive(Debug)]
pub(super) struct RowsAt {
    /// The keys.
    pub(super) keys: Block,
    /// How many values a key has.
    pub(super) columns: usize,
    /// The bits of the positions that have a row that was there when the reading began.
    pub(super) are_there: u64,
    /// The chunks that the positions are in.
    pub(super) chunks: Vec<ChunkId>,
    /// When the rows began, of those that are there.
    pub(super) starts: [RowStart; ROWS_PER_READ],
}

impl Default for RowsAt {
    fn default() -> Self {
        Self {
            keys: Block::default(),
            columns: 0,
            are_there: 0,
            chunks: Vec::new(),
            starts: [RowStart::default(); ROWS_PER_READ],
        }
    }
}

impl RowsAt {
    /// The row at one of the positions.
    pub(super) fn row_at(&self, format: &RowFormat, position: usize) -> RowId {
        let (place, _) = format.layout.locate(position);
        let chunk = self.chunks.iter().find(|chunk| chunk.place == place);
        RowId {
            position,
            generation: chunk.map_or(0, |chunk| chunk.generation),
        }
    }

    /// When the row at the position with this index began.
    pub(super) fn start(&self, index: usize) -> Option<RowStart> {
        self.starts.get(index).copied()
    }

    /// The key of the row at the position with this index.
    pub(super) fn key(&self, index: usize) -> RowKey<'_> {
        let (text, starts) = self.keys.key(index, self.columns);
        RowKey {
            text,
            starts,
            may_have_special: self.keys.has_special(),
        }
    }
}

/// The key of a row: the values of the columns.
#[derive(Debug)]
pub(crate) struct RowKey<'a> {
    /// A text with the values, each as it is in a [`row_key`].
    pub(super) text: &'a str,
    /// Where the values begin.
    pub(super) starts: &'a [u32],
    /// Whether a value may have a byte that text formats escape.
    #[cfg_attr(
        not(feature = "prometheus"),
        expect(dead_code, reason = "only an exporter reads it")
    )]
    pub(crate) may_have_special: bool,
}

impl<'a> RowKey<'a> {
    /// The values of the columns.
    #[inline]
    pub(crate) fn values(&self) -> impl Iterator<Item = &'a str> + '_ {
        let starts = self.starts.iter();
        starts.map(|start| row_key::value_at(self.text, *start as usize))
    }

    /// The key in the format of [`row_key`].
    pub(crate) fn to_joined(&self) -> String {
        let mut key = String::new();
        self.values()
            .for_each(|value| row_key::push(&mut key, value));
        key
    }
}

/// Up to which row a reading of the table goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// How many positions there are.
    pub(super) positions: usize,
    /// How many rows had been added. Later ones are not read: if a row is removed while the table is read, and one of the
    /// same key is added, then no more than one of them is read.
    pub(super) births: u64,
}
