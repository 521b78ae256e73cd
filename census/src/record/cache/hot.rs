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

use super::address::TagAddresses;
use super::cache_key::CacheKey;
use super::hot_table::{HotTable, MAX_TAGS, Place, SEEN, alternative, home};
#[cfg(not(all(test, census_model)))]
use crate::aggregate::Target;
use crate::aggregate::{OwnRow, TargetName};
use crate::declare::{ADDRESS_STEP, ValueBits};
use crate::id::BoundId;
use crate::register::ViewsVersion;
use crate::tags::current_scope;

thread_local! {
    /// The type has no destructor, so an access does not check whether the thread-local was destroyed.
    static TABLE: HotTable = const { HotTable::new() };
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

/// As [`count`] and [`record`], for a measurement that is not at its first place.
pub(super) fn record_elsewhere<const N: usize>(
    key: CacheKey,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> bool {
    match count_at(find_elsewhere(key, tags)) {
        Found::Counted => true,
        Found::Targets(place) => record(place, bits),
        Found::Nothing => false,
    }
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

/// The place of a measurement's entry, if it is the other place.
fn find_elsewhere<const N: usize>(key: CacheKey, tags: &[TagAddresses; N]) -> Option<Place> {
    if N > MAX_TAGS {
        return None;
    }
    let place = alternative(home(key.version(), tags));
    TABLE.with(|table| table.check(place, |entry| entry.is_of(key, tags)))
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
    match TABLE.with(|table| table.only(place)) {
        Some(target) => target.record(bits),
        None => record_each(place, bits),
    }
}

/// Records a value that is taken back later, if this thread's table has the measurement. Returns the place and the name of its
/// target.
#[inline]
pub(super) fn begin<const N: usize>(
    version: ViewsVersion,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> Option<(Place, TargetName)> {
    begin_at(find(version, tags)?, bits)
}

/// As [`begin`], for a measurement that is not at its first place.
pub(super) fn begin_elsewhere<const N: usize>(
    version: ViewsVersion,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> Option<(Place, TargetName)> {
    begin_at(find_elsewhere(CacheKey::addresses(version, N), tags)?, bits)
}

#[inline]
fn begin_at(place: Place, bits: ValueBits) -> Option<(Place, TargetName)> {
    // Integers are never refused.
    TABLE.with(|table| table.named(place))?.record(bits);
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
    let at_home = TABLE.with(|table| table.check(home, |entry| entry.is_of(key, &tags)));
    match count_at(at_home.or_else(|| find_elsewhere(key, &tags))) {
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
    // On machines of 32 bits, a thread may open more scopes than there are such numbers.
    let scope = usize::try_from(current_scope()?).ok()?;
    let scope = scope.checked_mul(ADDRESS_STEP)?;
    let mut with_scope = [TagAddresses::NONE; MAX_TAGS];
    let [first, others @ ..] = &mut with_scope;
    *first = TagAddresses::of_scope(scope, N);
    for (tag, own) in others.iter_mut().zip(tags) {
        *tag = *own;
    }
    Some(with_scope)
}

/// Takes back a value, if this thread's table still has the target of this name at the place. Returns whether it has. Names are
/// never given twice, so the words are those of the beginning, whichever measurement has the entry.
#[inline]
pub(super) fn end(place: Place, name: &TargetName, bits: ValueBits) -> bool {
    match TABLE.with(|table| table.target_of(place, name)) {
        Some(target) => {
            target.record(bits);
            true
        }
        None => false,
    }
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
