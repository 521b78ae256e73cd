//! Targets found without reading a text: by the places of keys and literals in the program.

use crate::aggregate::Target;
use crate::tags::Tag;

/// More tags than these are found by their texts.
const MAX_TAGS: usize = 5;

/// How many entries there are at first, and at most: two kilobytes, and 120.
const MIN_ENTRIES: usize = 16;
const MAX_ENTRIES: usize = 1024;

/// A direct-mapped cache. Where two fall on one entry, it grows; where it may not, the newer one stays.
#[derive(Default)]
pub(super) struct Places {
    entries: Box<[Entry]>,
}

/// Where the measurements with some tags go.
#[derive(Default)]
pub(super) struct Entry {
    /// Of the measure's views; zero, which no views have, if the entry is free.
    version: u64,
    /// How many tags there are.
    len: usize,
    /// The places of keys and values.
    tags: [(usize, usize); MAX_TAGS],
    first: Option<Target>,
    rest: Box<[Target]>,
}

/// The key of the one tag that stands for a [`BoundMeasure`](crate::BoundMeasure): no static lies there.
const BOUND: usize = usize::MAX;

impl Places {
    /// Where a measurement with tags in these places goes.
    #[inline]
    pub(super) fn find<const N: usize>(
        &self,
        version: u64,
        tags: &[(usize, usize); N],
    ) -> Option<&Entry> {
        let mut hash = start(version, N);
        for (_, value) in tags {
            hash = mix(hash, *value as u64);
        }
        let entry = self.entry(hash)?;
        if entry.version != version || entry.len != N {
            return None;
        }
        for (tag, known) in tags.iter().zip(&entry.tags) {
            if tag != known {
                return None;
            }
        }
        Some(entry)
    }

    /// Where a bound measure's measurements go.
    #[inline]
    pub(super) fn find_bound(&self, version: u64, number: usize) -> Option<&Entry> {
        let entry = self.entry(mix(start(version, 1), number as u64))?;
        let [tag, ..] = entry.tags;
        (entry.version == version && tag == (BOUND, number)).then_some(entry)
    }

    /// Remembers the targets of a measurement; whether that can be: all its tags have places.
    pub(super) fn insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) -> bool {
        let mut places = [(0, 0); MAX_TAGS];
        if tags.len() > MAX_TAGS {
            return false;
        }
        for (place, tag) in places.iter_mut().zip(tags) {
            if tag.places.0 == 0 || tag.places.1 == 0 {
                return false;
            }
            *place = tag.places;
        }
        self.put(version, tags.len(), places, targets);
        true
    }

    /// Remembers the targets of a bound measure.
    pub(super) fn insert_bound(&mut self, version: u64, number: usize, targets: &[Target]) {
        let mut places = [(0, 0); MAX_TAGS];
        let [first, ..] = &mut places;
        *first = (BOUND, number);
        self.put(version, 1, places, targets);
    }

    fn put(
        &mut self,
        version: u64,
        len: usize,
        tags: [(usize, usize); MAX_TAGS],
        targets: &[Target],
    ) {
        let Some((first, rest)) = targets.split_first() else {
            return;
        };
        let entry = Entry {
            version,
            len,
            tags,
            first: Some(first.clone()),
            rest: rest.into(),
        };
        let taken = self.entry(entry.hash());
        let taken = taken.is_none_or(|taken| taken.version != 0);
        if taken && self.entries.len() < MAX_ENTRIES {
            let len = (self.entries.len() * 2).max(MIN_ENTRIES);
            let larger = (0..len).map(|_| Entry::default()).collect();
            for old in std::mem::replace(&mut self.entries, larger) {
                if old.version != 0 {
                    self.place(old);
                }
            }
        }
        self.place(entry);
    }

    fn place(&mut self, entry: Entry) {
        let index = self.index(entry.hash());
        if let Some(place) = self.entries.get_mut(index) {
            *place = entry;
        }
    }

    #[inline]
    fn entry(&self, hash: u64) -> Option<&Entry> {
        self.entries.get(self.index(hash))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "only some of the bits are wanted"
    )]
    #[inline]
    fn index(&self, hash: u64) -> usize {
        (hash >> 32) as usize & self.entries.len().wrapping_sub(1)
    }
}

impl Entry {
    fn hash(&self) -> u64 {
        let tags = self.tags.iter().take(self.len);
        tags.fold(start(self.version, self.len), |hash, (_, value)| mix(hash, *value as u64))
    }

    /// Adds a measurement.
    #[inline]
    pub(super) fn record(&self, bits: u64) {
        if let Some(first) = &self.first {
            first.record(bits);
        }
        if !self.rest.is_empty() {
            self.record_rest(bits);
        }
    }

    /// Apart, so that the usual case has nothing to keep for it.
    #[inline(never)]
    fn record_rest(&self, bits: u64) {
        for target in &self.rest {
            target.record(bits);
        }
    }

    /// Calls `f` for each target.
    pub(super) fn each(&self, f: impl FnMut(&Target)) {
        self.first.iter().chain(&self.rest).for_each(f);
    }
}

/// Versions are numbers in succession: without tags, they are spread.
#[inline]
const fn start(version: u64, tags: usize) -> u64 {
    if tags == 0 { mix(0, version) } else { version }
}

/// One round of FxHash: nobody chooses the places.
#[inline]
const fn mix(hash: u64, place: u64) -> u64 {
    (hash.rotate_left(5) ^ place).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
