//! Targets found without reading a text: by the places of keys and literals in the program.

use crate::aggregate::Target;
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
        self.near(hash).find(|entry| {
            let mut known = tags.iter().zip(&entry.tags);
            entry.version == version && entry.len == N && known.all(|(tag, known)| tag == known)
        })
    }

    /// Where a bound measure's measurements go.
    #[inline]
    pub(super) fn find_bound(&self, version: u64, number: usize) -> Option<&Entry> {
        self.near(mix(start(version, 1), number as u64))
            .find(|entry| {
                let [tag, ..] = entry.tags;
                entry.version == version && tag == (BOUND, number)
            })
    }

    /// Remembers the targets of a measurement, if all its tags have places.
    pub(super) fn insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) {
        let mut places = [(0, 0); MAX_TAGS];
        if tags.len() > MAX_TAGS {
            return;
        }
        for (place, tag) in places.iter_mut().zip(tags) {
            if tag.places.0 == 0 || tag.places.1 == 0 {
                return;
            }
            *place = tag.places;
        }
        self.put(version, tags.len(), places, targets);
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
        self.len += 1;
        if self.len * ROOM > self.entries.len() && self.entries.len() < MAX_ENTRIES {
            let larger = (0..(self.entries.len() * 2).max(ROOM)).map(|_| Entry::default());
            for old in std::mem::replace(&mut self.entries, larger.collect()) {
                // Should it find no place there, it is met anew.
                self.place(old);
            }
        }
        let homeless = self.place(Entry {
            version,
            len,
            tags,
            first: Some(first.clone()),
            rest: rest.into(),
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
        let (start, len) = (self.index(entry.hash()), self.entries.len());
        for index in start..start + PROBES {
            match self.entries.get_mut(index & len.wrapping_sub(1)) {
                Some(place) if place.version == 0 => {
                    *place = entry;
                    return None;
                }
                _ => {}
            }
        }
        Some(entry)
    }

    /// The entries that may have this hash.
    #[inline]
    fn near(&self, hash: u64) -> impl Iterator<Item = &Entry> {
        let start = self.index(hash);
        let mask = self.entries.len().wrapping_sub(1);
        (start..start + PROBES).map_while(move |index| self.entries.get(index & mask))
    }

    #[inline]
    fn index(&self, hash: u64) -> usize {
        (hash >> 32) as usize & self.entries.len().wrapping_sub(1)
    }
}

impl Entry {
    fn hash(&self) -> u64 {
        let tags = self.tags.iter().take(self.len);
        tags.fold(start(self.version, self.len), |hash, (_, value)| {
            mix(hash, *value as u64)
        })
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
    #[inline]
    pub(super) fn each(&self, mut f: impl FnMut(&Target)) {
        if let Some(first) = &self.first {
            f(first);
        }
        self.rest.iter().for_each(f);
    }
}

/// Versions are numbers in succession: without tags, they are spread.
#[inline]
const fn start(version: u64, tags: usize) -> u64 {
    if tags == 0 { mix(0, version) } else { version }
}

/// One round of `FxHash`: nobody chooses the places.
#[inline]
const fn mix(hash: u64, place: u64) -> u64 {
    (hash.rotate_left(5) ^ place).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
