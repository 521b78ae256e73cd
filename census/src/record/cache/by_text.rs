//! A cache from tag texts to targets.
//!
//! A look-up hashes the [fingerprints](super::fingerprint) of the texts, finds an entry by open addressing, and
//! compares the fingerprints. It allocates nothing.
//!
//! The crate has three hash tables, because their needs differ:
//!
//! - This one has eight slots of two bytes for each entry, because a second probe is a branch that is hard to predict,
//!   and costs as much as the rest of the look-up. The entries are large and lie apart from the slots.
//! - [`ByAddress`](super::by_address::ByAddress) has its entries in the slots, which saves an indirection, and replaces
//!   entries when it is full.
//! - [`Index`](crate::aggregate::Index) finds rows, of which there may be millions. So it is up to three quarters full,
//!   and a slot has half of the hash, so that most other rows' keys are not read.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use super::cache_key::CacheKey;
use super::fingerprint::{Fingerprint, INLINE_TAGS, MAX_LEN, TextLengths};
use super::tag_text::{TagText, own_texts};
use super::text_entry::{TextEntry, overflowing};
use crate::aggregate::Target;
use crate::register::ViewsVersion;
use crate::tags::Tag;

/// How many entries there are at most, about 1.2 megabytes. When the cache is full, it is cleared.
const MAX_ENTRIES: usize = 8192;

/// How many slots there are for each entry, at least, so that most entries lie at their home slot.
const SLOTS_PER_ENTRY: usize = 8;

const MIN_SLOTS: usize = 64;

/// The content of a free slot.
const FREE: u16 = u16::MAX;
const _: () = assert!(MAX_ENTRIES <= FREE as usize);

/// A cache from tag texts to targets.
///
/// *Invariant:* each entry has one slot, which holds the entry's index. All slots from the entry's home slot (the
/// lowest bits of its hash) to that slot are in use. Seven of eight slots are free, so a probe ends.
#[derive(Default)]
pub(super) struct ByText {
    slots: Box<[u16]>,
    entries: Vec<TextEntry>,
    hasher: RandomState,
}

