//! Which places of chunks are in use, and how many rows each chunk has.
//!
//! Rows are added to the newest chunk until it is full. A chunk whose last row is removed is gone, also if it is not full.
//! Its place is used again by a later chunk, of the next generation. So a view needs no more places than it had chunks at
//! one time, and no identifier of a row or of a chunk is given twice.

use std::ops::Range;

use super::layout::Layout;
use super::row_starts::{RowStart, RowStarts};
use crate::id::{ChunkId, RowId};

#[derive(Debug)]
pub(super) struct Places {
    layout: Layout,
    all: Vec<Place>,
    /// The place of the newest chunk.
    newest: u32,
    /// The positions of the newest chunk that had no row yet.
    unused: Range<usize>,
    /// The places without a chunk.
    free: Vec<u32>,
    /// See [`positions`](Self::positions).
    positions: usize,
    /// How many rows were added.
    births: u64,
}

#[derive(Debug)]
struct Place {
    /// That of the chunk or, if there is none, of the next one.
    generation: u32,
    /// How many rows of the chunk are there.
    rows: u32,
    /// How many rows had been added to the view before the first row of the chunk.
    births_before: u64,
    /// When the rows of the chunk began.
    starts: RowStarts,
}

impl Places {
    pub(super) const fn new(layout: Layout) -> Self {
        Self {
            layout,
            all: Vec::new(),
            newest: 0,
            unused: 0..0,
            free: Vec::new(),
            positions: 0,
            births: 0,
        }
    }

    /// How many rows were added.
    pub(super) const fn births(&self) -> u64 {
        self.births
    }

    /// The positions that ever had a row are less than this.
    pub(super) const fn positions(&self) -> usize {
        self.positions
    }

    /// Adds a row, which begins now.
    pub(super) fn add_row(&mut self, now: RowStart) -> RowId {
        if self.unused.is_empty() {
            self.begin_chunk();
        }
        let position = self.unused.start;
        self.unused.start += 1;
        self.positions = self.positions.max(self.unused.start);
        self.births += 1;
        let of_chunk = self.layout.positions_of(self.newest);
        let generation = match self.all.get_mut(self.newest as usize) {
            Some(place) => {
                place.rows += 1;
                let index = position - of_chunk.start;
                place.starts.set(index, of_chunk.len(), now);
                place.generation
            }
            None => 0,
        };
        RowId {
            position,
            generation,
        }
    }

    fn begin_chunk(&mut self) {
        self.newest = self.free.pop().unwrap_or_else(|| {
            self.all.push(Place {
                generation: 0,
                rows: 0,
                births_before: 0,
                starts: RowStarts::default(),
            });
            to_place(self.all.len() - 1)
        });
        self.unused = self.layout.positions_of(self.newest);
        if let Some(place) = self.all.get_mut(self.newest as usize) {
            place.births_before = self.births;
        }
    }

    /// The row at this position; there must be one.
    pub(super) fn row_at(&self, position: usize) -> RowId {
        let (place, _) = self.layout.locate(position);
        let place = self.all.get(place as usize);
        RowId {
            position,
            generation: place.map_or(0, |place| place.generation),
        }
    }

    /// Removes the row at this position. Returns its chunk, if that is gone now.
    pub(super) fn remove_row(&mut self, position: usize) -> Option<ChunkId> {
        let (number, _) = self.layout.locate(position);
        let place = self.all.get_mut(number as usize)?;
        place.rows = place.rows.saturating_sub(1);
        if place.rows > 0 {
            return None;
        }
        if number == self.newest {
            self.unused = 0..0;
        }
        let gone = ChunkId {
            place: number,
            generation: place.generation,
        };
        place.starts = RowStarts::default();
        place.generation = place.generation.saturating_add(1);
        // The last generation is that of no chunk: a place that had all others is not used again.
        if place.generation < u32::MAX {
            self.free.push(number);
        }
        Some(gone)
    }

