//! Targets found without reading a text: by the places of keys and literals in the program.

use crate::aggregate::Target;
use crate::declare::TagKey;

use super::Tag;

/// More tags than these are looked up by content.
const MAX_TAGS: usize = 4;

/// How many entries there are at first, and at most: two kilobytes, and 130.
const MIN_ENTRIES: usize = 16;
const MAX_ENTRIES: usize = 1024;

/// A direct-mapped cache. Where two fall on one entry, it grows; where it may not, the newer one stays.
#[derive(Default)]
pub(in crate::record) struct Places {
    entries: Box<[Option<Entry>]>,
}

struct Entry {
    version: u64,
    key: Key,
    first: Target,
    rest: Box<[Target]>,
}

/// What a measurement is known by.
enum Key {
    /// Places of keys and values.
    Tags(u8, [(usize, usize); MAX_TAGS]),
    /// The number of a [`BoundMeasure`](crate::BoundMeasure).
    Bound(u64),
}

impl Places {
    /// The targets of a measurement with these tags.
    #[inline]
    pub(super) fn find(
        &self,
        version: u64,
        tags: &[Tag<'_>],
    ) -> Option<impl Iterator<Item = &Target>> {
        let mut hash = version;
        for (_, value) in tags {
            hash = mix(hash, value.place()?);
        }
        let entry = self.entry(hash, version)?;
        let Key::Tags(len, places) = &entry.key else {
            return None;
        };
        let mut known = places.iter().zip(tags);
        let same = usize::from(*len) == tags.len()
            && known.all(|((key, value), (other_key, other_value))| {
                Some(*key) == place(other_key) && Some(*value) == other_value.place()
            });
        same.then(|| entry.targets())
    }

    /// The targets of a bound measure.
    #[inline]
    pub(super) fn find_bound(
        &self,
        version: u64,
        number: u64,
    ) -> Option<impl Iterator<Item = &Target>> {
        let entry = self.entry(mix_number(version, number), version)?;
        match entry.key {
            Key::Bound(known) if known == number => Some(entry.targets()),
            Key::Bound(_) | Key::Tags(..) => None,
        }
    }

    /// Remembers the targets of a measurement, if all its tags have places.
    pub(super) fn insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) {
        let mut places = [(0, 0); MAX_TAGS];
        if tags.len() > MAX_TAGS {
            return;
        }
        for (known, (key, value)) in places.iter_mut().zip(tags) {
            let (Some(key), Some(value)) = (place(key), value.place()) else {
                return;
            };
            *known = (key, value);
        }
        let len = u8::try_from(tags.len()).unwrap_or_default();
        self.put(version, Key::Tags(len, places), targets);
    }

    /// Remembers the targets of a bound measure.
    pub(super) fn insert_bound(&mut self, version: u64, number: u64, targets: &[Target]) {
        self.put(version, Key::Bound(number), targets);
    }

    fn put(&mut self, version: u64, key: Key, targets: &[Target]) {
        let Some((first, rest)) = targets.split_first() else {
            return;
        };
        let entry = Entry {
            version,
            key,
            first: first.clone(),
            rest: rest.into(),
        };
        let hash = entry.hash();
        if self.entries.is_empty()
            || self.entry_at(hash).is_some() && self.entries.len() < MAX_ENTRIES
        {
            let len = (self.entries.len() * 2).max(MIN_ENTRIES);
            let larger = (0..len).map(|_| None).collect();
            for old in std::mem::replace(&mut self.entries, larger) {
                if let Some(old) = old {
                    self.place(old);
                }
            }
        }
        self.place(entry);
    }

    fn place(&mut self, entry: Entry) {
        let index = self.index(entry.hash());
        if let Some(place) = self.entries.get_mut(index) {
            *place = Some(entry);
        }
    }

    #[inline]
    fn entry(&self, hash: u64, version: u64) -> Option<&Entry> {
        self.entry_at(hash).filter(|entry| entry.version == version)
    }

    #[inline]
    fn entry_at(&self, hash: u64) -> Option<&Entry> {
        self.entries.get(self.index(hash))?.as_ref()
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
        match &self.key {
            Key::Tags(len, places) => places
                .iter()
                .take(usize::from(*len))
                .fold(self.version, |hash, (_, value)| mix(hash, *value)),
            Key::Bound(number) => mix_number(self.version, *number),
        }
    }

    #[inline]
    fn targets(&self) -> impl Iterator<Item = &Target> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}

fn place(key: &TagKey) -> Option<usize> {
    key.place()
}

#[inline]
fn mix(hash: u64, place: usize) -> u64 {
    mix_number(hash, place as u64)
}

/// One round of FxHash: nobody chooses the places, and no two of one program are alike.
#[inline]
const fn mix_number(hash: u64, number: u64) -> u64 {
    (hash.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
