//! The keys of a view's rows, by position.

use std::ops::Range;

use crate::tags::{has_special, row_key};

/// The keys of rows: each holds the values of the columns, in the format of [`row_key`]. Positions without a row have no key.
///
/// Rows that are added one after the other often share values: those of a new tenant, for all its routes. A block has most
/// values once, however many of its rows have them.
#[derive(Debug, Default)]
pub(super) struct RowKeys {
    blocks: Vec<Block>,
    /// How many values each key has. Known from the first key.
    columns: usize,
    recent: RecentValues,
}

/// How many keys a block has. A reading of rows has one block at a time.
pub(super) const BLOCK: usize = 64;

/// The keys of some successive positions.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The values, each as it is in a key: its length and itself.
    text: String,
    /// For each key, where its values begin in the text; [`NO_KEY`] if there is none. Later positions have none, either.
    starts: Vec<u32>,
    /// Whether some value has a byte that text formats escape.
    has_special: bool,
    /// How many keys there are.
    keys: usize,
    /// How many keys were taken out since the text was made. It may have values that no key has.
    removed: usize,
}

const NO_KEY: u32 = u32::MAX;

/// Where some values begin that were added not long ago, by a hash of the value. They may be in another block: a value that is
/// found is compared.
#[derive(Debug)]
struct RecentValues([u32; Self::LEN]);

impl RecentValues {
    const LEN: usize = 64;

    /// The place of a value. Most differ in their last bytes.
    fn slot(&mut self, value: &str) -> Option<&mut u32> {
        let bytes = value.as_bytes();
        let last = match bytes.last_chunk() {
            Some(last) => u64::from_ne_bytes(*last),
            None => bytes
                .iter()
                .fold(0, |all, byte| all << 8 | u64::from(*byte)),
        };
        // The golden ratio. The highest bits of a product depend on all bits.
        let hash = (last ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0.get_mut((hash >> 58) as usize % Self::LEN)
    }
}

impl Default for RecentValues {
    fn default() -> Self {
        Self([0; Self::LEN])
    }
}

impl RowKeys {
    /// Whether the row at this position has this key.
    pub(super) fn is_at(&self, position: usize, key: &str) -> bool {
        let block = self.blocks.get(position / BLOCK);
        block.is_some_and(|block| block.is_at(self.range(position), key))
    }

    /// Appends the key of the row at this position; nothing if there is none.
    pub(super) fn append(&self, position: usize, key: &mut String) {
        if let Some(block) = self.blocks.get(position / BLOCK) {
            for value in block.values(self.range(position)) {
                key.push_str(value);
            }
        }
    }

    /// Replaces `keys` by those of the block with this index. Returns how many values each has.
    pub(super) fn copy_block(&self, index: usize, keys: &mut Block) -> usize {
        match self.blocks.get(index) {
            Some(block) => {
                keys.text.clone_from(&block.text);
                keys.starts.clone_from(&block.starts);
                keys.has_special = block.has_special;
            }
            None => *keys = Block::default(),
        }
        self.columns
    }

    /// Sets the key of a position that has none.
    pub(super) fn set(&mut self, position: usize, key: &str) {
        if self.columns == 0 {
            self.columns = row_key::values(key).count();
        }
        let (index, range) = (position / BLOCK, self.range(position));
        while self.blocks.len() <= index {
            let like = self.blocks.last();
            let block = like.map_or_else(Block::default, |it| it.new_alike(self.columns));
            self.blocks.push(block);
        }
        if let Some(block) = self.blocks.get_mut(index) {
            block.set(range, key, &mut self.recent);
            if position % BLOCK == BLOCK - 1 {
                block.shrink_to_fit();
            }
        }
    }

    /// Takes out the key of a position.
    pub(super) fn remove(&mut self, position: usize) {
        let range = self.range(position);
        if let Some(block) = self.blocks.get_mut(position / BLOCK) {
            block.remove(range, self.columns, &mut self.recent);
        }
    }

