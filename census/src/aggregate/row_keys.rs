//! The keys of a view's rows, by row.

use std::ops::Range;

use crate::id::RowId;

/// The keys of rows 0, 1, 2, …: each holds the values of the columns, in the format of
/// [`row_key`](crate::tags::row_key). Keys are only appended.
#[derive(Debug, Default)]
pub(super) struct RowKeys {
    blocks: Vec<Block>,
}

/// How many keys a block has. A full block has no spare capacity, and appending to a block moves no other.
const BLOCK: usize = 256;

#[derive(Debug, Default)]
struct Block {
    text: String,
    ends: Vec<u32>,
}

impl RowKeys {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        match self.blocks.split_last() {
            Some((last, full)) => full.len() * BLOCK + last.ends.len(),
            None => 0,
        }
    }

    /// The key of a row; empty if there is no such row.
    pub(super) fn get(&self, RowId(row): RowId) -> &str {
        let Some(block) = self.blocks.get(row / BLOCK) else {
            return "";
        };
        let index = row % BLOCK;
        match (block.start(index), block.end(index)) {
            (Some(start), Some(end)) => block.text.get(start..end).unwrap_or_default(),
            _ => "",
        }
    }

    /// Appends to `text` the keys of those of these rows that exist, and to `ends` the offset in `text` at which each
    /// key ends. The keys of a block are adjacent and are copied at once, which is quicker than one by one.
    pub(super) fn copy(&self, rows: Range<usize>, text: &mut String, ends: &mut Vec<usize>) {
        let mut rows = rows.start..rows.end.min(self.len());
        while !rows.is_empty() {
            let (block, start) = (rows.start / BLOCK, rows.start % BLOCK);
            let end = (start + rows.len()).min(BLOCK);
            if let Some(block) = self.blocks.get(block) {
                block.copy(start..end, text, ends);
            }
            rows.start += end - start;
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, key: &str) {
        if self
            .blocks
            .last()
            .is_none_or(|last| last.ends.len() == BLOCK)
        {
            self.blocks.push(Block::default());
        }
        if let Some(block) = self.blocks.last_mut() {
            block.push(key);
        }
    }
}

impl Block {
    fn push(&mut self, key: &str) {
        self.text.push_str(key);
        // A column takes at most 259 bytes, so even ten thousand of them stay far below four gigabytes.
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        if self.ends.len() == BLOCK {
            self.text.shrink_to_fit();
            self.ends.shrink_to_fit();
        }
    }

    fn copy(&self, rows: Range<usize>, text: &mut String, ends: &mut Vec<usize>) {
        let block_ends = self.ends.get(rows.clone()).unwrap_or_default();
        if let (Some(start), Some(end)) = (self.start(rows.start), block_ends.last()) {
            let before = text.len();
            text.push_str(self.text.get(start..*end as usize).unwrap_or_default());
            ends.extend(block_ends.iter().map(|end| before + *end as usize - start));
        }
    }

    fn start(&self, index: usize) -> Option<usize> {
        match index.checked_sub(1) {
            Some(previous) => self.end(previous),
            None => Some(0),
        }
    }

    fn end(&self, index: usize) -> Option<usize> {
        self.ends.get(index).map(|end| *end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_kept_in_order() {
        let mut keys = RowKeys::default();
        let key = |row: usize| "x".repeat(row % 7);
        for row in 0..1_000 {
            assert_eq!(keys.len(), row);
            keys.push(&key(row));
        }
        assert!((0..1_000).all(|row| keys.get(RowId(row)) == key(row)));
        for rows in [
            0..0,
            0..1,
            3..70,
            200..300,
            255..257,
            512..1_000,
            990..1_100,
        ] {
            let (mut text, mut ends) = (String::from("before"), vec![6]);
            keys.copy(rows.clone(), &mut text, &mut ends);
            let copied = ends.windows(2).map(|pair| &text[pair[0]..pair[1]]);
            assert!(
                copied.eq((rows.start..rows.end.min(1_000)).map(key)),
                "{rows:?}"
            );
        }
        assert_eq!(keys.get(RowId(1_000)), "");
    }
}
