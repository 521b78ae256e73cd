//! Which positions of rows lie at which place of a chunk.

use std::ops::Range;

/// How many rows the first chunks have at least, and how many words, so that they fill a cache line. A thread that
/// records into one row has a chunk for it, so larger ones would cost threads with few rows more.
const MIN_ROWS: usize = 4;
const MIN_WORDS: usize = 8;

/// How many rows a chunk has at most, and how many words if it has several rows. A chunk needs about a hundred bytes
/// beside its words, which is then a few bytes a row.
const MAX_ROWS: usize = 32;
const MAX_WORDS: usize = 1_024;

/// After how many chunks of a size, as a power of two, the size doubles; the first size lasts twice as long. So no
/// chunk but the first ones has more than a sixteenth of the rows before it: few words are unused, and a thread that
/// meets a few rows among some hundreds has small chunks.
const CHUNKS_PER_SIZE_LOG2: u32 = 4;

/// How the positions of a view's rows lie at the places of chunks: in succession, first in small chunks, later in larger
/// ones. A distribution with few buckets has 32 chunks of 4 rows, 16 of 8, 16 of 16, and then chunks of 32. Each place
/// begins at a multiple of its size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// How many rows the first chunks have, as a power of two.
    first_size_log2: u32,
    /// How many rows the largest chunks have, as a power of two.
    last_size_log2: u32,
}

impl Layout {
    /// The layout of rows of so many words. `rows_go` says that rows often go: then all chunks are small, because a chunk is
    /// freed with its last row.
    pub(super) fn new(words: usize, rows_go: bool) -> Self {
        let words = words.max(1);
        let most = (MAX_WORDS / words).clamp(1, MAX_ROWS);
        let first_size_log2 = MIN_ROWS.max(MIN_WORDS / words).min(most).ilog2();
        Self {
            first_size_log2,
            last_size_log2: if rows_go {
                first_size_log2
            } else {
                most.ilog2()
            },
        }
    }

    /// The place of a row's chunk, and the row's index among the rows of the chunk.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "there are at most as many positions as a `u32` can number: see `Table`"
    )]
    pub(super) fn locate(self, position: usize) -> (u32, usize) {
        let size = (position | 1).ilog2().saturating_sub(CHUNKS_PER_SIZE_LOG2);
        let size = size.max(self.first_size_log2).min(self.last_size_log2);
        let place = (position >> size) + self.extra_chunks_before(size);
        (place as u32, position & ((1 << size) - 1))
    }

    /// The positions of the rows of a chunk at this place.
    pub(super) fn positions_of(self, place: u32) -> Range<usize> {
        let chunk = place as usize;
        // Both of the first two steps have the first size.
        let steps = (chunk >> CHUNKS_PER_SIZE_LOG2).saturating_sub(1);
        let most = self.last_size_log2 - self.first_size_log2;
        let size =
            self.first_size_log2 + u32::try_from(steps).map_or(most, |steps| steps.min(most));
        let start = (chunk - self.extra_chunks_before(size)) << size;
        start..start + (1 << size)
    }

    /// How many more chunks precede those of a size than if all of them had that size.
    fn extra_chunks_before(self, size_log2: u32) -> usize {
        ((size_log2 - self.first_size_log2) as usize) << CHUNKS_PER_SIZE_LOG2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of words of a row, and the sizes of the chunks: how many chunks there are of each size, in order. All
    /// chunks after those have the last size.
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
    fn rows_lie_in_succession() {
        for (words, _) in CASES {
            let layout = Layout::new(words, false);
            let mut expected = (0, 0);
            for row in 0..10_000 {
                assert_eq!(layout.locate(row), expected, "row {row} of {words} words");
                let (chunk, index) = expected;
                let rows = layout.positions_of(chunk);
                assert_eq!(rows.start + index, row, "chunk {chunk} of {words} words");
                expected = if row + 1 < rows.end {
                    (chunk, index + 1)
                } else {
                    (chunk + 1, 0)
                };
            }
        }
    }

    #[test]
    fn chunks_grow_up_to_a_bound() {
        for (words, sizes) in CASES {
            let layout = Layout::new(words, false);
            let (mut chunk, mut start) = (0, 0);
            let last = sizes.last().map(|(_, size)| (1_000, *size));
            for (chunks, size) in sizes.iter().copied().chain(last) {
                for _ in 0..chunks {
                    let rows = layout.positions_of(chunk);
                    assert_eq!(rows, start..start + size, "chunk {chunk} of {words} words");
                    assert!(size == 1 || size * words <= MAX_WORDS);
                    (chunk, start) = (chunk + 1, rows.end);
                }
            }
        }
    }

    #[test]
    fn all_chunks_are_small_if_rows_go() {
        for (words, sizes) in CASES {
            let layout = Layout::new(words, true);
            let size = sizes.first().map_or(0, |(_, size)| *size);
            for place in 0..1_000 {
                let start = place as usize * size;
                assert_eq!(layout.positions_of(place), start..start + size);
                assert_eq!(layout.locate(start), (place, 0), "{words} words");
            }
        }
    }
}
