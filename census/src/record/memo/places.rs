//! Targets found without reading a text: by the places of keys and literals in the program.

use crate::aggregate::Target;
use crate::declare::ValueBits;
use crate::id::{BoundId, ViewId};
use crate::register::ViewsVersion;
use crate::tags::Tag;

/// More tags than these are found by their texts.
const MAX_TAGS: usize = 5;

/// How many places there are for each entry, so that most lie at their hash: to look further costs a branch that is
/// hard to predict.
const ROOM: usize = 8;
/// At how many places an entry may lie.
const PROBES: usize = 4;
/// How many places there are at most: half a megabyte.
const MAX_ENTRIES: usize = 4096;

/// An entry lies at its hash or one of the next places. Where all of these are taken, the newer one stays.
#[derive(Default)]
pub(super) struct Places {
    entries: Box<[Entry]>,
    /// How many were put there.
    len: usize,
}

/// Where the measurements with some tags go.
#[derive(Default)]
pub(super) struct Entry {
    /// What the measurements are of: see [`subject`]. Zero if the entry is free.
    subject: u64,
    /// The places of keys and values.
    tags: [(usize, usize); MAX_TAGS],
    first: Option<Target>,
    rest: Box<[Target]>,
    /// The word of a thread's own that counts, if that is all there is to do; otherwise far out.
    counter: usize,
}

/// The one tag that stands for a [`BoundMeasure`](crate::BoundMeasure): no static lies there.
#[inline]
pub(super) const fn bound(id: BoundId) -> [(usize, usize); 1] {
    [(usize::MAX, id.0)]
}

impl Places {
    /// Where a measurement with tags in these places goes.
    #[inline]
    pub(super) fn find<const N: usize>(
        &self,
        version: ViewsVersion,
        tags: &[(usize, usize); N],
    ) -> Option<&Entry> {
        let first = self.index_of(version, tags);
        match self.at(first, version, tags) {
            Some(entry) => Some(entry),
            None => self.find_behind(first, version, tags),
        }
    }

    /// Where such a measurement goes whose entry does not lie where it most likely would.
    #[inline(never)]
    pub(super) fn find_behind<const N: usize>(
        &self,
        first: usize,
        version: ViewsVersion,
        tags: &[(usize, usize); N],
    ) -> Option<&Entry> {
        // Where there are no entries yet, `first` may be any number.
        (1..PROBES).find_map(|step| self.at(self.mask(first.wrapping_add(step)), version, tags))
    }

    /// Where the entry for these tags most likely lies.
    #[inline]
    pub(super) fn index_of<const N: usize>(
        &self,
        version: ViewsVersion,
        tags: &[(usize, usize); N],
    ) -> usize {
        self.index(hash(subject(version, N), tags))
    }

    /// The entry that lies here, if it is the one for these tags.
    #[inline]
    pub(super) fn at<const N: usize>(
        &self,
        index: usize,
        version: ViewsVersion,
        tags: &[(usize, usize); N],
    ) -> Option<&Entry> {
        let entry = self.entries.get(index)?;
        let mut known = tags.iter().zip(&entry.tags);
        (entry.subject == subject(version, N) && known.all(|(tag, known)| tag == known))
            .then_some(entry)
    }

    /// The first target of the entry that lies here.
    #[inline]
    pub(super) fn first_target(&self, index: usize) -> Option<&Target> {
        self.entries.get(index)?.first.as_ref()
    }

    /// Adds a measurement to the entry that lies here.
    #[inline]
    pub(super) fn record(&self, index: usize, bits: ValueBits) {
        if let Some(entry) = self.entries.get(index) {
            entry.record(bits);
        }
    }

    /// Remembers the targets of a measurement, if all its tags have places.
    pub(super) fn insert(&mut self, version: ViewsVersion, tags: &[Tag<'_>], targets: &[Target]) {
        if let Some(places) = places_of(tags) {
            self.put(subject(version, tags.len()), places, targets);
        }
    }

    /// The same for a measurement with so many tags in these places, which is known by its texts: it pushes no other out.
    pub(super) fn learn<'t>(
        &mut self,
        version: ViewsVersion,
        tags: usize,
        places: [(usize, usize); MAX_TAGS],
        targets: impl Iterator<Item = &'t Target>,
    ) {
        let subject = subject(version, tags);
        if self.entries.len() >= MAX_ENTRIES && !self.has_room(hash(subject, &places))
            || self.knows(subject, &places)
        {
            return;
        }
        let targets: Vec<Target> = targets.cloned().collect();
        self.put(subject, places, &targets);
    }

    fn knows(&self, subject: u64, tags: &[(usize, usize); MAX_TAGS]) -> bool {
        let mut near = self.near(hash(subject, tags));
        near.any(|entry| entry.subject == subject && entry.tags == *tags)
    }

    /// Whether an entry of this hash would push out no other.
    fn has_room(&self, hash: u64) -> bool {
        self.near(hash).any(|entry| entry.subject == 0)
    }

    /// The entries that may be of this hash, or are free.
    fn near(&self, hash: u64) -> impl Iterator<Item = &Entry> {
        let first = self.index(hash);
        (0..PROBES).filter_map(move |step| self.entries.get(self.mask(first.wrapping_add(step))))
    }

