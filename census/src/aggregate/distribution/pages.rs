//! The pages of a row with native buckets: groups of neighboring buckets, and the table in which they are found.

use crate::declare::{NativeIndex, NativePlace};

/// How many buckets a page has, as a power of two: at most 8, because a key has a bit for each.
#[cfg(not(all(test, census_model)))]
const PAGE_BITS: u32 = 3;
/// How many pages there are.
#[cfg(not(all(test, census_model)))]
pub(super) const PAGES: usize = 32;

// Models have few words, because every load of a word is a step.
#[cfg(all(test, census_model))]
const PAGE_BITS: u32 = 1;
#[cfg(all(test, census_model))]
pub(super) const PAGES: usize = 2;

pub(super) const PAGE: usize = 1 << PAGE_BITS;
pub(super) const CELLS: usize = PAGES * PAGE;

/// How many low bits of a key say which buckets of the page are split.
pub(super) const SPLIT_BITS: u32 = 8;

/// A copy of the pages, or new ones.
pub(super) struct Pages {
    pub(super) keys: [u64; PAGES],
    pub(super) cells: [u64; CELLS],
}

impl Pages {
    /// Calls `f` with each cell that has values, while it returns true. Returns whether it always has.
    pub(super) fn for_each_cell(&self, mut f: impl FnMut(NativePlace, u64) -> bool) -> bool {
        let cells = self.cells.as_chunks::<PAGE>().0;
        let pages = self.keys.iter().zip(cells).filter(|(key, _)| **key != 0);
        pages
            .flat_map(|(key, cells)| places_of(key >> SPLIT_BITS).zip(cells))
            .filter(|(_, count)| **count != 0)
            .all(|(place, count)| f(place, *count))
    }

    /// The pages when the resolution was halved so many times instead of `former` times. `None` if there are not enough of them.
    pub(super) fn halved(&self, index: &NativeIndex, former: u32, halvings: u32) -> Option<Self> {
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
pub(super) fn bound_between(
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
pub(super) fn page_of(place: NativePlace) -> (u64, usize) {
    let number = place.number();
    (u64::from(number >> PAGE_BITS), number as usize & (PAGE - 1))
}

/// The buckets of a page.
pub(super) fn places_of(page: u64) -> impl Iterator<Item = NativePlace> {
    #[expect(clippy::cast_possible_truncation, reason = "it was made of a `u32`")]
    let first = (page as u32) << PAGE_BITS;
    (first..).map(NativePlace::numbered).take(PAGE)
}

/// Where a page is, unless there is another one.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "it was made of a `u32`")]
pub(super) const fn slot_of(page: u64) -> usize {
    page as usize % PAGES
}

/// Where a page may be, in this order.
pub(super) fn slots_of(page: u64) -> impl Iterator<Item = usize> {
    let first = slot_of(page);
    (first..PAGES).chain(0..first)
}

/// The key of a page.
pub(super) fn key_of(index: &NativeIndex, page: u64, halvings: u32) -> u64 {
    let split = places_of(page)
        .enumerate()
        .filter(|(_, place)| index.is_split(*place, halvings));
    split.fold(page << SPLIT_BITS, |key, (within, _)| key | 1 << within)
}
