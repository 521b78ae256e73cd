//! The table of the measurements that a thread records most. [`hot`](super::hot) has the table of each thread.
//!
//! Each entry has a first place and another one beside it. All methods are small, so that the compiler inlines them.

use std::cell::Cell;

use super::address::TagAddresses;
use super::cache_key::CacheKey;
use crate::aggregate::{OwnRow, Target, TargetName};
use crate::declare::{ADDRESS_STEP, ValueBits};
use crate::id::BoundId;
use crate::register::ViewsVersion;
use crate::sync::AtomicU64;

/// How many entries there are. All are 22 kilobytes, which every thread of a program has, also one that records nothing: a system
/// sets the memory to zero when it starts a thread.
const ENTRIES: usize = if cfg!(all(test, census_model)) {
    4
} else {
    128
};

/// Measurements with more tags have no entry.
pub(super) const MAX_TAGS: usize = 3;

/// Measurements with more targets have no entry.
const MAX_TARGETS: usize = 3;

/// How many measurements by the scope are remembered that have no entry.
pub(super) const SEEN: usize = 16;

/// The measurements that a thread records most. All bits are zero at first.
pub(super) struct HotTable {
    entries: [HotEntry; ENTRIES],
    /// The targets of each entry that is not a counter.
    targets: [HotTargets; ENTRIES],
    /// How often the table was cleared. A local handle that found its words before the last time does not use them any more.
    pub(super) clears: Cell<u64>,
    /// Of each version with an entry by the scope, one bit. Two versions may share a bit, which costs a look-up and nothing else.
    pub(super) scoped: Cell<u64>,
    /// Of some measurements that were not found by the scope, a hash: one that is repeated in its scope gets an entry.
    pub(super) seen: [Cell<u64>; SEEN],
    /// How many measurements were not found whose entries would have displaced others.
    displaced: Cell<u32>,
}

/// The tags of a measurement. 64 bytes, which is a line of the processor's cache.
pub(super) struct HotEntry {
    key: Cell<CacheKey>,
    tags: [Cell<TagAddresses>; MAX_TAGS],
    /// The word to add one to, if a measurement does nothing else.
    counter: Cell<Option<&'static AtomicU64>>,
}

/// The targets of a measurement.
struct HotTargets {
    first: Cell<Option<OwnRow>>,
    /// The other targets. The first ones are there.
    others: [Cell<Option<OwnRow>>; MAX_TARGETS - 1],
    /// The name of the only target, if a value that is taken back later can be recorded to it.
    name: Cell<Option<TargetName>>,
}

/// The place of an entry in the table.
#[derive(Clone, Copy, Debug)]
pub(in crate::record) struct Place(u32);

impl Place {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "no place is too great")]
    const fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// The number is less than that of entries; saying so saves a check.
    #[inline]
    const fn index(self) -> usize {
        self.0 as usize % ENTRIES
    }
}

impl HotTable {
    pub(super) const fn new() -> Self {
        Self {
            entries: [const { HotEntry::new() }; ENTRIES],
            targets: [const { HotTargets::new() }; ENTRIES],
            clears: Cell::new(0),
            scoped: Cell::new(0),
            seen: [const { Cell::new(0) }; SEEN],
            displaced: Cell::new(0),
        }
    }

    /// The place, if the entry there is of a measurement.
    #[inline]
    pub(super) fn check(
        &self,
        place: usize,
        is_own: impl FnOnce(&HotEntry) -> bool,
    ) -> Option<Place> {
        let entry = self.entries.get(place)?;
        is_own(entry).then_some(Place::at(place))
    }

