//! The table that most measurements are found in: those that this thread records most, by the addresses of their tags or by the
//! identifier of a handle.
//!
//! It lies in a thread-local itself, and an entry has references to words and counts no references. So nothing is taken out and
//! put back, and a counter is counted by some twenty instructions.
//!
//! An entry is a copy of one in [`ByAddress`](super::by_address). It may be dropped at any time.
//!
//! *Invariant:* the words of an entry lie in chunks that are in the thread's shards. So [`ThreadCache`] clears the table before it
//! drops a chunk, and nothing is added but by a thread that has its cache.
//!
//! [`ThreadCache`]: super::thread_cache::ThreadCache

use std::cell::Cell;

use super::address::TagAddresses;
use super::cache_key::CacheKey;
use crate::aggregate::{OwnRow, Target, TargetName};
use crate::declare::{ADDRESS_STEP, ValueBits};
use crate::id::BoundId;
use crate::register::ViewsVersion;
use crate::sync::AtomicU64;
use crate::tags::current_scope;

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
const SEEN: usize = 16;

thread_local! {
    /// The type has no destructor, so an access does not check whether the thread-local was destroyed.
    static TABLE: HotTable = const { HotTable::new() };
}

/// The measurements that a thread records most. All bits are zero at first.
pub(super) struct HotTable {
    entries: [HotEntry; ENTRIES],
    /// The targets of each entry that is not a counter.
    targets: [HotTargets; ENTRIES],
    /// How often the table was cleared. Whoever keeps words of this thread elsewhere must not use them after that.
    clears: Cell<u64>,
    /// Of each version with an entry by the scope, one bit. Two versions may share a bit, which costs a look-up and nothing else.
    scoped: Cell<u64>,
    /// Of some measurements that were not found by the scope, a hash: one that is repeated in its scope gets an entry.
    seen: [Cell<u64>; SEEN],
    /// How many measurements were not found whose entries would have displaced others.
    displaced: Cell<u32>,
}

/// The tags of a measurement. 64 bytes, which is a line of the processor's cache.
struct HotEntry {
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

/// What a measurement still has to do.
pub(super) enum Found {
    /// Nothing: it is counted.
    Counted,
    /// It must be recorded to the targets at this place.
    Targets(Place),
    /// It has no entry.
    Nothing,
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
    fn check(&self, place: usize, is_own: impl FnOnce(&HotEntry) -> bool) -> Option<Place> {
        let entry = self.entries.get(place)?;
        is_own(entry).then_some(Place::at(place))
    }

    #[inline]
    fn counter(&self, place: Place) -> Option<&'static AtomicU64> {
        self.entries.get(place.index())?.counter.get()
    }

    /// Records a value to the targets at a place. Returns whether it did; otherwise nothing has changed.
    #[inline]
    fn record(&self, place: Place, bits: ValueBits) -> bool {
        let Some(targets) = self.targets.get(place.index()) else {
            return false;
        };
        let [second, _] = &targets.others;
        match targets.first.get() {
            Some(first) if second.get().is_none() => first.record(bits),
            _ => record_each(place, bits),
        }
    }

