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
    /// What the measurements are of: see [`subject`]. Zero if the entry is free.
    subject: u64,
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
        let subject = subject(version, N);
        self.near(hash(subject, tags)).find(|entry| {
            let mut known = tags.iter().zip(&entry.tags);
            entry.subject == subject && known.all(|(tag, known)| tag == known)
        })
    }

    /// Where a bound measure's measurements go.
    #[inline]
    pub(super) fn find_bound(&self, version: u64, number: usize) -> Option<&Entry> {
        let (subject, tag) = (subject(version, 1), (BOUND, number));
        self.near(hash(subject, &[tag])).find(|entry| {
            let [known, ..] = entry.tags;
            entry.subject == subject && tag == known
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
        self.put(subject(version, tags.len()), places, targets);
    }

    /// Remembers the targets of a bound measure.
    pub(super) fn insert_bound(&mut self, version: u64, number: usize, targets: &[Target]) {
        let mut places = [(0, 0); MAX_TAGS];
        let [first, ..] = &mut places;
        *first = (BOUND, number);
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
        let homeless = self.place(Entry {
            subject,
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
                Some(place) if place.subject == 0 => {
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
        // What is not a tag is zero, and changes nothing.
        hash(self.subject, &self.tags)
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

/// A version of a measure's views, and how many tags there are: one number, so that one comparison does. (Versions count
/// from one; they never come so far.)
#[inline]
const fn subject(version: u64, tags: usize) -> u64 {
    version | (tags as u64) << 56
}

/// Of the subject and the places of the values. Nobody chooses places, so a sum of products will do; the products do not wait
/// for each other.
#[inline]
fn hash(subject: u64, tags: &[(usize, usize)]) -> u64 {
    let mut hash = subject.wrapping_mul(FACTORS[0]);
    for ((_, value), factor) in tags.iter().zip(FACTORS.iter().skip(1)) {
        hash = hash.wrapping_add((*value as u64).wrapping_mul(*factor));
    }
    hash
}

/// Odd numbers without a pattern: the digits of the golden ratio, of pi, and of e.
const FACTORS: [u64; MAX_TAGS + 1] = [
    0x9e37_79b9_7f4a_7c15,
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7345,
    0xa409_3822_299f_31d1,
    0xb7e1_5162_8aed_2a6b,
    0xbf71_5880_9cf4_f3c7,
];