    /// Calls `f` with each chunk that has some of these positions, which begin at the border of a chunk, with the chunk's
    /// positions, with how many of its rows are among the first `births` that were added, and with when its rows began.
    pub(super) fn for_each_chunk(
        &self,
        positions: Range<usize>,
        births: u64,
        mut f: impl FnMut(ChunkId, Range<usize>, usize, &RowStarts),
    ) {
        let (first, _) = self.layout.locate(positions.start);
        let places = (first..).zip(self.all.iter().skip(first as usize));
        for (number, place) in places {
            let of_chunk = self.layout.positions_of(number);
            if of_chunk.start >= positions.end {
                break;
            }
            let chunk = ChunkId {
                place: number,
                generation: place.generation,
            };
            let known = births.saturating_sub(place.births_before);
            f(
                chunk,
                of_chunk,
                usize::try_from(known).unwrap_or(usize::MAX),
                &place.starts,
            );
        }
    }
}

fn to_place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight rows in each chunk.
    fn places() -> Places {
        Places::new(Layout::new(1, true))
    }

    #[test]
    fn the_place_of_a_chunk_is_used_again_when_its_last_row_is_gone() {
        let mut places = places();
        let rows: Vec<RowId> = (0..20)
            .map(|_| places.add_row(RowStart::default()))
            .collect();
        let expected: Vec<RowId> = (0..20).map(RowId::first_at).collect();
        assert_eq!(rows, expected);
        let gone: Vec<_> = (0..9).filter_map(|it| places.remove_row(it)).collect();
        let first = ChunkId {
            place: 0,
            generation: 0,
        };
        assert_eq!(gone, [first]);
        // The newest chunk is filled first.
        let next: Vec<RowId> = (0..5)
            .map(|_| places.add_row(RowStart::default()))
            .collect();
        assert!(next.iter().take(4).map(|row| row.position).eq(20..24));
        let again = RowId {
            position: 0,
            generation: 1,
        };
        assert_eq!(next.last(), Some(&again));
        assert_eq!(places.row_at(0), again);
        assert_eq!((places.positions(), places.births()), (24, 25));
    }

    #[test]
    fn the_newest_chunk_is_gone_with_its_last_row_though_it_is_not_full() {
        let mut places = places();
        for generation in 0..100 {
            let row = places.add_row(RowStart::default());
            assert_eq!((row.position, row.generation), (0, generation));
            assert_eq!(
                places.remove_row(0),
                Some(ChunkId {
                    place: 0,
                    generation
                })
            );
        }
        assert_eq!(places.positions(), 1);
    }

    #[test]
    fn a_place_that_had_all_generations_is_not_used_again() {
        let mut places = places();
        places.add_row(RowStart::default());
        places.all[0].generation = u32::MAX - 1;
        assert!(places.remove_row(0).is_some());
        assert_eq!(places.add_row(RowStart::default()), RowId::first_at(8));
    }

    #[test]
    fn rows_that_were_added_later_are_told_apart() {
        let mut places = places();
        let known = |places: &Places, births| {
            let mut known = Vec::new();
            places.for_each_chunk(0..64, births, |chunk, positions, rows, _| {
                let rows = rows.min(positions.len());
                known.push((chunk.place, chunk.generation, rows));
            });
            known
        };
        (0..12).for_each(|_| {
            places.add_row(RowStart::default());
        });
        assert_eq!(known(&places, 12), [(0, 0, 8), (1, 0, 4)]);
        let births = places.births();
        (0..8).for_each(|position| {
            places.remove_row(position);
        });
        // Four in the second chunk, and five at the first place again.
        (0..9).for_each(|_| {
            places.add_row(RowStart::default());
        });
        assert_eq!(known(&places, births), [(0, 1, 0), (1, 0, 4)]);
        assert_eq!(known(&places, births + 5), [(0, 1, 1), (1, 0, 8)]);
    }
}