    /// Where the values of a key are in its block's `starts`.
    fn range(&self, position: usize) -> Range<usize> {
        let first = position % BLOCK * self.columns;
        first..first + self.columns
    }
}

impl Block {
    /// An empty block with memory for as much as this one has.
    fn new_alike(&self, columns: usize) -> Self {
        Self {
            text: String::with_capacity(self.text.len()),
            starts: Vec::with_capacity(BLOCK * columns),
            ..Self::default()
        }
    }

    /// The text of all values, and where those of the key with this index begin, of which there are `columns`.
    pub(super) fn key(&self, index: usize, columns: usize) -> (&str, &[u32]) {
        let first = index * columns;
        let starts = self.starts.get(first..first + columns);
        (&self.text, starts.unwrap_or_default())
    }

    /// Whether some value has a byte that text formats escape.
    pub(super) const fn has_special(&self) -> bool {
        self.has_special
    }

    /// The values of a key, each as it is in a key.
    fn values(&self, range: Range<usize>) -> impl Iterator<Item = &str> {
        let starts = self.starts.get(range).unwrap_or_default();
        let value_at =
            |start: &u32| Some(row_key::split_with_length(self.text.get(*start as usize..)?)?.0);
        starts.iter().filter_map(value_at)
    }

    fn is_at(&self, range: Range<usize>, key: &str) -> bool {
        let mut rest = Some(key);
        for value in self.values(range) {
            rest = rest.and_then(|rest| rest.strip_prefix(value));
        }
        rest == Some("")
    }

    fn set(&mut self, range: Range<usize>, key: &str, recent: &mut RecentValues) {
        self.keys += 1;
        if self.starts.len() < range.start {
            self.starts.resize(range.start, NO_KEY);
        }
        let mut rest = key;
        for index in range {
            let (value, tail) = row_key::split_with_length(rest).unwrap_or_default();
            rest = tail;
            let start = self.add_value(value, recent);
            match self.starts.get_mut(index) {
                Some(at_index) => *at_index = start,
                None => self.starts.push(start),
            }
        }
    }

    /// Where a value begins in the text, to which it is added unless it was found there.
    fn add_value(&mut self, value: &str, recent: &mut RecentValues) -> u32 {
        let Some(slot) = recent.slot(value) else {
            return self.push_value(value);
        };
        let start = *slot as usize;
        let found = self.text.as_bytes().get(start..start + value.len());
        if found != Some(value.as_bytes()) {
            *slot = self.push_value(value);
        }
        *slot
    }

    /// Adds a value to the text. Out of line, because most values are found.
    #[inline(never)]
    fn push_value(&mut self, value: &str) -> u32 {
        let start = to_offset(self.text.len());
        self.text.push_str(value);
        let without_length = row_key::split_first(value);
        self.has_special |= without_length.is_some_and(|(value, _)| has_special(value));
        start
    }

    fn remove(&mut self, range: Range<usize>, columns: usize, recent: &mut RecentValues) {
        let starts = self.starts.get_mut(range).unwrap_or_default();
        starts.fill(NO_KEY);
        self.keys = self.keys.saturating_sub(1);
        self.removed += 1;
        if self.keys == 0 {
            *self = Self::default();
        } else if self.removed > self.keys {
            self.compact(columns, recent);
        }
    }

    /// Makes the text anew, without values that no key has.
    fn compact(&mut self, columns: usize, recent: &mut RecentValues) {
        let mut kept = Self::default();
        let mut key = String::new();
        for first in (0..self.starts.len()).step_by(columns.max(1)) {
            let range = first..first + columns;
            if self.starts.get(first).is_some_and(|start| *start != NO_KEY) {
                key.clear();
                key.extend(self.values(range.clone()));
                kept.set(range, &key, recent);
            }
        }
        kept.shrink_to_fit();
        *self = kept;
    }

