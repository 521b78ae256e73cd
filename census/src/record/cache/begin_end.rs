//! Measurements that are subtracted later from the very same rows.
//!
//! # Protocol
//!
//! A call in flight adds one to its rows at its beginning, and subtracts one from the same rows at its end, which may be on
//! another thread. A [`Held`](crate::record::Held) does the same with any value; here it is a call, too. Between the two, a
//! call keeps the [names](crate::aggregate::TargetName) of the rows. A name has the owner of the words in which the
//! beginning was counted.
//!
//! - If the end is on the thread that owns these words, the end is counted in the same words.
//! - Otherwise the end is counted in the shared words of the row. It is counted there, too, if the beginning was, even if
//!   this thread has words of its own for the row by now.
//! - If the view is not registered any more, the end is not counted: the rows are gone. The view may have been registered
//!   again, but that is another view, with another identifier.
//! - If the row was removed, the end is not counted, or it is counted in words that no scrape reads. There may be another row of
//!   the same key, but that has another name.
//!
//! *Invariant:* a scrape that sees the end sees the beginning, so no row is read as less than zero.
//!
//! - If both were counted in the same words, a scrape that sees the later value sees the sum of both.
//! - If the beginning was counted in a thread's own words, and the end in the shared ones, then the end was added with
//!   Release. The beginning happens before the end, because moving a call to another thread synchronizes the two threads. A
//!   scrape reads the shared words first, with Acquire, and then the words of threads. So if it sees the end, it reads the
//!   word of the beginning later.
//! - If the thread's words were folded into the shared ones meanwhile, both are in the same words again.
//!
//! There is no other case: an end is counted in a thread's own words only if its beginning was.

use std::mem;
use std::sync::Arc;

use super::address::TagAddresses;
use super::cache_key::CacheKey;
use super::counted_rows::{Beginning, CountedRows};
use super::hot;
use super::hot_table::Place;
use super::slot;
use super::thread_cache::ThreadCache;
use crate::aggregate::{LiveView, TargetName};
use crate::declare::{MeasureCell, ValueBits};
use crate::register::{ViewsVersion, views_of};

/// Records the beginning of a call, if the addresses of its tags have an entry, and replaces
/// [`NotCounted`](Beginning::NotCounted) by the rows. Returns whether they have. (The rows are written in place, because
/// moving them would cost more than the rest.)
#[inline]
pub(in crate::record) fn begin<const N: usize>(
    beginning: &mut Beginning,
    version: ViewsVersion,
    tags: [TagAddresses; N],
    bits: ValueBits,
) -> bool {
    match hot::begin(version, &tags, bits) {
        Some((place, name)) => {
            // Forgetting the former value, `NotCounted`, saves the check whether it must be dropped.
            mem::forget(mem::replace(beginning, Beginning::Row(place, name)));
            true
        }
        None => begin_in_cache(beginning, version, tags, bits),
    }
}

/// As [`begin`], for a call that is not in the hot table.
#[cold]
#[inline(never)]
fn begin_in_cache<const N: usize>(
    beginning: &mut Beginning,
    version: ViewsVersion,
    tags: [TagAddresses; N],
    bits: ValueBits,
) -> bool {
    if let Some((place, name)) = hot::begin_elsewhere(version, &tags, bits) {
        *beginning = Beginning::Row(place, name);
        return true;
    }
    let begun = slot::with_attached(|cache| begin_cached(cache, version, &tags, bits));
    let Some(Some(rows)) = begun else {
        return false;
    };
    *beginning = Beginning::Rows(rows);
    true
}

pub(super) fn begin_cached<const N: usize>(
    cache: &mut ThreadCache,
    version: ViewsVersion,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> Option<Box<CountedRows>> {
    let mut rows = cache.take_pooled_list().unwrap_or_default();
    let key = CacheKey::addresses(version, N);
    let Some(targets) = cache.find_by_address(key, tags) else {
        cache.pool_list(rows);
        return None;
    };
    targets.begin(bits);
    targets.iter().for_each(|target| rows.push(target));
    cache.insert_hot(key, tags, targets.iter());
    Some(rows)
}

/// Records the end in this row, if this thread's hot table has it at the place. Returns whether it has.
#[inline]
pub(in crate::record) fn end(place: Place, name: &TargetName, bits: ValueBits) -> bool {
    hot::end(place, name, bits)
}

/// As [`end`], for a row that the hot table of this thread does not have at the place.
#[cold]
pub(in crate::record) fn end_elsewhere(name: TargetName, cell: &MeasureCell, bits: ValueBits) {
    end_in(name, cell, bits);
}

/// An empty list of rows, if this thread has one.
pub(in crate::record) fn take_pooled_list() -> Option<Box<CountedRows>> {
    slot::with_attached(ThreadCache::take_pooled_list).flatten()
}

/// Records the end in each row of a list, and keeps the list, maybe another thread's, for a later call.
pub(in crate::record) fn end_in_each(
    mut rows: Box<CountedRows>,
    cell: &MeasureCell,
    bits: ValueBits,
) {
    for name in rows.drain() {
        end_in(name, cell, bits);
    }
    slot::with_attached(|cache| cache.pool_list(rows));
}

fn end_in(name: TargetName, cell: &MeasureCell, bits: ValueBits) {
    let ended = slot::with_attached(|cache| end_in_own(cache, &name, bits));
    if !matches!(ended, Some(Some(()))) {
        end_in_shared(&name, cell, bits);
    }
}

pub(super) fn end_in_own(cache: &ThreadCache, name: &TargetName, bits: ValueBits) -> Option<()> {
    cache.own_target(name).map(|target| target.end(bits))
}

pub(super) fn end_in_shared(name: &TargetName, cell: &MeasureCell, bits: ValueBits) {
    let Some((_, views)) = views_of(cell) else {
        return;
    };
    // The views are in the order of their identifiers.
    let index = views.binary_search_by_key(&name.view, |view: &Arc<LiveView>| view.id());
    if let Ok(index) = index
        && let Some(view) = views.get(index)
    {
        // The row may be gone.
        if let Some(target) = view.rows.shared_target_named(name) {
            target.end(bits);
        }
    }
}
