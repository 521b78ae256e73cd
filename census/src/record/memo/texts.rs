//! Targets found by the texts of a measurement's tags.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use crate::aggregate::{Index, Target};
use crate::tags::Tag;

/// How many sets of tags a thread remembers, of all measures together: about a megabyte. More are thrown away and met
/// anew.
const MAX_SETS: usize = 8192;

/// The longest text that a length of one byte tells.
const MAX_LEN: usize = 255;

/// Sets of tags, and where the measurements with them go.
#[derive(Default)]
pub(super) struct Texts {
    /// Finds the places of the sets in `sets`.
    index: Index,
    sets: Vec<Set>,
    /// Of all sets, one after the other: for each tag the place of its key, and then its text with its length before it.
    keys: Vec<usize>,
    texts: Vec<u8>,
    targets: Vec<Target>,
    hasher: RandomState,
}

struct Set {
    version: u64,
    keys: u32,
    texts: u32,
    targets: u32,
    /// How many tags there are.
    len: u16,
    /// How many targets there are.
    views: u16,
}

impl Texts {
    /// Where a measurement with these tags goes.
    #[inline]
    pub(super) fn find(&self, version: u64, tags: &[Tag<'_>]) -> Option<&[Target]> {
        let hash = self.hash(version, tags)?;
        for number in self.index.candidates(hash) {
            let set = self.sets.get(number as usize)?;
            if set.version == version && usize::from(set.len) == tags.len() && self.is(set, tags) {
                let first = set.targets as usize;
                return self.targets.get(first..first + usize::from(set.views));
            }
        }
        None
    }

    #[inline]
    fn is(&self, set: &Set, tags: &[Tag<'_>]) -> bool {
        let keys = self.keys.get(set.keys as usize..).unwrap_or_default();
        let mut texts = self.texts.get(set.texts as usize..).unwrap_or_default();
        for (tag, key) in tags.iter().zip(keys) {
            let Some((len, rest)) = texts.split_first() else {
                return false;
            };
            let Some((text, rest)) = rest.split_at_checked(usize::from(*len)) else {
                return false;
            };
            texts = rest;
            if tag.places.0 != *key || tag.value.bytes() != Some(text) {
                return false;
            }
        }
        true
    }

    /// `None` if there is a tag that is not set, or too long: such are not known.
    #[inline]
    fn hash(&self, version: u64, tags: &[Tag<'_>]) -> Option<u64> {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u64(version);
        for tag in tags {
            let text = tag.value.bytes().filter(|text| text.len() <= MAX_LEN)?;
            hasher.write(text);
        }
        Some(hasher.finish())
    }

    /// Remembers the targets of a measurement; whether that can be: all its keys have places, and its values are set.
    pub(super) fn insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) -> bool {
        if tags.iter().any(|tag| tag.places.0 == 0) {
            return false;
        }
        if self.sets.len() >= MAX_SETS {
            *self = Self::default();
        }
        self.try_insert(version, tags, targets).is_some()
    }

    fn try_insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) -> Option<()> {
        let hash = self.hash(version, tags)?;
        let number = u32::try_from(self.sets.len()).ok()?;
        let set = Set {
            version,
            keys: u32::try_from(self.keys.len()).ok()?,
            texts: u32::try_from(self.texts.len()).ok()?,
            targets: u32::try_from(self.targets.len()).ok()?,
            len: u16::try_from(tags.len()).ok()?,
            views: u16::try_from(targets.len()).ok()?,
        };
        for tag in tags {
            let text = tag.value.bytes()?;
            self.keys.push(tag.places.0);
            self.texts.push(u8::try_from(text.len()).ok()?);
            self.texts.extend(text);
        }
        self.targets.extend_from_slice(targets);
        self.sets.push(set);
        self.index.insert(hash, number);
        Some(())
    }
}