    fn shrink_to_fit(&mut self) {
        self.text.shrink_to_fit();
        self.starts.shrink_to_fit();
    }
}

/// A column takes at most 259 bytes, so even ten thousand of them in each row stay far below four gigabytes.
fn to_offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key that shares its first value with the next ones.
    fn key(position: usize) -> String {
        key_of([position / 7, position])
    }

    fn key_of(values: [usize; 2]) -> String {
        let mut key = String::new();
        for value in values {
            row_key::push(&mut key, &value.to_string().repeat(value % 5));
        }
        key
    }

    /// Checks the keys by `is_at`, by `append` and by `copy_block`.
    fn assert_keys(keys: &RowKeys, expected: impl Fn(usize) -> Option<String>) {
        let mut block = Block::default();
        for position in 0..1_100 {
            let expected = expected(position);
            let mut appended = String::new();
            keys.append(position, &mut appended);
            assert_eq!(appended, expected.clone().unwrap_or_default());
            if let Some(expected) = &expected {
                assert!(keys.is_at(position, expected));
                assert!(!keys.is_at(position, &key_of([position, position + 1])));
                assert!(!keys.is_at(position, &format!("{expected}\u{1}x")));
            }
            let columns = keys.copy_block(position / BLOCK, &mut block);
            let (text, starts) = block.key(position % BLOCK, columns);
            let values = starts.iter().filter(|start| **start != NO_KEY);
            let values = values.filter_map(|it| row_key::split_with_length(&text[*it as usize..]));
            assert_eq!(values.map(|it| it.0).collect::<String>(), appended);
        }
    }

    #[test]
    fn keys_are_kept_by_position() {
        let mut keys = RowKeys::default();
        (0..1_000).for_each(|position| keys.set(position, &key(position)));
        assert_keys(&keys, |position| (position < 1_000).then(|| key(position)));
    }

    #[test]
    fn a_position_has_a_key_from_when_it_is_set_until_it_is_removed() {
        let mut keys = RowKeys::default();
        // Not in succession, as if some places of chunks were left out.
        for position in (0..1_000).rev().step_by(3) {
            keys.set(position, &key(position));
        }
        let is_first = |position: usize| position < 1_000 && position.is_multiple_of(3);
        assert_keys(&keys, |position| is_first(position).then(|| key(position)));
        for position in (0..1_000).filter(|position| is_first(*position)) {
            keys.remove(position);
            if position % 100 == 99 {
                let stays = |other| is_first(other) && other > position;
                assert_keys(&keys, |position| stays(position).then(|| key(position)));
            }
        }
        assert_keys(&keys, |_| None);
        assert!(keys.blocks.iter().all(|it| it.text.capacity() == 0));
        for position in [700, 3, 999, 4] {
            keys.set(position, &key_of([1, 2]));
        }
        assert_keys(&keys, |position| {
            let is_again = [700, 3, 999, 4].contains(&position);
            is_again.then(|| key_of([1, 2]))
        });
    }

    #[test]
    fn memory_stays_bounded_while_keys_come_and_go() {
        let mut keys = RowKeys::default();
        (0..BLOCK).for_each(|position| keys.set(position, &key(position)));
        for next in BLOCK..100_000 {
            keys.remove(next % BLOCK);
            keys.set(next % BLOCK, &key(next));
        }
        let text = &keys.blocks[0].text;
        assert!(text.capacity() < 20_000, "{} bytes", text.capacity());
    }

    #[test]
    fn a_block_has_a_shared_value_once() {
        let mut keys = RowKeys::default();
        (0..BLOCK).for_each(|position| keys.set(position, &key_of([1_234, position])));
        let first = keys.blocks[0].text.matches(&"1234".repeat(4)).count();
        assert_eq!(first, 1);
    }

    #[test]
    fn a_view_may_have_no_columns() {
        let mut keys = RowKeys::default();
        keys.set(0, "");
        assert!(keys.is_at(0, ""));
        keys.remove(0);
        keys.set(0, "");
        assert!(keys.is_at(0, ""));
    }
}
