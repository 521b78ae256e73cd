//! Where a view's rows lie: which chunk, and which place in it.

use std::ops::Range;

/// How many rows the first chunks have at least, and how many words, so that they fill a line of the cache. A thread that
/// records into one row has a chunk, so larger ones would cost threads with few rows more.
const MIN_ROWS: usize = 4;
const MIN_WORDS: usize = 8;

/// How many rows a chunk has at most, and how many words as long as it has several rows. What a chunk needs beside its
/// words, about a hundred bytes, is then a few bytes a row.
const MAX_ROWS: usize = 32;
const MAX_WORDS: usize = 1_024;

/// So many chunks, as a power of two, have a size before the next ones have twice the size; twice so many have the
/// first. So no chunk but the first ones has more than a sixteenth of the rows before it: few words are there in vain, and
/// who meets a few rows among some hundreds has small chunks.
const OF_A_SIZE: u32 = 4;

/// How the rows of a view lie in chunks: in succession, first in small ones, later in larger ones. A distribution with
/// few buckets has 32 chunks of 4 rows, 16 of 8, 16 of 16, and then chunks of 32.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// How many rows the first chunks have, as a power of two.
    first: u32,
    /// How many rows the largest chunks have, as a power of two.
    last: u32,
}

impl Layout {
    /// For rows of so many words.
    pub(super) fn new(words: usize) -> Self {
        let words = words.max(1);
        let most = (MAX_WORDS / words).clamp(1, MAX_ROWS);
        Self {
            first: MIN_ROWS.max(MIN_WORDS / words).min(most).ilog2(),
            last: most.ilog2(),
        }
    }

    /// The number of the chunk that has a row, and the row's place among those of the chunk.
    pub(super) fn place_of(self, row: usize) -> (usize, usize) {
        let size = (row | 1).ilog2().saturating_sub(OF_A_SIZE);
        let size = size.max(self.first).min(self.last);
        let number = (row >> size) + self.smaller_than(size);
        (number, row & ((1 << size) - 1))
    }

    /// The rows of a chunk.
    pub(super) fn rows_of(self, number: usize) -> Range<usize> {
        // `first` for both of the first two steps.
        let steps = (number >> OF_A_SIZE).saturating_sub(1);
        let most = self.last - self.first;
        let size = self.first + u32::try_from(steps).map_or(most, |steps| steps.min(most));
        let start = (number - self.smaller_than(size)) << size;
        start..start + (1 << size)
    }

    /// By how much more a chunk is numbered than if all before it had its size.
    fn smaller_than(self, size: u32) -> usize {
        ((size - self.first) as usize) << OF_A_SIZE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many words, and the sizes that the chunks are to have, each with how many there are of it; after the last
    /// there are only such.
    const CASES: [(usize, &[(usize, usize)]); 7] = [
        (1, &[(32, 8), (16, 16), (16, 32)]),
        (2, &[(32, 4), (16, 8), (16, 16), (16, 32)]),
        (23, &[(32, 4), (16, 8), (16, 16), (16, 32)]),
        (33, &[(32, 4), (16, 8), (16, 16)]),
        (256, &[(32, 4)]),
        (500, &[(32, 2)]),
        (5_000, &[(32, 1)]),
    ];

    #[test]
    fn each_row_has_one_place_and_they_are_in_succession() {
        for (words, _) in CASES {
            let layout = Layout::new(words);
            let mut expected = (0, 0);
            for row in 0..10_000 {
                assert_eq!(layout.place_of(row), expected, "row {row} of {words} words");
                let (number, place) = expected;
                let rows = layout.rows_of(number);
                assert_eq!(rows.start + place, row, "chunk {number} of {words} words");
                expected = if row + 1 < rows.end {
                    (number, place + 1)
                } else {
                    (number + 1, 0)
                };
            }
        }
    }

    #[test]
    fn chunks_grow_up_to_a_bound() {
        for (words, sizes) in CASES {
            let layout = Layout::new(words);
            let (mut number, mut start) = (0, 0);
            let last = sizes.last().map(|(_, size)| (1_000, *size));
            for (chunks, size) in sizes.iter().copied().chain(last) {
                for _ in 0..chunks {
                    let rows = layout.rows_of(number);
                    assert_eq!(rows, start..start + size, "chunk {number} of {words} words");
                    assert!(size == 1 || size * words <= MAX_WORDS);
                    (number, start) = (number + 1, rows.end);
                }
            }
        }
    }
}
