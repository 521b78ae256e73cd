//! A cache from the addresses of tag keys and literals to targets. A look-up reads no text.
//!
//! The measurements that a thread records most have copies of their entries in the [hot table](super::hot). This is the table of all
//! others, and of those whose words belong to all threads.
//!
//! The entries lie in the slots themselves, and the number of probes is fixed: if all slots of a new entry are taken, the entry
//! replaces another one. [`by_text`](super::by_text) says how the other hash tables of the crate differ.

use super::address::TagAddresses;
use super::cache_key::{CacheKey, MAX_ADDRESSES};
use super::entry_targets::EntryTargets;
use crate::aggregate::Target;
use crate::declare::Address;
use crate::register::ViewsVersion;
use crate::tags::Tag;

/// How many slots there are for each entry, so that most entries lie at their home slot: a second probe costs a branch
/// that is hard to predict.
const SLOTS_PER_ENTRY: usize = 8;
/// In how many slots an entry may lie: its home slot and the next ones.
const PROBES: usize = 4;
/// How many slots there are at most: half a megabyte.
const MAX_SLOTS: usize = 4096;

/// A cache from the addresses of tags to targets. The number of slots is a power of two, or zero at first.
///
/// *Invariant:* an entry lies in one of the [`PROBES`] slots from its home slot on. A look-up that misses at the home
/// slot checks all the others, so it does not matter which of them are free. Two entries may have the same key and
/// tags, because the cache by text is cleared when it is full, and this one is not. Both have the same rows, so it does not matter which one is
/// found.
#[derive(Default)]
pub(super) struct ByAddress {
    slots: Box<[AddressEntry]>,
    /// How many entries were inserted, including those that were replaced since.
    inserted: usize,
}

/// Some tags, and the targets of the measurements that have them.
#[derive(Default)]
pub(super) struct AddressEntry {
    /// [`CacheKey::FREE`] if the slot is free.
    key: CacheKey,
    /// After the tags, empty addresses.
    tags: PaddedAddresses,
    /// None only if the slot is free.
    targets: EntryTargets,
}

/// The addresses of up to [`MAX_ADDRESSES`] tags, and empty addresses after them.
pub(super) type PaddedAddresses = [TagAddresses; MAX_ADDRESSES];

/// The addresses of these tags; `None` if there are too many, or one of them has a key or a value without an address.
pub(super) fn padded(tags: &[Tag<'_>]) -> Option<PaddedAddresses> {
    let mut padded = PaddedAddresses::default();
    if tags.len() > MAX_ADDRESSES {
        return None;
    }
    for (addresses, tag) in padded.iter_mut().zip(tags) {
        *addresses = TagAddresses::of(tag);
        if addresses.key == Address::NONE || addresses.value == Address::NONE {
            return None;
        }
    }
    Some(padded)
}

impl ByAddress {
    /// The targets of these tags, as many as the key says.
    #[inline]
    pub(super) fn find<const N: usize>(
        &self,
        key: CacheKey,
        tags: &[TagAddresses; N],
    ) -> Option<&EntryTargets> {
        let mut entries = self.candidates(hash(key, tags));
        let entry = entries.find(|entry| {
            let mut pairs = tags.iter().zip(&entry.tags);
            entry.key == key && pairs.all(|(tag, cached)| tag == cached)
        })?;
        Some(&entry.targets)
    }

    /// Adds an entry. It replaces another one if all its slots are taken.
    pub(super) fn insert(&mut self, key: CacheKey, tags: PaddedAddresses, targets: &[Target]) {
        let Some(targets) = EntryTargets::new(targets) else {
            return;
        };
        self.inserted += 1;
        if self.inserted * SLOTS_PER_ENTRY > self.slots.len() && self.slots.len() < MAX_SLOTS {
            self.grow();
        }
        let unplaced = self.place(AddressEntry { key, tags, targets });
        if let Some(entry) = unplaced {
            let slot = self.slot_of(entry.hash());
            if let Some(replaced) = self.slots.get_mut(slot) {
                *replaced = entry;
            }
        }
    }

    /// As [`insert`](Self::insert), for tags that are cached elsewhere, too, and may have an entry. It replaces no
    /// other entry once the cache has its full size.
    pub(super) fn insert_alias<'t>(
        &mut self,
        key: CacheKey,
        tags: PaddedAddresses,
        targets: impl Iterator<Item = &'t Target>,
    ) {
        let hash = hash(key, &tags);
        let is_cached = |entry: &AddressEntry| entry.key == key && entry.tags == tags;
        if self.candidates(hash).any(is_cached) {
            return;
        }
        let has_room = self.candidates(hash).any(AddressEntry::is_free);
        if self.slots.len() >= MAX_SLOTS && !has_room {
            return;
        }
        let targets: Vec<Target> = targets.cloned().collect();
        self.insert(key, tags, &targets);
    }

    /// Drops the entries of these versions.
    pub(super) fn drop_versions(&mut self, is_ended: impl Fn(ViewsVersion) -> bool) {
        for entry in &mut self.slots {
            if !entry.is_free() && is_ended(entry.key.version()) {
                *entry = AddressEntry::default();
                self.inserted = self.inserted.saturating_sub(1);
            }
        }
    }

    /// The versions of the entries.
    #[cfg(all(test, census_model))]
    pub(super) fn versions(&self) -> impl Iterator<Item = ViewsVersion> {
        let entries = self.slots.iter().filter(|entry| !entry.is_free());
        entries.map(|entry| entry.key.version())
    }

    /// The content of the slots in which an entry of this hash may lie.
    fn candidates(&self, hash: u64) -> impl Iterator<Item = &AddressEntry> {
        let home = self.slot_of(hash);
        (0..PROBES).filter_map(move |step| self.slots.get(self.mask(home.wrapping_add(step))))
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(SLOTS_PER_ENTRY);
        let larger = (0..slots).map(|_| AddressEntry::default()).collect();
        for entry in std::mem::replace(&mut self.slots, larger) {
            if !entry.is_free() {
                // An entry without a free slot is dropped: its measurements are resolved again.
                self.place(entry);
            }
        }
    }

    /// Puts an entry into a free slot, or returns it.
    fn place(&mut self, entry: AddressEntry) -> Option<AddressEntry> {
        let home = self.slot_of(entry.hash());
        for step in 0..PROBES {
            let slot = self.mask(home + step);
            match self.slots.get_mut(slot) {
                Some(free) if free.is_free() => {
                    *free = entry;
                    return None;
                }
                _ => {}
            }
        }
        Some(entry)
    }

    #[inline]
    fn slot_of(&self, hash: u64) -> usize {
        // The upper half depends on all bits of the factors.
        self.mask((hash >> 32) as usize)
    }

    #[inline]
    fn mask(&self, slot: usize) -> usize {
        slot & self.slots.len().wrapping_sub(1)
    }
}

