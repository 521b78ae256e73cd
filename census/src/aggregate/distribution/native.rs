//! The counts of a row with native buckets.
//!
//! Such a row counts each value in one cell only, from which both the native buckets and the classic ones are computed. So
//! both always have the same number of values, however a scrape and a measurement fall together.
//!
//! # Cells
//!
//! - Most cells belong to one native bucket. They are in pages of 8 neighboring buckets each, which a table finds by the page's
//!   number; a page is there if one of its buckets has a value. The bound of a classic bucket may lie within a native
//!   bucket, and so split it. Then the cell has the values of the least classic bucket that the native one meets.
//! - The values above a bound in the same native bucket are in a cell that belongs to the bound: of the greatest such bound.
//!
//! # Halving
//!
//! A row has at most [`MAX_POPULATED`] native buckets with values, and [`PAGES`] pages. When a value needs more, the
//! resolution is halved: the values of each two neighboring buckets are moved to one cell, or to that of a bound which is
//! within the new bucket and was between the two.
//!
//! # Protocol
//!
//! One thread at a time writes: the thread that the words belong to, or, of shared words, the thread that holds the lock
//! `shared_native` of the row's format. A measurement adds to one cell, which is all that it writes here, so a scrape reads it
//! or does not.
//!
//! Halving changes many words. The word `state` has the number of halvings, and a flag while the words are being
//! changed:
//!
//! 1. The writer sets the flag, and then changes the words. The Release fence between the two pairs with the Acquire fence of
//!    a scrape in [`read`](NativeWords::read): if the scrape has read a word that was changed, it finds the flag, or a later
//!    state, when it looks again.
//! 2. The writer clears the flag and adds the halvings in one store. Its Release pairs with the Acquire of the scrape's first
//!    look: if the scrape finds the new state, it reads no word that is older.
//!
//! A scrape reads again until both looks find the same state without the flag. The state never returns to a former one,
//! and there are at most 12 halvings, so a scrape reads again at most so often. A writer waits for no scrape; a scrape may wait
//! for a writer, as long as it needs for some hundred words.
//!
//! *Invariants: outside of a halving, a value is in one cell, that of its native bucket and its classic bucket. `state`
//! never falls. A page keeps its place in the table until the next halving.*

use std::sync::atomic::Ordering;

use crate::declare::{NativeIndex, NativePlace};
use crate::sync::{AtomicU64, fence, yield_now};

/// How many buckets a page has, as a power of two: at most 8, because a key has a bit for each.
#[cfg(not(all(test, census_model)))]
const PAGE_BITS: u32 = 3;
/// How many pages there are.
#[cfg(not(all(test, census_model)))]
const PAGES: usize = 32;
/// How many native buckets of a row have values, except for the zero bucket.
///
/// At the coarsest resolution all floats are in fewer buckets than that, and in fewer pages than there are.
#[cfg(not(all(test, census_model)))]
pub(super) const MAX_POPULATED: usize = 160;

// Models have few words, because every load of a word is a step.
#[cfg(all(test, census_model))]
const PAGE_BITS: u32 = 1;
#[cfg(all(test, census_model))]
const PAGES: usize = 2;
#[cfg(all(test, census_model))]
pub(super) const MAX_POPULATED: usize = 2;

const PAGE: usize = 1 << PAGE_BITS;
const CELLS: usize = PAGES * PAGE;

/// How many low bits of a key say which buckets of the page are split.
const SPLIT_BITS: u32 = 8;

/// The flag of the state.
const REWRITING: u64 = 1 << 32;

/// The counts of a row, by name. All are zero at first.
pub(super) struct NativeWords<'a> {
    /// The number of halvings, and [`REWRITING`].
    state: &'a AtomicU64,
    /// For each page its number, which is not 0, and the bits of its buckets that are split.
    keys: &'a [AtomicU64; PAGES],
    /// The cells of the pages.
    cells: &'a [AtomicU64; CELLS],
    /// The cells of the bounds.
    above: &'a [AtomicU64],
}

/// Which cell a value belongs to.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// The native bucket, when the resolution was halved so many times.
    pub(super) place: NativePlace,
    pub(super) halvings: u32,
    /// The classic bucket.
    pub(super) bucket: usize,
}

