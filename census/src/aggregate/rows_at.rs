//! What a reading of a view's table finds.

use super::row_format::RowFormat;
use super::row_keys::{BLOCK, Block};
use crate::id::{ChunkId, RowId};
use crate::tags::row_key;

/// How many rows are read under one hold of a lock: of `Rows`'s `live`, for which other readers wait, and of the
/// table's, for which new rows wait. As many as a word has bits: see [`RowsAt`].
pub(super) const ROWS_PER_READ: usize = BLOCK;

/// The keys of some successive positions, and the rows that are there.
#[derive(Debug, Default)]
pub(super) struct RowsAt {
    /// The keys.
    pub(super) keys: Block,
    /// How many values a key has.
    pub(super) columns: usize,
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

    /// The key of the row at the position with this index.
    pub(super) fn key(&self, index: usize) -> RowKey<'_> {
        let (text, starts) = self.keys.key(index, self.columns);
        RowKey(Parts::Apart { text, starts })
    }
}

/// The key of a row: the values of the columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowKey<'a>(Parts<'a>);

#[derive(Clone, Copy, Debug)]
enum Parts<'a> {
    /// One after the other, in the format of [`row_key`].
    Joined(&'a str),
    /// Each somewhere in a text, where it is as in a key.
    Apart { text: &'a str, starts: &'a [u32] },
}

impl<'a> RowKey<'a> {
    /// A key in the format of [`row_key`].
    pub(crate) const fn joined(key: &'a str) -> Self {
        Self(Parts::Joined(key))
    }

    /// The values of the columns.
    #[inline]
    pub(crate) fn values(self) -> impl Iterator<Item = &'a str> {
        let mut rest = self.0;
        std::iter::from_fn(move || match &mut rest {
            Parts::Joined(key) => {
                let (value, tail) = row_key::split_first(key)?;
                *key = tail;
                Some(value)
            }
            Parts::Apart { text, starts } => {
                let (start, tail) = starts.split_first()?;
                *starts = tail;
                let (value, _) = row_key::split_first(text.get(*start as usize..)?)?;
                Some(value)
            }
        })
    }

    /// The key in the format of [`row_key`].
    pub(crate) fn to_joined(self) -> String {
        match self.0 {
            Parts::Joined(key) => key.to_owned(),
            Parts::Apart { .. } => {
                let mut key = String::new();
                self.values()
                    .for_each(|value| row_key::push(&mut key, value));
                key
            }
        }
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