impl AddressEntry {
    fn is_free(&self) -> bool {
        self.key == CacheKey::FREE
    }

    fn hash(&self) -> u64 {
        // The empty addresses are zero, and do not change the hash.
        hash(self.key, &self.tags)
    }
}

/// A hash of a key, which is spread already, and of the values' addresses. Addresses are not chosen by an attacker, so
/// a sum of products suffices; the multiplications do not wait for each other.
#[inline]
fn hash(key: CacheKey, tags: &[TagAddresses]) -> u64 {
    let mut hash = key.get();
    for (addresses, factor) in tags.iter().zip(FACTORS) {
        let product = (addresses.value.get() as u64).wrapping_mul(factor);
        hash = hash.wrapping_add(product);
    }
    hash
}

/// Odd numbers without a pattern: digits of pi and e.
const FACTORS: [u64; MAX_ADDRESSES] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7345,
    0xa409_3822_299f_31d1,
    0xb7e1_5162_8aed_2a6b,
    0xbf71_5880_9cf4_f3c7,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BoundId, RowId};
    use crate::record::cache::testing;
    use crate::register::ViewsVersion;

    const KEY: CacheKey = CacheKey::addresses(ViewsVersion(16), 1);

    /// Addresses like those of the elements of a static.
    fn tags(index: usize) -> PaddedAddresses {
        let mut tags = PaddedAddresses::default();
        tags[0] = TagAddresses {
            key: Address::stand_in(0x1000),
            value: Address::stand_in(0x2000 + 16 * index),
        };
        tags
    }

    fn find(cache: &ByAddress, index: usize) -> Option<RowId> {
        let targets = cache.find(KEY, &[tags(index)[0]])?;
        targets.iter().next().map(Target::row)
    }

    #[test]
    fn an_empty_cache_has_no_entry() {
        let tags = [TagAddresses::of_bound(BoundId::next())];
        assert!(ByAddress::default().find(KEY, &tags).is_none());
    }

    #[test]
    fn few_entries_are_all_found() {
        let targets = testing::targets(100);
        let mut cache = ByAddress::default();
        for (index, target) in targets.iter().enumerate() {
            assert_eq!(find(&cache, index), None);
            cache.insert(KEY, tags(index), std::slice::from_ref(target));
        }
        for (index, target) in targets.iter().enumerate() {
            assert_eq!(find(&cache, index), Some(target.row()));
        }
        let other_version = CacheKey::addresses(ViewsVersion(32), 1);
        assert!(cache.find(other_version, &[tags(0)[0]]).is_none());
    }

    #[test]
    fn the_newest_of_many_entries_is_found_and_an_alias_replaces_none() {
        let targets = testing::targets(1);
        let mut cache = ByAddress::default();
        let count = 2 * MAX_SLOTS;
        for index in 0..count {
            cache.insert(KEY, tags(index), &targets);
            assert!(find(&cache, index).is_some(), "{index}");
        }
        assert_eq!(cache.slots.len(), MAX_SLOTS);
        let cached = |cache: &ByAddress| (0..count).filter(|n| find(cache, *n).is_some()).count();
        let before = cached(&cache);
        for index in count..2 * count {
            cache.insert_alias(KEY, tags(index), targets.iter());
        }
        assert_eq!(cached(&cache), before);
    }
}
