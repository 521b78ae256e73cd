//! What a reading of a view's table finds.

use super::row_format::RowFormat;
use crate::id::{ChunkId, RowId};

/// How many rows are read under one hold of a lock: of `Rows`'s `live`, for which other readers wait, and of the
/// table's, for which new rows wait. As many as a word has bits: see [`RowsAt`].
pub(super) const ROWS_PER_READ: usize = 64;

/// The keys of some successive positions, and the rows that are there.
#[derive(Debug, Default)]
pub(super) struct RowsAt {
    /// The keys, one after the other; empty where there is no row.
    pub(super) text: String,
    /// Where the keys end.
    pub(super) ends: Vec<usize>,
    /// The bits of the positions that have a row that was there when the reading began.
    pub(super) are_there: u64,
    /// The chunks that the positions are in.
    pub(super) chunks: Vec<ChunkId>,
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

    /// The keys of all positions.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let keys = starts.zip(&self.ends);
        keys.map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
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
