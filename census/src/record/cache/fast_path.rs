//! The fast path: measurements that the thread has cached.

use super::address::TagAddresses;
use super::entry_targets::Remaining;
use super::resolve::record_slow;
use super::slot;
use super::tag_text::TagText;
use super::thread_cache::ThreadCache;
use crate::declare::{Handle, MeasureCell, ValueBits};
use crate::register::{ViewsVersion, unchecked_version};
use crate::tags::Tag;

/// Records a measurement of a measure that had views when this thread looked, with these tags and, where they do not have a
/// column's key, those of the scope.
///
/// The value and the values of the tags were evaluated before, which may have run code of a user: it may have recorded, and
/// changed the measure's views. So the version by which the entry is found is loaded now. From the load to the store, no
/// code of a user runs. (The functions that look up the entry load it, because a load with Acquire before them would keep
/// the compiler from passing the tags in registers.)
///
/// The compiler makes one such function for each number of tags, which halves the cost of comparing them.
#[inline]
pub(in crate::record) fn record<'a, const N: usize>(
    measure: &Handle<MeasureCell>,
    tags: impl Fn() -> [Tag<'a>; N],
    bits: ValueBits,
) {
    let addresses = tags().each_ref().map(TagAddresses::of);
    // Usually evaluated at compile time.
    let all_literals = addresses.iter().all(|tag| tag.value.is_some());
    if !all_literals {
        if !record_texts(measure, &tags(), bits) {
            record_slow(measure, &tags(), bits);
        }
    } else if !record_by_address(measure, &addresses, bits) {
        record_after_miss(measure, tags, bits);
    }
}

/// Records a measurement if all its tags are set and have an entry by text. Returns whether it did.
#[inline]
fn record_texts<const N: usize>(cell: &MeasureCell, tags: &[Tag<'_>; N], bits: ValueBits) -> bool {
    let mut texts = [TagText::NONE; N];
    for (text, tag) in texts.iter_mut().zip(tags) {
        let Some(bytes) = tag.value.bytes() else {
            return false;
        };
        let key = tag.key_address;
        *text = TagText { key, bytes };
    }
    record_by_text(cell, &texts, bits)
}

/// Records a measurement that has no entry by address. Out of line, so that the fast path saves no registers for it.
#[cold]
#[inline(never)]
fn record_after_miss<'a, const N: usize>(
    measure: &Handle<MeasureCell>,
    tags: impl Fn() -> [Tag<'a>; N],
    bits: ValueBits,
) {
    let tags = tags();
    if !record_texts(measure, &tags, bits) {
        record_slow(measure, &tags, bits);
    } else if N > 0 {
        insert_alias(unchecked_version(measure), &tags);
    }
}

/// See [`ThreadCache::insert_alias`].
pub(in crate::record) fn insert_alias(version: ViewsVersion, tags: &[Tag<'_>]) {
    slot::with_attached(|cache| cache.insert_alias(version, tags));
}

/// Records a measurement if the addresses of its tags have an entry. Returns whether they have.
///
/// A measurement whose only target is a counter is recorded here. All other work is tail-called, so this stays a leaf
/// function, which saves no registers.
#[inline(never)]
pub(super) fn record_by_address<const N: usize>(
    cell: &MeasureCell,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> bool {
    let version = unchecked_version(cell);
    let Some(cache) = slot::take() else {
        return false;
    };
    // Whether versions have ended does not matter: an entry of this version is valid.
    let slot = cache.home_slot(version, tags);
    match cache.count_at(slot, version, tags) {
        Some(Remaining::Nothing) => {
            slot::restore(cache);
            true
        }
        Some(Remaining::First) => record_first(cache, slot, bits),
        Some(Remaining::All) => record_all(cache, slot, bits),
        None => record_probed(cache, slot, version, tags, bits),
    }
}

#[inline(never)]
fn record_first(cache: &'static mut ThreadCache, slot: usize, bits: ValueBits) -> bool {
    cache.record_first_at(slot, bits);
    slot::restore(cache);
    true
}

#[inline(never)]
fn record_all(cache: &'static mut ThreadCache, slot: usize, bits: ValueBits) -> bool {
    cache.record_all_at(slot, bits);
    slot::restore(cache);
    true
}

#[inline(never)]
fn record_probed<const N: usize>(
    cache: &'static mut ThreadCache,
    home: usize,
    version: ViewsVersion,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> bool {
    let is_recorded = cache.record_probed(home, version, tags, bits);
    slot::restore(cache);
    is_recorded
}

/// Records a measurement if the texts of its tags have an entry. Returns whether they have.
#[inline(never)]
fn record_by_text<const N: usize>(
    cell: &MeasureCell,
    texts: &[TagText<'_>; N],
    bits: ValueBits,
) -> bool {
    let version = unchecked_version(cell);
    let is_recorded = slot::with(|cache| {
        cache.invalidate_if_stale();
        cache.record_by_text(version, texts, bits)
    });
    is_recorded.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::FUNCTION;
    use crate::declare::{Measure, View};
    use crate::register::CatalogueError;
    use crate::tags::literal_tag;

    /// Two equal literals with different addresses.
    static TEXTS: [&str; 2] = ["equal", "equal"];

    #[test]
    fn equal_literals_are_both_found_by_address() -> Result<(), CatalogueError> {
        let measure = Measure::<u64>::builder("fast_path/equal_literals").register()?;
        let view = View::count("fast_path_equal_literals", &measure);
        let view = view.column(&FUNCTION).register()?;
        for text in &TEXTS {
            let tags = || [literal_tag(&FUNCTION, text)];
            let addresses = tags().map(|tag| TagAddresses::of(&tag));
            // The first is resolved; the second has an entry by text.
            record(measure.cell(), tags, ValueBits(1));
            assert!(
                record_by_address(measure.cell(), &addresses, ValueBits(1)),
                "{text}"
            );
        }
        let rows = view.data().rows;
        assert_eq!(rows.first().map(|row| row.data), Some(4));
        Ok(())
    }
}