    #[inline]
    pub(super) fn counter(&self, place: Place) -> Option<&'static AtomicU64> {
        self.entries.get(place.index())?.counter.get()
    }

    /// The only target at a place.
    #[inline]
    pub(super) fn only(&self, place: Place) -> Option<OwnRow> {
        let targets = self.targets.get(place.index())?;
        let [second, _] = &targets.others;
        match second.get() {
            None => targets.first.get(),
            Some(_) => None,
        }
    }

    /// Records a value to all targets at a place. Returns whether it did; otherwise nothing has changed.
    pub(super) fn record_each(&self, place: Place, bits: ValueBits) -> bool {
        let Some(targets) = self.targets.get(place.index()) else {
            return false;
        };
        let [second, third] = &targets.others;
        // Only the first may refuse: see `insert`.
        if !targets.first.get().is_some_and(|first| first.record(bits)) {
            return false;
        }
        if let Some(second) = second.get() {
            second.record(bits);
        }
        if let Some(third) = third.get() {
            third.record(bits);
        }
        true
    }

    /// The only target at a place, if a value that is taken back later can be recorded to it.
    #[inline]
    pub(super) fn named(&self, place: Place) -> Option<OwnRow> {
        let targets = self.targets.get(place.index())?;
        let first = targets.first.get()?;
        targets.name.get().is_some().then_some(first)
    }

    /// The name of the only target at a place.
    #[inline]
    pub(super) fn name(&self, place: Place) -> Option<TargetName> {
        self.targets.get(place.index())?.name.get()
    }

    /// The target at a place, if this is its name.
    #[inline]
    pub(super) fn target_of(&self, place: Place, name: &TargetName) -> Option<OwnRow> {
        let targets = self.targets.get(place.index())?;
        let is_named = targets.name.get().is_some_and(|found| found.is(name));
        if is_named { targets.first.get() } else { None }
    }

    /// Adds an entry, unless the measurement has too many tags or targets, or some words belong to all threads. An entry that
    /// would displace another is only added now and then: otherwise, two measurements that are recorded in turn would displace each
    /// other each time.
    pub(super) fn insert<'t, const N: usize>(
        &self,
        key: CacheKey,
        tags: &[TagAddresses; N],
        mut targets: impl Iterator<Item = &'t Target> + Clone,
    ) {
        if N > MAX_TAGS || targets.clone().count() > MAX_TARGETS {
            return;
        }
        let mut padded = [TagAddresses::NONE; MAX_TAGS];
        for (padded, tag) in padded.iter_mut().zip(tags) {
            *padded = *tag;
        }
        let mut rows = [None; MAX_TARGETS];
        for (row, target) in rows.iter_mut().zip(targets.clone()) {
            *row = target.own_row();
            if row.is_none() {
                return;
            }
        }
        let [_, second, _] = rows;
        let only = targets.next().filter(|_| second.is_none());
        let name = only.and_then(Target::name_for_guards);
        self.insert_entry(key, &padded, rows, name);
    }

    /// As [`insert`](Self::insert), with empty addresses after the tags.
    fn insert_entry(
        &self,
        key: CacheKey,
        tags: &[TagAddresses; MAX_TAGS],
        mut rows: [Option<OwnRow>; MAX_TARGETS],
        name: Option<TargetName>,
    ) {
        /// One of so many measurements may displace another.
        const DISPLACING: u32 = 8;
        let home = home(key.version(), tags);
        let places = [home, alternative(home)];
        let is_there = |place: &usize| self.check(*place, |entry| entry.is_of(key, tags)).is_some();
        if places.iter().any(is_there) {
            return;
        }
        // If one refuses a value, all that may do so would. The first is asked before anything is recorded.
        let may_refuse = |row: &Option<OwnRow>| row.is_some_and(OwnRow::may_refuse);
        if let Some(refusing) = rows.iter().position(may_refuse) {
            rows.swap(0, refusing);
        }
        let is_free = |place: &usize| self.entries.get(*place).is_some_and(HotEntry::is_free);
        let free = places.into_iter().find(is_free);
        if free.is_none() {
            let displaced = self.displaced.get().wrapping_add(1);
            self.displaced.set(displaced);
            if !displaced.is_multiple_of(DISPLACING) {
                return;
            }
        }
        let place = free.unwrap_or(home);
        if let (Some(entry), Some(of_entry)) = (self.entries.get(place), self.targets.get(place)) {
            entry.key.set(key);
            for (of_entry, tag) in entry.tags.iter().zip(tags) {
                of_entry.set(*tag);
            }
            let [first, others @ ..] = rows;
            let only = first.filter(|_| others.iter().all(Option::is_none));
            entry.counter.set(only.and_then(OwnRow::counter));
            of_entry.first.set(first);
            for (of_entry, row) in of_entry.others.iter().zip(others) {
                of_entry.set(row);
            }
            of_entry.name.set(name);
        }
    }

    pub(super) fn clear(&self) {
        self.clears.set(self.clears.get() + 1);
        self.scoped.set(0);
        for (entry, targets) in self.entries.iter().zip(&self.targets) {
            entry.key.set(CacheKey::FREE);
            entry.counter.set(None);
            targets.first.set(None);
            targets.others.iter().for_each(|target| target.set(None));
            targets.name.set(None);
        }
    }
}