impl ByText {
    /// The entry of these tags. Fast for up to [`INLINE_TAGS`] tags with short texts.
    #[inline]
    pub(super) fn find<const N: usize>(
        &self,
        key: CacheKey,
        texts: &[TagText<'_>; N],
    ) -> Option<&TextEntry> {
        if N > INLINE_TAGS {
            return self.find_any(key, &texts.iter().copied());
        }
        let mut fingerprints = [Fingerprint::default(); N];
        let mut lengths = TextLengths::of_empty(N);
        for (index, (fingerprint, text)) in fingerprints.iter_mut().zip(texts).enumerate() {
            let Some(exact) = Fingerprint::exact(text.bytes) else {
                return self.find_long(key, texts);
            };
            *fingerprint = exact;
            lengths.set(index, text.bytes.len());
        }
        let hash = self.hash(key, lengths, fingerprints.iter().copied());
        self.candidates(hash).find(|entry| {
            let tags = texts.iter().zip(&fingerprints);
            entry.has_inline(
                key,
                lengths,
                tags.map(|(text, fingerprint)| (text.key, *fingerprint)),
            )
        })
    }

    /// As [`find`](Self::find), for at most [`INLINE_TAGS`] tags of which some have long texts. Out of line, so that
    /// the search for short texts saves no registers for it.
    #[inline(never)]
    fn find_long<const N: usize>(
        &self,
        key: CacheKey,
        texts: &[TagText<'_>; N],
    ) -> Option<&TextEntry> {
        let mut fingerprints = [Fingerprint::default(); N];
        for (fingerprint, text) in fingerprints.iter_mut().zip(texts) {
            if text.bytes.len() > MAX_LEN {
                return None;
            }
            *fingerprint = Fingerprint::of(text.bytes, &self.hasher);
        }
        let lengths = TextLengths::of(texts.iter().copied());
        let hash = self.hash(key, lengths, fingerprints.iter().copied());
        self.candidates(hash).find(|entry| {
            let tags = texts.iter().zip(&fingerprints);
            entry.has_inline(
                key,
                lengths,
                tags.map(|(text, fingerprint)| (text.key, *fingerprint)),
            ) && entry.has_long(texts)
        })
    }

    /// The entry of any number of tags.
    #[inline(never)]
    pub(super) fn find_any<'t>(
        &self,
        key: CacheKey,
        texts: &(impl Iterator<Item = TagText<'t>> + Clone),
    ) -> Option<&TextEntry> {
        if texts.clone().any(|text| text.bytes.len() > MAX_LEN) {
            return None;
        }
        let lengths = TextLengths::of(texts.clone());
        let hash = self.hash(key, lengths, self.fingerprints(texts.clone()));
        let is_inline = overflowing(texts.clone()).next().is_none();
        self.candidates(hash).find(|entry| {
            let tags = texts.clone().zip(self.fingerprints(texts.clone()));
            entry.has_inline(
                key,
                lengths,
                tags.map(|(text, fingerprint)| (text.key, fingerprint)),
            ) && (is_inline || entry.has_overflowing(texts.clone()))
        })
    }

    /// The entry of a measurement's own tags.
    pub(super) fn find_tags(&self, key: CacheKey, tags: &[Tag<'_>]) -> Option<&TextEntry> {
        if !Self::is_cacheable(tags) {
            return None;
        }
        self.find_any(key, &own_texts(tags))
    }

    fn fingerprints<'t>(
        &self,
        texts: impl Iterator<Item = TagText<'t>> + Clone,
    ) -> impl Iterator<Item = Fingerprint> + Clone {
        texts.map(|text| Fingerprint::of(text.bytes, &self.hasher))
    }

    #[inline]
    fn hash(
        &self,
        key: CacheKey,
        lengths: TextLengths,
        fingerprints: impl Iterator<Item = Fingerprint>,
    ) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for fingerprint in fingerprints {
            fingerprint.hash_into(&mut hasher);
        }
        hasher.write_u64(key.get());
        hasher.write_u64(lengths.get());
        hasher.finish()
    }

    /// The entries whose hash may be this one.
    #[inline]
    fn candidates(&self, hash: u64) -> impl Iterator<Item = &TextEntry> {
        // Without slots the mask has all bits set, and `get` finds nothing.
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = home_slot(hash);
        std::iter::from_fn(move || {
            let index = *self.slots.get(slot & mask)?;
            slot = slot.wrapping_add(1);
            // `FREE` is no index of an entry, so it ends the search.
            self.entries.get(usize::from(index))
        })
    }

    /// Whether measurements with these tags can be cached: all keys have addresses, and all values are set and not too
    /// long.
    pub(super) fn is_cacheable(tags: &[Tag<'_>]) -> bool {
        let mut texts = own_texts(tags);
        tags.iter().all(|tag| tag.value.is_set())
            && texts.all(|text| text.key.is_some() && text.bytes.len() <= MAX_LEN)
    }

    /// Adds an entry for tags that have none, and whose texts are not longer than [`MAX_LEN`].
    pub(super) fn insert<'t>(
        &mut self,
        key: CacheKey,
        texts: impl Iterator<Item = TagText<'t>> + Clone,
        targets: &[Target],
    ) {
        if self.entries.len() >= MAX_ENTRIES {
            *self = Self::default();
        }
        let lengths = TextLengths::of(texts.clone());
        let fingerprints = self.fingerprints(texts.clone());
        let hash = self.hash(key, lengths, fingerprints.clone());
        let Some(entry) = TextEntry::new(key, hash, texts, fingerprints, targets) else {
            return;
        };
        self.entries.push(entry);
        if self.entries.len() * SLOTS_PER_ENTRY > self.slots.len() {
            self.slots = vec![FREE; (self.slots.len() * 2).max(MIN_SLOTS)].into();
            for index in 0..self.entries.len() {
                self.fill_slot(index);
            }
        } else {
            self.fill_slot(self.entries.len() - 1);
        }
    }

    /// Drops the entries of these versions.
    pub(super) fn drop_versions(&mut self, is_ended: impl Fn(ViewsVersion) -> bool) {
        let before = self.entries.len();
        self.entries.retain(|entry| !is_ended(entry.key.version()));
        if self.entries.len() < before {
            self.slots.fill(FREE);
            for index in 0..self.entries.len() {
                self.fill_slot(index);
            }
        }
    }

    /// The versions of the entries.
    #[cfg(all(test, census_model))]
    pub(super) fn versions(&self) -> impl Iterator<Item = ViewsVersion> {
        self.entries.iter().map(|entry| entry.key.version())
    }

    /// Puts an entry's index into the first free slot from its home slot on.
    fn fill_slot(&mut self, index: usize) {
        let hash = self.entries.get(index).map(|entry| entry.hash);
        let (Some(hash), Ok(index)) = (hash, u16::try_from(index)) else {
            return;
        };
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = home_slot(hash) & mask;
        while let Some(content) = self.slots.get_mut(slot) {
            if *content == FREE {
                *content = index;
                return;
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// The slot of a hash, before it is masked.
#[expect(
    clippy::cast_possible_truncation,
    reason = "only the lowest bits are wanted"
)]
const fn home_slot(hash: u64) -> usize {
    hash as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::Address;
    use crate::record::cache::testing;
    use crate::register::ViewsVersion;

    /// Finds tags by `find_any` and, if there are at most three, by `find`.
    fn find<'a>(cache: &'a ByText, key: CacheKey, texts: &[TagText<'_>]) -> Option<&'a Target> {
        let entry = cache.find_any(key, &texts.iter().copied());
        let by_array = match *texts {
            [] => cache.find(key, &[]),
            [a] => cache.find(key, &[a]),
            [a, b] => cache.find(key, &[a, b]),
            [a, b, c] => cache.find(key, &[a, b, c]),
            _ => entry,
        };
        assert_eq!(
            entry.map(std::ptr::from_ref),
            by_array.map(std::ptr::from_ref)
        );
        entry?.targets().next()
    }

    #[test]
    fn each_entry_is_found_by_its_own_tags_only() {
        let long = ["x".repeat(17), "x".repeat(16) + "y", "x".repeat(MAX_LEN)];
        let mut values = vec!["", "a", "b", "ab", "abcdefgh", "abcdefghabcdefgh"];
        values.extend(long.iter().map(String::as_str));
        let mut cases: Vec<Vec<TagText<'_>>> = vec![Vec::new()];
        for value in values {
            let tag = |key| TagText {
                key: Address::stand_in(key),
                bytes: value.as_bytes(),
            };
            let last = TagText::of_column(9, b"last");
            cases.push(vec![tag(1)]);
            cases.push(vec![tag(2)]);
            cases.push(vec![tag(1), last]);
            cases.push(vec![last, tag(1)]);
            cases.push(vec![last, last, tag(1)]);
            cases.push(vec![last, last, last, tag(1)]);
            cases.push(vec![tag(1), last, last, tag(1), last]);
        }
        let versions = [16, 32].map(ViewsVersion);
        let keys = versions.map(|version| {
            [
                CacheKey::own_texts(version),
                CacheKey::column_texts(version),
            ]
        });
        let keyed_cases = keys.as_flattened().iter();
        let keyed_cases = keyed_cases.flat_map(|key| cases.iter().map(|texts| (*key, texts)));
        let targets = testing::targets(keyed_cases.clone().count());
        let mut cache = ByText::default();
        for ((key, texts), target) in keyed_cases.clone().zip(&targets) {
            assert!(find(&cache, key, texts).is_none());
            cache.insert(key, texts.iter().copied(), std::slice::from_ref(target));
        }
        for ((key, texts), target) in keyed_cases.zip(&targets) {
            let cached = find(&cache, key, texts).expect("it was inserted");
            assert_eq!(cached.row(), target.row());
        }
    }

    #[test]
    fn a_full_cache_is_cleared() {
        let targets = testing::targets(1);
        let key = CacheKey::own_texts(ViewsVersion(16));
        let mut cache = ByText::default();
        for number in 0..=MAX_ENTRIES {
            let bytes = number.to_ne_bytes();
            let text = TagText::of_column(1, &bytes);
            cache.insert(key, std::iter::once(text), &targets);
            assert!(cache.find(key, &[text]).is_some());
        }
        assert_eq!(cache.entries.len(), 1);
    }
}