    fn record_each(&self, place: Place, bits: ValueBits) -> bool {
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
    fn named(&self, place: Place) -> Option<OwnRow> {
        let targets = self.targets.get(place.index())?;
        let first = targets.first.get()?;
        targets.name.get().is_some().then_some(first)
    }

    /// The name of the only target at a place.
    #[inline]
    fn name(&self, place: Place) -> Option<TargetName> {
        self.targets.get(place.index())?.name.get()
    }

    /// The target at a place, if this is its name.
    #[inline]
    fn target_of(&self, place: Place, name: &TargetName) -> Option<OwnRow> {
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
        targets: impl Iterator<Item = &'t Target> + Clone,
    ) {
        /// One of so many measurements may displace another.
        const DISPLACING: u32 = 8;
        let home = home(key.version(), tags);
        if N > MAX_TAGS || targets.clone().count() > MAX_TARGETS {
            return;
        }
        let mut rows = [None; MAX_TARGETS];
        for (row, target) in rows.iter_mut().zip(targets.clone()) {
            *row = target.own_row();
            if row.is_none() {
                return;
            }
        }
        // If one refuses a value, all that may do so would. The first is asked before anything is recorded.
        rows.sort_by_key(|row| row.map_or(2, |row| u8::from(!row.may_refuse())));
        let free = [home, alternative(home)]
            .into_iter()
            .find(|place| self.entries.get(*place).is_some_and(HotEntry::is_free));
        let place = free.unwrap_or_else(|| {
            self.displaced.set(self.displaced.get().wrapping_add(1));
            home
        });
        if free.is_none() && !self.displaced.get().is_multiple_of(DISPLACING) {
            return;
        }
        if let (Some(entry), Some(of_entry)) = (self.entries.get(place), self.targets.get(place)) {
            entry.key.set(key);
            for (of_entry, tag) in entry.tags.iter().zip(tags) {
                of_entry.set(*tag);
            }
            let [first, others @ ..] = rows;
            let is_only = others.iter().all(Option::is_none);
            let only = first.filter(|_| is_only);
            entry.counter.set(only.and_then(OwnRow::counter));
            of_entry.first.set(first);
            for (of_entry, row) in of_entry.others.iter().zip(others) {
                of_entry.set(row);
            }
            let mut targets = targets.filter(|_| is_only);
            of_entry
                .name
                .set(targets.next().and_then(Target::name_for_guards));
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
    fn is_of<const N: usize>(&self, key: CacheKey, tags: &[TagAddresses; N]) -> bool {
        let mut pairs = self.tags.iter().zip(tags);
        self.key.get() == key && pairs.all(|(of_entry, tag)| of_entry.get() == *tag)
    }

    #[inline]
    fn is_of_bound(&self, version: ViewsVersion, id: BoundId) -> bool {
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

/// As [`record`], for several targets. Out of line, because a call costs little beside them.
#[inline(never)]
fn record_each(place: Place, bits: ValueBits) -> bool {
    TABLE.with(|table| table.record_each(place, bits))
}

/// Looks up a measurement in this thread's table, and counts it if it is only counted.
#[inline]
pub(super) fn count<const N: usize>(version: ViewsVersion, tags: &[TagAddresses; N]) -> Found {
    count_at(find(version, tags))
}

/// As [`count`], for a bound measure.
#[inline]
pub(super) fn count_bound(version: ViewsVersion, id: BoundId) -> Found {
    let home = home(version, &[TagAddresses::of_bound(id)]);
    count_at(TABLE.with(|table| table.check(home, |entry| entry.is_of_bound(version, id))))
}

/// As [`count`], for a measurement that is not found there: its entry may be at another place.
pub(super) fn count_elsewhere<const N: usize>(key: CacheKey, tags: &[TagAddresses; N]) -> Found {
    if N > MAX_TAGS {
        return Found::Nothing;
    }
    let place = alternative(home(key.version(), tags));
    count_at(TABLE.with(|table| table.check(place, |entry| entry.is_of(key, tags))))
}

/// The place of a measurement's entry, if it is the first place.
///
/// The functions that use the table do so in several steps, each of which is small enough for the compiler to inline it.
#[inline]
fn find<const N: usize>(version: ViewsVersion, tags: &[TagAddresses; N]) -> Option<Place> {
    if N > MAX_TAGS {
        return None;
    }
    let key = CacheKey::addresses(version, N);
    TABLE.with(|table| table.check(home(version, tags), |entry| entry.is_of(key, tags)))
}

#[inline]
fn count_at(place: Option<Place>) -> Found {
    let Some(place) = place else {
        return Found::Nothing;
    };
    match TABLE.with(|table| table.counter(place)) {
        Some(counter) => {
            OwnRow::count(counter);
            Found::Counted
        }
        None => Found::Targets(place),
    }
}

/// Records a value to the targets at a place of this thread's table. Returns whether it did; otherwise nothing has changed.
#[inline]
pub(super) fn record(place: Place, bits: ValueBits) -> bool {
    TABLE.with(|table| table.record(place, bits))
}

/// Records a value that is taken back later, if this thread's table has the measurement. Returns the place and the name of its
/// target.
#[inline]
pub(super) fn begin<const N: usize>(
    version: ViewsVersion,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> Option<(Place, TargetName)> {
    let place = find(version, tags)?;
    if !TABLE.with(|table| table.named(place))?.record(bits) {
        return None;
    }
    // Not before, because the call would have to keep it.
    let name = TABLE.with(|table| table.name(place))?;
    Some((place, name))
}

/// As [`count`] and [`record`], for a measurement that needs the scope.
#[inline]
pub(super) fn record_scoped<const N: usize>(
    version: ViewsVersion,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> bool {
    if TABLE.with(|table| table.scoped.get()) & scoped_bit(version) == 0 {
        return false;
    }
    let Some(tags) = with_scope(tags) else {
        return false;
    };
    let key = CacheKey::scoped(version);
    let home = home(version, &tags);
    match count_at(TABLE.with(|table| table.check(home, |entry| entry.is_of(key, &tags)))) {
        Found::Counted => true,
        Found::Targets(place) => record(place, bits),
        Found::Nothing => false,
    }
}

/// The tags by which a measurement that needs the scope has an entry, if it was recorded in this scope before: most scopes are
/// short, and an entry costs more than it saves if it is not found again.
pub(super) fn scoped_if_repeated<const N: usize>(
    version: ViewsVersion,
    tags: &[TagAddresses; N],
) -> Option<[TagAddresses; MAX_TAGS]> {
    let tags = with_scope(tags)?;
    let [scope, ..] = &tags;
    let hash = version.0 ^ scope.value.get() as u64;
    TABLE.with(|table| {
        let seen = table.seen.get(home(version, &tags) % SEEN)?;
        if seen.replace(hash) != hash {
            return None;
        }
        table.scoped.set(table.scoped.get() | scoped_bit(version));
        Some(tags)
    })
}

/// The highest bits of a version are spread best.
const fn scoped_bit(version: ViewsVersion) -> u64 {
    1 << (version.0 >> (u64::BITS - 6))
}

/// A number of the scope, and the tags of a measurement; `None` if there are too many.
#[inline]
fn with_scope<const N: usize>(tags: &[TagAddresses; N]) -> Option<[TagAddresses; MAX_TAGS]> {
    if N >= MAX_TAGS {
        return None;
    }
    let scope = usize::try_from(current_scope()?).ok()?;
    let mut with_scope = [TagAddresses::NONE; MAX_TAGS];
    let [first, others @ ..] = &mut with_scope;
    *first = TagAddresses::of_scope(scope * ADDRESS_STEP, N);
    for (tag, own) in others.iter_mut().zip(tags) {
        *tag = *own;
    }
    Some(with_scope)
}

/// Takes back a value, if this thread's table still has the target of this name at the place. Returns whether it has. Names are
/// never given twice, so the words are those of the beginning, whichever measurement has the entry.
#[inline]
pub(super) fn end(place: Place, name: &TargetName, bits: ValueBits) -> bool {
    let target = TABLE.with(|table| table.target_of(place, name));
    target.is_some_and(|target| target.record(bits))
}

/// How often this thread's table was cleared.
#[inline]
pub(super) fn clears() -> u64 {
    TABLE.with(|table| table.clears.get())
}

/// Adds an entry to this thread's table: see [`HotTable::insert`].
#[cfg(not(all(test, census_model)))]
pub(super) fn insert<'t, const N: usize>(
    key: CacheKey,
    tags: &[TagAddresses; N],
    targets: impl Iterator<Item = &'t Target> + Clone,
) {
    TABLE.with(|table| table.insert(key, tags, targets));
}

/// Clears this thread's table.
#[cfg(not(all(test, census_model)))]
pub(super) fn clear() {
    TABLE.with(HotTable::clear);
}

/// The first place where an entry may be.
///
/// The values of an enum have successive addresses, 16 bytes apart, and so have the literals of successive lines. So a sum that
/// gives each tag a factor of its own finds different places for most of the combinations that one measure has. The version
/// spreads the measures.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "only the lowest bits are wanted"
)]
fn home<const N: usize>(version: ViewsVersion, tags: &[TagAddresses; N]) -> usize {
    const FACTORS: [usize; MAX_TAGS] = [1, 8, 35];
    let mut sum = 0_usize;
    for (tag, factor) in tags.iter().zip(FACTORS) {
        sum = sum.wrapping_add(tag.value.get().wrapping_mul(factor));
    }
    (sum / ADDRESS_STEP).wrapping_add((version.0 >> 20) as usize) % ENTRIES
}

/// The other place where an entry may be.
const fn alternative(home: usize) -> usize {
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

    /// As [`count`] and [`record`].
    pub(super) fn record_found<const N: usize>(
        &self,
        version: ViewsVersion,
        tags: &[TagAddresses; N],
        bits: ValueBits,
    ) -> bool {
        self.record_at(self.find(version, tags), bits)
    }

    /// As [`count_bound`] and [`record`].
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