impl HotEntry {
    const fn new() -> Self {
        Self {
            key: Cell::new(CacheKey::FREE),
            tags: [const { Cell::new(TagAddresses::NONE) }; MAX_TAGS],
            counter: Cell::new(None),
        }
    }

    fn is_free(&self) -> bool {
        self.key.get() == CacheKey::FREE
    }

    #[inline]
    pub(super) fn is_of<const N: usize>(&self, key: CacheKey, tags: &[TagAddresses; N]) -> bool {
        let mut pairs = self.tags.iter().zip(tags);
        self.key.get() == key && pairs.all(|(of_entry, tag)| of_entry.get() == *tag)
    }

    #[inline]
    pub(super) fn is_of_bound(&self, version: ViewsVersion, id: BoundId) -> bool {
        let [tag, ..] = &self.tags;
        self.key.get() == CacheKey::bound(version)
            && tag.get().value == TagAddresses::of_bound(id).value
    }
}

impl HotTargets {
    const fn new() -> Self {
        Self {
            first: Cell::new(None),
            others: [const { Cell::new(None) }; MAX_TARGETS - 1],
            name: Cell::new(None),
        }
    }
}

/// The first place where an entry may be.
///
/// The values of an enum have successive addresses, 16 bytes apart, and so have the literals of successive lines. So a sum that
/// gives each tag a factor of its own finds different places for most of the combinations that one measure has. The version
/// spreads the measures.
#[inline]
pub(super) fn home<const N: usize>(version: ViewsVersion, tags: &[TagAddresses; N]) -> usize {
    const FACTORS: [usize; MAX_TAGS] = [1, 8, 35];
    let mut sum = 0_usize;
    for (tag, factor) in tags.iter().zip(FACTORS) {
        sum = sum.wrapping_add(tag.value.get().wrapping_mul(factor));
    }
    (sum / ADDRESS_STEP).wrapping_add((version.0 >> 20) as usize) % ENTRIES
}

/// The other place where an entry may be.
pub(super) const fn alternative(home: usize) -> usize {
    home ^ 1
}

/// The table of a model's thread: all threads of a model run on one thread of the system, and so have one thread-local.
#[cfg(all(test, census_model))]
impl HotTable {
    fn find<const N: usize>(
        &self,
        version: ViewsVersion,
        tags: &[TagAddresses; N],
    ) -> Option<Place> {
        let key = CacheKey::addresses(version, N);
        self.check(home(version, tags), |entry| entry.is_of(key, tags))
    }

    /// As the functions `count` and `record`.
    pub(super) fn record_found<const N: usize>(
        &self,
        version: ViewsVersion,
        tags: &[TagAddresses; N],
        bits: ValueBits,
    ) -> bool {
        self.record_at(self.find(version, tags), bits)
    }

    /// As the functions `count_bound` and `record`.
    pub(super) fn record_bound(&self, version: ViewsVersion, id: BoundId, bits: ValueBits) -> bool {
        let home = home(version, &[TagAddresses::of_bound(id)]);
        let place = self.check(home, |entry| entry.is_of_bound(version, id));
        self.record_at(place, bits)
    }

    /// The versions of the entries.
    pub(super) fn versions(&self) -> impl Iterator<Item = ViewsVersion> {
        let entries = self.entries.iter().filter(|entry| !entry.is_free());
        entries.map(|entry| entry.key.get().version())
    }

    fn record_at(&self, place: Option<Place>, bits: ValueBits) -> bool {
        match place.map(|place| (place, self.counter(place))) {
            None => false,
            Some((place, None)) => self.record_each(place, bits),
            Some((_, Some(counter))) => {
                OwnRow::count(counter);
                true
            }
        }
    }

