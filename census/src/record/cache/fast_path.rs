//! The fast path: measurements that the thread has cached.

use super::address::TagAddresses;
use super::cache_key::CacheKey;
use super::hot::{self, Found};
use super::resolve::record_slow;
use super::slot;
use super::tag_text::TagText;
use crate::declare::{Handle, MeasureCell, ValueBits};
use crate::register::{ViewsVersion, unchecked_version};
use crate::tags::Tag;

/// Records a measurement of a measure that had views when this thread looked, with these tags and, where they do not have a
/// column's key, those of the scope.
///
/// The value and the values of the tags were evaluated before `version` was loaded, or without code of a user: such code may have
/// recorded, and changed the measure's views. From the load to the store, no code of a user runs.
///
/// The compiler makes one such function for each number of tags, which halves the cost of comparing them.
#[inline]
pub(in crate::record) fn record<'a, const N: usize>(
    measure: &Handle<MeasureCell>,
    version: ViewsVersion,
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
        return;
    }
    let is_recorded = match hot::count(version, &addresses) {
        Found::Counted => true,
        Found::Targets(place) => hot::record(place, bits),
        Found::Nothing => false,
    };
    if !is_recorded {
        record_after_miss(measure, tags, bits);
    }
}

/// Records a measurement if all its tags are set and have an entry by text. Returns whether it did.
#[inline]
fn record_texts<const N: usize>(cell: &MeasureCell, tags: &[Tag<'_>; N], bits: ValueBits) -> bool {
    match texts(tags) {
        Some(texts) => record_by_text(cell, &texts, bits),
        None => false,
    }
}

/// The texts of the tags, if all are set.
#[inline]
fn texts<'a, const N: usize>(tags: &'a [Tag<'_>; N]) -> Option<[TagText<'a>; N]> {
    let mut texts = [TagText::NONE; N];
    for (text, tag) in texts.iter_mut().zip(tags) {
        *text = TagText {
            key: tag.key_address,
            bytes: tag.value.bytes()?,
        };
    }
    Some(texts)
}

/// Records a measurement that was not found at its first place in the hot table. Out of line, so that the fast path saves no
/// registers for it.
#[cold]
#[inline(never)]
fn record_after_miss<'a, const N: usize>(
    measure: &Handle<MeasureCell>,
    tags: impl Fn() -> [Tag<'a>; N],
    bits: ValueBits,
) {
    let tags = tags();
    let version = unchecked_version(measure);
    let addresses = tags.each_ref().map(TagAddresses::of);
    let key = CacheKey::addresses(version, N);
    if hot::record_elsewhere(key, &addresses, bits)
        || hot::record_scoped(version, &addresses, bits)
        || record_in_scope(version, &addresses, &tags, bits)
        || record_by_address(key, &addresses, bits)
    {
        return;
    }
    if !record_texts(measure, &tags, bits) {
        record_slow(measure, &tags, bits);
    } else if N > 0 {
        insert_alias(unchecked_version(measure), &tags);
    }
}

/// Records a measurement that needs the scope, if it has an entry by text. Returns whether it has.
#[inline(never)]
fn record_in_scope<const N: usize>(
    version: ViewsVersion,
    addresses: &[TagAddresses; N],
    tags: &[Tag<'_>; N],
    bits: ValueBits,
) -> bool {
    let recorded = slot::with_attached(|cache| {
        cache.invalidate_if_stale();
        let entry = cache.find_scoped(version, &texts(tags)?)?;
        entry.record(bits);
        if let Some(tags) = hot::scoped_if_repeated(version, addresses) {
            cache.insert_hot(CacheKey::scoped(version), &tags, entry.targets());
        }
        Some(())
    });
    matches!(recorded, Some(Some(())))
}

/// See [`ThreadCache::insert_alias`].
pub(in crate::record) fn insert_alias(version: ViewsVersion, tags: &[Tag<'_>]) {
    slot::with_attached(|cache| cache.insert_alias(version, tags));
}

/// Records a measurement if the addresses of its tags have an entry. Returns whether they have.
#[cold]
#[inline(never)]
pub(super) fn record_by_address<const N: usize>(
    key: CacheKey,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> bool {
    // Whether versions have ended does not matter: an entry of this version is valid.
    let recorded = slot::with_attached(|cache| {
        let targets = cache.find_by_address(key, tags)?;
        targets.record(bits);
        cache.insert_hot(key, tags, targets.iter());
        Some(())
    });
    matches!(recorded, Some(Some(())))
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
            let key = || CacheKey::addresses(unchecked_version(measure.cell()), 1);
            // The first is resolved; the second has an entry by text.
            record(
                measure.cell(),
                unchecked_version(measure.cell()),
                tags,
                ValueBits(1),
            );
            assert!(record_by_address(key(), &addresses, ValueBits(1)), "{text}");
        }
        let rows = view.data().rows;
        assert_eq!(rows.first().map(|row| row.data), Some(4));
        Ok(())
    }

    /// The writers of words of one thread do not add negative floats to sums.
    #[test]
    fn a_negative_float_is_recorded_once_in_each_view() -> Result<(), CatalogueError> {
        let measure = Measure::<f64>::builder("fast_path/negative").register()?;
        let count = View::count("fast_path_negative_count", &measure).register()?;
        let sum = View::sum("fast_path_negative_sum", &measure).register()?;
        let buckets = View::distribution("fast_path_negative_buckets", &measure, [0.0, 10.0]);
        let buckets = buckets.register()?;
        for value in [1.0, 2.0, 3.0, -4.0, -4.0, 5.0, -0.0, 6.0] {
            measure.record(value);
        }
        let counted = count.data().rows;
        assert_eq!(counted.first().map(|row| row.data), Some(8));
        let summed = sum.data().rows;
        assert!(summed.first().is_some_and(|row| row.data == 9.0));
        let distributed = buckets.data().rows;
        let row = distributed.first().expect("it has a row");
        assert_eq!(
            (row.data.count, &*row.data.bucket_counts),
            (8, &[3, 5, 0][..])
        );
        Ok(())
    }
}
