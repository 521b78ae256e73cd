//! The keys of a view's rows, by position.

use std::ops::Range;

/// The keys of rows: each holds the values of the columns, in the format of [`row_key`](crate::tags::row_key). Positions
/// without a row have an empty key.
#[derive(Debug, Default)]
pub(super) struct RowKeys {
    blocks: Vec<Block>,
}

/// How many keys a block has. A block that becomes full has no spare capacity, and a key moves those of its block only.
const BLOCK: usize = 256;

/// How many bytes of a block may be unused beside as many as its keys have, when keys are taken out.
const MAX_SPARE: usize = 256;

#[derive(Debug, Default)]
struct Block {
    text: String,
    /// Where the keys end in the text. Later positions have no keys.
    ends: Vec<u32>,
}

impl RowKeys {
    /// The key of the row at this position; empty if there is none.
    pub(super) fn get(&self, position: usize) -> &str {
        let Some(block) = self.blocks.get(position / BLOCK) else {
            return "";
        };
        block.text.get(block.range(position % BLOCK)).unwrap_or("")
    }

    /// Appends the keys of these positions to `text`, and to `ends` the offset in `text` at which each key ends. The keys
    /// of a block are adjacent and are copied at once, which is quicker than one by one.
    pub(super) fn copy(&self, positions: Range<usize>, text: &mut String, ends: &mut Vec<usize>) {
        let mut positions = positions;
        while !positions.is_empty() {
            let (block, start) = (positions.start / BLOCK, positions.start % BLOCK);
            let end = (start + positions.len()).min(BLOCK);
            let filled = ends.len() + end - start;
            if let Some(block) = self.blocks.get(block) {
                block.copy(start..end, text, ends);
            }
            // Later positions have no keys.
            ends.resize(filled, text.len());
            positions.start += end - start;
        }
    }

    /// Sets the key of a position that has none.
    pub(super) fn set(&mut self, position: usize, key: &str) {
        let block = position / BLOCK;
        if self.blocks.len() <= block {
            self.blocks.resize_with(block + 1, Block::default);
        }
        if let Some(block) = self.blocks.get_mut(block) {
            block.set(position % BLOCK, key);
        }
    }

    /// Takes out the key of a position.
    pub(super) fn remove(&mut self, position: usize) {
        if let Some(block) = self.blocks.get_mut(position / BLOCK) {
            block.remove(position % BLOCK);
        }
    }
}

impl Block {
    fn set(&mut self, index: usize, key: &str) {
        if self.ends.len() < index {
            self.ends.resize(index, self.text_len());
        }
        if index == self.ends.len() {
            self.text.push_str(key);
            self.ends.push(self.text_len());
            if self.ends.len() == BLOCK {
                self.text.shrink_to_fit();
                self.ends.shrink_to_fit();
            }
            return;
        }
        let start = self.range(index).start;
        self.text.insert_str(start, key);
        for end in self.ends.iter_mut().skip(index) {
            *end += to_offset(key.len());
        }
    }

    fn remove(&mut self, index: usize) {
        let range = self.range(index);
        for end in self.ends.iter_mut().skip(index) {
            *end -= to_offset(range.len());
        }
        self.text.replace_range(range, "");
        if self.text.capacity() > 2 * self.text.len() + MAX_SPARE {
            self.text.shrink_to_fit();
        }
        if self.text.is_empty() {
            self.ends = Vec::new();
        }
    }

    /// The range in the text of a key; empty if there is none.
    fn range(&self, index: usize) -> Range<usize> {
        let start = self.start(index);
        start..self.ends.get(index).map_or(start, |end| *end as usize)
    }

    fn start(&self, index: usize) -> usize {
        let end_before = |before| self.ends.get::<usize>(before);
        match index.checked_sub(1) {
            None => 0,
            Some(before) => end_before(before).map_or(self.text.len(), |end| *end as usize),
        }
    }

    fn copy(&self, indices: Range<usize>, text: &mut String, ends: &mut Vec<usize>) {
        let before = text.len();
        let known = self.ends.len().clamp(indices.start, indices.end);
        let block_ends = self.ends.get(indices.start..known).unwrap_or_default();
        if let Some(end) = block_ends.last() {
            let start = self.start(indices.start);
            text.push_str(self.text.get(start..*end as usize).unwrap_or_default());
            ends.extend(block_ends.iter().map(|end| before + *end as usize - start));
        }
    }

    fn text_len(&self) -> u32 {
        to_offset(self.text.len())
    }
}

/// A column takes at most 259 bytes, so even ten thousand of them in each row stay far below four gigabytes.
fn to_offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(position: usize) -> String {
        "x".repeat(position % 7)
    }

    /// Checks the keys by `get` and by `copy`.
    fn assert_keys(keys: &RowKeys, expected: impl Fn(usize) -> String) {
        assert!((0..1_100).all(|position| keys.get(position) == expected(position)));
        for positions in [
            0..0,
            0..1,
            3..70,
            200..300,
            255..257,
            512..1_000,
            990..1_100,
        ] {
            let (mut text, mut ends) = (String::from("before"), vec![6]);
            keys.copy(positions.clone(), &mut text, &mut ends);
            let copied = ends.windows(2).map(|pair| &text[pair[0]..pair[1]]);
            assert!(copied.eq(positions.clone().map(&expected)), "{positions:?}");
        }
    }

    #[test]
    fn keys_are_kept_by_position() {
        let mut keys = RowKeys::default();
        (0..1_000).for_each(|position| keys.set(position, &key(position)));
        assert_keys(&keys, |position| {
            let is_there = position < 1_000;
            if is_there {
                key(position)
            } else {
                String::new()
            }
        });
    }

    #[test]
    fn a_position_has_a_key_from_when_it_is_set_until_it_is_removed() {
        let mut keys = RowKeys::default();
        // Not in succession, as if some places of chunks were left out.
        for position in (0..1_000).rev().step_by(3) {
            keys.set(position, &key(position));
        }
        let is_first = |position: usize| position < 1_000 && position.is_multiple_of(3);
        assert_keys(&keys, |position| {
            if is_first(position) {
                key(position)
            } else {
                String::new()
            }
        });
        for position in (0..1_000).filter(|position| is_first(*position)) {
            keys.remove(position);
        }
        assert_keys(&keys, |_| String::new());
        assert!(keys.blocks.iter().all(|it| it.text.capacity() <= MAX_SPARE));
        for position in [700, 3, 999, 4] {
            keys.set(position, "again");
        }
        assert_keys(&keys, |position| {
            let is_again = [700, 3, 999, 4].contains(&position);
            if is_again { "again" } else { "" }.to_owned()
        });
    }
}