    /// As the function of the same name.
    pub(super) fn begin<const N: usize>(
        &self,
        version: ViewsVersion,
        tags: &[TagAddresses; N],
        bits: ValueBits,
    ) -> Option<(Place, TargetName)> {
        let place = self.find(version, tags)?;
        self.named(place)?.record(bits);
        Some((place, self.name(place)?))
    }

    /// As the function of the same name.
    pub(super) fn end(&self, place: Place, name: &TargetName, bits: ValueBits) -> bool {
        let target = self.target_of(place, name);
        target.is_some_and(|target| target.record(bits))
    }
}

#[cfg(all(test, not(census_model)))]
mod tests {
    use super::*;
    use crate::declare::Address;
    use crate::id::RowId;
    use crate::record::cache::shards::Shards;
    use crate::record::cache::testing;

    const VERSION: ViewsVersion = ViewsVersion(1 << 40);

    fn key() -> CacheKey {
        CacheKey::addresses(VERSION, 1)
    }

    /// Addresses of successive texts.
    fn tags(index: usize) -> [TagAddresses; 1] {
        [TagAddresses {
            key: Address::stand_in(0x1000),
            value: Address::stand_in(0x2000 + ADDRESS_STEP * index),
        }]
    }

    /// Targets of different rows, whose words belong to this thread. The shards must be kept.
    fn own_targets(count: usize) -> (Shards, Vec<Target>) {
        let view = testing::view(count);
        let mut shards = Shards::default();
        let thread = crate::id::ThreadId::next();
        let rows = (0..count).map(RowId::first_at);
        let targets = rows.map(|row| shards.target(thread, &view, row).target);
        let targets = targets.collect();
        (shards, targets)
    }

    /// The counter that is found for some tags.
    fn find(table: &HotTable, index: usize) -> Option<&'static AtomicU64> {
        let home = home(VERSION, &tags(index));
        let mut places = [home, alternative(home)].into_iter();
        let place = places
            .find_map(|place| table.check(place, |entry| entry.is_of(key(), &tags(index))))?;
        table.counter(place)
    }

    fn is_counter_of(target: &Target, counter: Option<&'static AtomicU64>) -> bool {
        let own = target.own_row().and_then(OwnRow::counter);
        own.map(std::ptr::from_ref) == counter.map(std::ptr::from_ref)
    }

    #[test]
    fn successive_texts_have_places_of_their_own() {
        let (_shards, targets) = own_targets(ENTRIES);
        let table = HotTable::new();
        for (index, target) in targets.iter().enumerate() {
            assert!(find(&table, index).is_none());
            table.insert(key(), &tags(index), std::iter::once(target));
        }
        for (index, target) in targets.iter().enumerate() {
            assert!(is_counter_of(target, find(&table, index)), "{index}");
        }
        table.clear();
        assert!((0..ENTRIES).all(|index| find(&table, index).is_none()));
        assert_eq!(table.clears.get(), 1);
    }

    #[test]
    fn an_entry_is_displaced_now_and_then() {
        let (_shards, targets) = own_targets(ENTRIES + 1);
        let table = HotTable::new();
        for (index, target) in targets.iter().enumerate().take(ENTRIES) {
            table.insert(key(), &tags(index), std::iter::once(target));
        }
        let last = targets.last().expect("there is one");
        let mut attempts = 0;
        while find(&table, ENTRIES).is_none() {
            table.insert(key(), &tags(ENTRIES), std::iter::once(last));
            attempts += 1;
        }
        assert_eq!(attempts, 8);
        assert!(is_counter_of(last, find(&table, ENTRIES)));
        let found = (0..ENTRIES).filter(|index| find(&table, *index).is_some());
        assert_eq!(found.count(), ENTRIES - 1);
        // It is not added twice.
        table.insert(key(), &tags(ENTRIES), std::iter::once(last));
        let found = (0..ENTRIES).filter(|index| find(&table, *index).is_some());
        assert_eq!(found.count(), ENTRIES - 1);
    }

    #[test]
    fn words_of_all_threads_have_no_entry() {
        let targets = testing::targets(1);
        let table = HotTable::new();
        table.insert(key(), &tags(0), targets.iter());
        assert!(find(&table, 0).is_none());
    }
}