    /// Remembers the targets of a bound measure.
    pub(super) fn insert_bound(&mut self, version: ViewsVersion, id: BoundId, targets: &[Target]) {
        let mut places = [(0, 0); MAX_TAGS];
        let [first, ..] = &mut places;
        [*first] = bound(id);
        self.put(subject(version, 1), places, targets);
    }

    fn put(&mut self, subject: u64, tags: [(usize, usize); MAX_TAGS], targets: &[Target]) {
        let Some((first, rest)) = targets.split_first() else {
            return;
        };
        self.len += 1;
        if self.len * ROOM > self.entries.len() && self.entries.len() < MAX_ENTRIES {
            let larger = (0..(self.entries.len() * 2).max(ROOM)).map(|_| Entry::default());
            for old in std::mem::replace(&mut self.entries, larger.collect()) {
                if old.subject != 0 {
                    // Should it find no place there, it is met anew.
                    self.place(old);
                }
            }
        }
        let counter = first.counter().filter(|_| rest.is_empty());
        let homeless = self.place(Entry {
            subject,
            tags,
            first: Some(first.clone()),
            rest: rest.into(),
            counter: counter.unwrap_or(usize::MAX),
        });
        if let Some(entry) = homeless {
            let index = self.index(entry.hash());
            if let Some(place) = self.entries.get_mut(index) {
                *place = entry;
            }
        }
    }

    /// Puts an entry into a free place, or gives it back.
    fn place(&mut self, entry: Entry) -> Option<Entry> {
        let start = self.index(entry.hash());
        for step in 0..PROBES {
            let index = self.mask(start + step);
            match self.entries.get_mut(index) {
                Some(place) if place.subject == 0 => {
                    *place = entry;
                    return None;
                }
                _ => {}
            }
        }
        Some(entry)
    }

    #[inline]
    fn index(&self, hash: u64) -> usize {
        self.mask((hash >> 32) as usize)
    }

    #[inline]
    fn mask(&self, index: usize) -> usize {
        index & self.entries.len().wrapping_sub(1)
    }
}

/// The places of a tag: 0 of a key or value that has none.
#[inline]
pub(in crate::record) const fn addresses(tag: &Tag<'_>) -> (usize, usize) {
    (tag.key_address.get(), tag.value_address.get())
}

/// The places of tags, if all have such, and there are not too many.
pub(super) fn places_of(tags: &[Tag<'_>]) -> Option<[(usize, usize); MAX_TAGS]> {
    let mut places = [(0, 0); MAX_TAGS];
    if tags.len() > MAX_TAGS {
        return None;
    }
    for (place, tag) in places.iter_mut().zip(tags) {
        if !(tag.key_address.is_some() && tag.value_address.is_some()) {
            return None;
        }
        *place = addresses(tag);
    }
    Some(places)
}

/// Which of an entry's targets are left to be recorded to.
pub(super) enum Left {
    Nothing,
    One,
    All,
}

impl Entry {
    fn hash(&self) -> u64 {
        // What is not a tag is zero, and changes nothing.
        hash(self.subject, &self.tags)
    }

    /// Adds a measurement, if it only counts, and in words of this thread's own.
    #[inline]
    pub(super) fn count(&self) -> Left {
        match &self.first {
            Some(first) if first.count(self.counter) => Left::Nothing,
            _ if self.rest.is_empty() => Left::One,
            _ => Left::All,
        }
    }

    /// Adds a measurement.
    #[inline]
    pub(super) fn record(&self, bits: ValueBits) {
        if let Some(first) = &self.first {
            first.record(bits);
        }
        for target in &self.rest {
            target.record(bits);
        }
    }

    /// The number of the newest view.
    pub(super) fn newest(&self) -> Option<ViewId> {
        let newest = self.rest.last().or(self.first.as_ref());
        newest.map(Target::view)
    }
}

/// A version of a measure's views, and how many tags there are: one number, so that one comparison does. Versions leave
/// room for it.
#[inline]
const fn subject(version: ViewsVersion, tags: usize) -> u64 {
    version.0 + 2 * tags as u64
}

const _: () = assert!(2 * MAX_TAGS < ViewsVersion::STEP);

/// Of the subject, which is spread already, and the places of the values. Nobody chooses places, so a sum of products will
/// do; the products do not wait for each other.
#[inline]
fn hash(subject: u64, tags: &[(usize, usize)]) -> u64 {
    let mut hash = subject;
    for ((_, value), factor) in tags.iter().zip(FACTORS) {
        hash = hash.wrapping_add((*value as u64).wrapping_mul(factor));
    }
    hash
}

/// Odd numbers without a pattern: the digits of pi and of e.
const FACTORS: [u64; MAX_TAGS] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7345,
    0xa409_3822_299f_31d1,
    0xb7e1_5162_8aed_2a6b,
    0xbf71_5880_9cf4_f3c7,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_found_among_no_entries_wherever_it_might_lie() {
        let places = Places::default();
        for first in [0, usize::MAX] {
            assert!(
                places
                    .find_behind(first, ViewsVersion(16), &bound(BoundId::next()))
                    .is_none()
            );
        }
    }
}