impl<'a> NativeWords<'a> {
    /// How many words there are, except for those of bounds.
    pub(super) const FIXED: usize = 1 + PAGES + CELLS;

    #[inline]
    pub(super) fn new(words: &'a [AtomicU64]) -> Option<Self> {
        let (state, words) = words.split_first()?;
        let (keys, words) = words.split_first_chunk()?;
        let (cells, above) = words.split_first_chunk()?;
        Some(Self {
            state,
            keys,
            cells,
            above,
        })
    }

    /// The number of halvings, for the writer.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the flag is above")]
    pub(super) fn halvings(&self) -> u32 {
        self.state.load(Ordering::Relaxed) as u32
    }

    /// The cell of all values of a bucket, if it is found at once and has a value already. Otherwise [`add`](Self::add) finds
    /// it.
    #[inline]
    pub(super) fn populated_cell(&self, place: NativePlace) -> Option<(&'a AtomicU64, u64)> {
        let (page, within) = page_of(place);
        let key = self.keys.get(slot_of(page))?.load(Ordering::Relaxed);
        let split = key ^ (page << SPLIT_BITS);
        // In many pages no bucket is split.
        if split != 0 && (split >> SPLIT_BITS != 0 || (split >> within) & 1 != 0) {
            return None;
        }
        // The same as `slot * PAGE + within`.
        let cell = self.cells.get(place.number() as usize % CELLS)?;
        let count = cell.load(Ordering::Relaxed);
        (count != 0).then_some((cell, count))
    }

    /// Counts so many values of one cell. Called by the writer. Release: see [`Words::count`](super::words::Words::count).
    #[inline(never)]
    pub(super) fn add(&self, index: &NativeIndex, value: Cell, more: u64) {
        loop {
            let halvings = self.halvings();
            let place = value.place.halved(halvings.saturating_sub(value.halvings));
            let cell = self.cell(index, place, halvings, value.bucket);
            if let Some(cell) = cell {
                let count = cell.load(Ordering::Relaxed);
                if count != 0 || self.has_room(index, place, halvings) || !self.can_halve(index) {
                    cell.store(count.wrapping_add(more), Ordering::Release);
                    return;
                }
            }
            if !self.halve(index, halvings + 1) {
                // Not reached: at the coarsest resolution there are cells for all buckets.
                return;
            }
        }
    }

    /// Makes the number of halvings at least this.
    pub(super) fn halve_to(&self, index: &NativeIndex, halvings: u32) {
        if self.halvings() < halvings {
            self.halve(index, halvings);
        }
    }

    fn can_halve(&self, index: &NativeIndex) -> bool {
        self.halvings() < index.max_halvings()
    }

