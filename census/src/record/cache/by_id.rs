//! A cache from the identifiers of bound measures to targets.
//!
//! Each identifier has one place, which it shares with others. The last one that was inserted has it; the others are found by
//! their [stand-in addresses](super::address::TagAddresses::of_bound). Identifiers are numbered, so the handles that a program
//! makes at its start have places of their own.

use super::cache_key::CacheKey;
use super::entry_targets::EntryTargets;
use crate::aggregate::Target;
use crate::id::BoundId;
use crate::register::ViewsVersion;

/// How many places there are: 14 kilobytes, in threads that record by handles. A constant number saves the bounds check.
const PLACES: usize = 256;

/// A cache from identifiers to targets.
#[derive(Default)]
pub(super) struct ById {
    /// `None` before the first entry.
    entries: Option<Box<[IdEntry; PLACES]>>,
}

struct IdEntry {
    /// [`CacheKey::FREE`] if there is no entry.
    key: CacheKey,
    id: BoundId,
    targets: EntryTargets,
}

impl ById {
    /// The targets of this bound measure.
    #[inline]
    pub(super) fn find(&self, version: ViewsVersion, id: BoundId) -> Option<&EntryTargets> {
        let entry = self.entries.as_ref()?.get(place(id))?;
        let is_found = entry.key == CacheKey::bound(version) && entry.id == id;
        is_found.then_some(&entry.targets)
    }

    /// The targets in the place of this bound measure, which may be those of another one.
    #[inline]
    pub(super) fn at_place_of(&self, id: BoundId) -> Option<&EntryTargets> {
        let entry = self.entries.as_ref()?.get(place(id))?;
        Some(&entry.targets)
    }

    /// Adds an entry, in the place of another one.
    pub(super) fn insert(&mut self, version: ViewsVersion, id: BoundId, targets: &[Target]) {
        if self.entries.is_none() {
            // By way of a list: an array would be on the stack first.
            let free = (0..PLACES).map(|_| IdEntry {
                key: CacheKey::FREE,
                id,
                targets: EntryTargets::default(),
            });
            self.entries = free.collect::<Vec<_>>().try_into().ok();
        }
        if let Some(entry) = self.entries.as_mut().and_then(|it| it.get_mut(place(id)))
            && let Some(targets) = EntryTargets::new(targets)
        {
            *entry = IdEntry {
                key: CacheKey::bound(version),
                id,
                targets,
            };
        }
    }

    /// Drops the entries of these versions.
    pub(super) fn drop_versions(&mut self, is_ended: impl Fn(ViewsVersion) -> bool) {
        for entry in self
            .entries
            .iter_mut()
            .flat_map(|entries| entries.iter_mut())
        {
            if entry.key != CacheKey::FREE && is_ended(entry.key.version()) {
                entry.key = CacheKey::FREE;
                entry.targets = EntryTargets::default();
            }
        }
    }

    /// The versions of the entries.
    #[cfg(all(test, census_model))]
    pub(super) fn versions(&self) -> impl Iterator<Item = ViewsVersion> {
        let entries = self.entries.iter().flat_map(|entries| entries.iter());
        let used = entries.filter(|entry| entry.key != CacheKey::FREE);
        used.map(|entry| entry.key.version())
    }
}

#[inline]
const fn place(id: BoundId) -> usize {
    id.0 % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::cache::testing;

    #[test]
    fn the_last_of_two_with_one_place_is_found_by_its_own_version_only() {
        let targets = testing::targets(3);
        let (version, other) = (ViewsVersion(64), ViewsVersion(128));
        let ids = [7, 8, 7 + PLACES].map(BoundId);
        let mut cache = ById::default();
        assert!(ids.iter().all(|id| cache.find(version, *id).is_none()));
        for (id, target) in ids.iter().zip(&targets) {
            cache.insert(version, *id, std::slice::from_ref(target));
            let found = cache.find(version, *id).and_then(EntryTargets::only_target);
            assert_eq!(found.map(Target::row), Some(target.row()));
            assert!(cache.find(other, *id).is_none());
        }
        assert!(cache.find(version, ids[0]).is_none());
        assert!(cache.find(version, ids[1]).is_some());
        cache.drop_versions(|ended| ended == version);
        assert!(ids.iter().all(|id| cache.find(version, *id).is_none()));
    }
}
