//! The tag values of a view's rows, by the rows' numbers.

/// The keys of rows 0, 1, 2, …: each the values of the columns, [packed](crate::tags::packed). Append-only.
#[derive(Debug, Default)]
pub(super) struct Keys {
    blocks: Vec<Block>,
}

/// The keys of so many rows lie in one text. A full one has no room to spare, and adding to it moves no other.
const BLOCK: usize = 256;

#[derive(Debug, Default)]
struct Block {
    text: String,
    ends: Vec<u32>,
}

impl Keys {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        match self.blocks.split_last() {
            Some((last, full)) => full.len() * BLOCK + last.ends.len(),
            None => 0,
        }
    }

    /// The key of a row; empty if there is no such row.
    pub(super) fn get(&self, row: usize) -> &str {
        let Some(block) = self.blocks.get(row / BLOCK) else {
            return "";
        };
        let number = row % BLOCK;
        let start = match number.checked_sub(1) {
            Some(previous) => block.end(previous),
            None => Some(0),
        };
        match (start, block.end(number)) {
            (Some(start), Some(end)) => block.text.get(start..end).unwrap_or_default(),
            _ => "",
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

    fn end(&self, number: usize) -> Option<usize> {
        self.ends.get(number).map(|end| *end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_in_order() {
        let mut keys = Keys::default();
        let key = |row: usize| "x".repeat(row % 7);
        for row in 0..1_000 {
            assert_eq!(keys.len(), row);
            keys.push(&key(row));
        }
        assert!((0..1_000).all(|row| keys.get(row) == key(row)));
        assert_eq!(keys.get(1_000), "");
    }
}