    /// The cell of the values of a native bucket that belong to a classic bucket. `None` if there is no page for it.
    fn cell(
        &self,
        index: &NativeIndex,
        place: NativePlace,
        halvings: u32,
        bucket: usize,
    ) -> Option<&'a AtomicU64> {
        if let Some(bound) = bucket.checked_sub(1)
            && index.place_of_bound(bound, halvings) == Some(place)
        {
            return self.above.get(bound);
        }
        let (page, within) = page_of(place);
        for slot in slots_of(page) {
            let key = self.keys.get(slot)?;
            let found = key.load(Ordering::Relaxed);
            if found == 0 {
                // Before the cell of the page that is written next with Release: a scrape that reads that count finds the page.
                key.store(key_of(index, page, halvings), Ordering::Relaxed);
            } else if found >> SPLIT_BITS != page {
                continue;
            }
            return self.cells.get(slot * PAGE + within);
        }
        None
    }

    /// How many values the cell of a native bucket has.
    fn count_of(&self, place: NativePlace) -> u64 {
        let (page, within) = page_of(place);
        for slot in slots_of(page) {
            let key = self.keys.get(slot).map_or(0, load);
            if key >> SPLIT_BITS == page {
                return self.cells.get(slot * PAGE + within).map_or(0, load);
            }
            if key == 0 {
                return 0;
            }
        }
        0
    }

    /// Whether this bucket may have its first value.
    fn has_room(&self, index: &NativeIndex, place: NativePlace, halvings: u32) -> bool {
        if place.is_zero() || self.count_of(place) != 0 {
            return true;
        }
        let mut populated = 0;
        self.pages().for_each_cell(|other, _| {
            populated += usize::from(!other.is_zero());
            true
        });
        let mut last = NativePlace::ZERO;
        for (bound, above) in self.above.iter().enumerate() {
            let Some(other) = index.place_of_bound(bound, halvings) else {
                break;
            };
            if load(above) == 0 || other == last || other.is_zero() {
                continue;
            }
            if other == place {
                return true;
            }
            last = other;
            populated += usize::from(self.count_of(other) == 0);
        }
        populated < MAX_POPULATED
    }

    /// A copy of the pages.
    fn pages(&self) -> Pages {
        Pages {
            keys: self.keys.each_ref().map(load),
            cells: self.cells.each_ref().map(load),
        }
    }

    /// Makes the number of halvings at least this: the least for which there are enough pages. Returns whether there is one.
    #[cold]
    fn halve(&self, index: &NativeIndex, at_least: u32) -> bool {
        let former = self.halvings();
        let pages = self.pages();
        let halved = (at_least..=index.max_halvings())
            .find_map(|halvings| Some((pages.halved(index, former, halvings)?, halvings)));
        let Some((halved, halvings)) = halved else {
            return false;
        };
        let state = self.state.load(Ordering::Relaxed);
        self.state.store(state | REWRITING, Ordering::Relaxed);
        // Release: see the protocol.
        fence(Ordering::Release);
        pages.for_each_cell(|place, count| {
            if let Some(bound) = bound_between(index, place, former, halvings)
                && let Some(above) = self.above.get(bound)
            {
                above.store(load(above).wrapping_add(count), Ordering::Relaxed);
            }
            true
        });
        for (key, new) in self.keys.iter().zip(halved.keys) {
            key.store(new, Ordering::Relaxed);
        }
        for (cell, new) in self.cells.iter().zip(halved.cells) {
            cell.store(new, Ordering::Relaxed);
        }
        // Release: see the protocol.
        self.state.store(u64::from(halvings), Ordering::Release);
        true
    }

    /// Calls `read` until no halving happened meanwhile, each time with the number of halvings.
    pub(super) fn read<R>(&self, mut read: impl FnMut(u32) -> R) -> R {
        loop {
            // Acquire, and the fence: see the protocol.
            let state = self.state.load(Ordering::Acquire);
            if state & REWRITING == 0 {
                #[expect(clippy::cast_possible_truncation, reason = "the flag is above")]
                let result = read(state as u32);
                fence(Ordering::Acquire);
                if self.state.load(Ordering::Relaxed) == state {
                    return result;
                }
            }
            yield_now();
        }
    }

    /// How many values were counted.
    pub(super) fn total(&self) -> u64 {
        self.read(|_| {
            let mut total = 0_u64;
            for (key, cells) in self.keys.iter().zip(self.cells.as_chunks::<PAGE>().0) {
                if load(key) != 0 {
                    total = cells.iter().map(acquire).fold(total, u64::wrapping_add);
                }
            }
            self.above
                .iter()
                .map(acquire)
                .fold(total, u64::wrapping_add)
        })
    }

    /// Calls `add` with the cells of the pages that have values, in the order of their buckets, and then with those of the bounds,
    /// in their order. Called within [`read`](Self::read), or if no thread writes.
    ///
    /// The counts are loaded with Acquire: see [`Total::read`](super::total::Total::read).
    pub(super) fn for_each_cell(
        &self,
        index: &NativeIndex,
        halvings: u32,
        mut add: impl FnMut(Cell, u64),
    ) {
        let mut pages = [(0, 0); PAGES];
        let keys = self.keys.iter().map(load).enumerate();
        let found = keys.filter(|(_, key)| *key != 0);
        let mut count = 0;
        for (page, (slot, key)) in pages.iter_mut().zip(found) {
            *page = (key >> SPLIT_BITS, slot);
            count += 1;
        }
        let pages = pages.get_mut(..count).unwrap_or_default();
        pages.sort_unstable();
        let mut bucket = 0;
        for (page, slot) in pages.iter().copied() {
            let cells = self.cells.iter().skip(slot * PAGE).take(PAGE);
            for (place, count) in places_of(page).zip(cells.map(acquire)) {
                if count == 0 {
                    continue;
                }
                while index
                    .place_of_bound(bucket, halvings)
                    .is_some_and(|bound| bound < place)
                {
                    bucket += 1;
                }
                let cell = Cell {
                    place,
                    halvings,
                    bucket,
                };
                add(cell, count);
            }
        }
        for (bound, count) in self.above.iter().map(acquire).enumerate() {
            if count == 0 {
                continue;
            }
            if let Some(place) = index.place_of_bound(bound, halvings) {
                let cell = Cell {
                    place,
                    halvings,
                    bucket: bound + 1,
                };
                add(cell, count);
            }
        }
    }
}

/// A copy of the pages, or new ones.
struct Pages {
    keys: [u64; PAGES],
    cells: [u64; CELLS],
}

impl Pages {
    /// Calls `f` with each cell that has values, while it returns true. Returns whether it always has.
    fn for_each_cell(&self, mut f: impl FnMut(NativePlace, u64) -> bool) -> bool {
        let cells = self.cells.as_chunks::<PAGE>().0;
        let pages = self.keys.iter().zip(cells).filter(|(key, _)| **key != 0);
        pages
            .flat_map(|(key, cells)| places_of(key >> SPLIT_BITS).zip(cells))
            .filter(|(_, count)| **count != 0)
            .all(|(place, count)| f(place, *count))
    }

    /// The pages when the resolution was halved so many times instead of `former` times. `None` if there are not enough of them.
    fn halved(&self, index: &NativeIndex, former: u32, halvings: u32) -> Option<Self> {
        let mut halved = Self {
            keys: [0; PAGES],
            cells: [0; CELLS],
        };
        let has_room = self.for_each_cell(|place, count| {
            bound_between(index, place, former, halvings).is_some()
                || halved
                    .add(index, place.halved(halvings - former), halvings, count)
                    .is_some()
        });
        has_room.then_some(halved)
    }

    fn add(
        &mut self,
        index: &NativeIndex,
        place: NativePlace,
        halvings: u32,
        more: u64,
    ) -> Option<()> {
        let (page, within) = page_of(place);
        for slot in slots_of(page) {
            let key = self.keys.get_mut(slot)?;
            if *key == 0 {
                *key = key_of(index, page, halvings);
            } else if *key >> SPLIT_BITS != page {
                continue;
            }
            let cell = self.cells.get_mut(slot * PAGE + within)?;
            *cell = cell.wrapping_add(more);
            return Some(());
        }
        None
    }
}

/// The greatest bound that was below all values of a bucket's cell, and is within their new bucket.
fn bound_between(
    index: &NativeIndex,
    place: NativePlace,
    former: u32,
    halvings: u32,
) -> Option<usize> {
    let bound = index.bounds_before(place, former).checked_sub(1)?;
    let new = place.halved(halvings - former);
    (index.place_of_bound(bound, halvings) == Some(new)).then_some(bound)
}

/// The number of a bucket's page, and the bucket's index among those of the page.
#[inline]
fn page_of(place: NativePlace) -> (u64, usize) {
    let number = place.number();
    (u64::from(number >> PAGE_BITS), number as usize & (PAGE - 1))
}

/// The buckets of a page.
fn places_of(page: u64) -> impl Iterator<Item = NativePlace> {
    #[expect(clippy::cast_possible_truncation, reason = "it was made of a `u32`")]
    let first = (page as u32) << PAGE_BITS;
    (first..).map(NativePlace::numbered).take(PAGE)
}

/// Where a page is, unless there is another one.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "it was made of a `u32`")]
const fn slot_of(page: u64) -> usize {
    page as usize % PAGES
}

/// Where a page may be, in this order.
fn slots_of(page: u64) -> impl Iterator<Item = usize> {
    let first = slot_of(page);
    (first..PAGES).chain(0..first)
}

/// The key of a page.
fn key_of(index: &NativeIndex, page: u64, halvings: u32) -> u64 {
    let split = places_of(page)
        .enumerate()
        .filter(|(_, place)| index.is_split(*place, halvings));
    split.fold(page << SPLIT_BITS, |key, (within, _)| key | 1 << within)
}

fn load(word: &AtomicU64) -> u64 {
    word.load(Ordering::Relaxed)
}

fn acquire(word: &AtomicU64) -> u64 {
    word.load(Ordering::Acquire)
}
