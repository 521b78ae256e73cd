//! Recording with the tags of a [`BoundMeasure`](crate::record::BoundMeasure), which are found by its identifier.

use super::address::TagAddresses;
use super::cache_key::CacheKey;
use super::fast_path::record_by_address;
use super::hot::{self, Found};
use super::thread_cache::ThreadCache;
use super::{slot, uncached};
use crate::aggregate::{Target, count_rejected};
use crate::declare::{Handle, Measure, MeasureCell, TagKey, Value, ValueBits};
use crate::id::BoundId;
use crate::record::exemplar_source;
use crate::register::{ViewsVersion, current_version, make_room, unchecked_version, views_of};
use crate::tags::{TagMap, TagValue};

/// Records a measurement with exactly these tags, which are those of the bound measure with this identifier, if the measure has
/// views.
#[inline]
pub(in crate::record) fn record_bound<T: Value>(
    measure: &Measure<T>,
    id: BoundId,
    tags: &TagMap,
    value: T,
) {
    let cell = measure.cell();
    let version = unchecked_version(cell);
    if !version.is_of_views() {
        return;
    }
    let Some(bits) = value.to_bits() else {
        return reject(measure);
    };
    let is_recorded = match hot::count_bound(version, id) {
        Found::Counted => true,
        Found::Targets(place) => hot::record(place, bits),
        Found::Nothing => false,
    };
    if !is_recorded {
        record_elsewhere(cell, id, tags, bits);
    }
}

#[cold]
#[inline(never)]
fn reject<T: Value>(measure: &Measure<T>) {
    if current_version(measure.cell()).is_some() {
        count_rejected(measure.cell());
    }
}

/// Records a measurement of a bound measure that is not in the hot table.
#[cold]
#[inline(never)]
fn record_elsewhere(measure: &Handle<MeasureCell>, id: BoundId, tags: &TagMap, bits: ValueBits) {
    let key = CacheKey::bound(unchecked_version(measure));
    let address = [TagAddresses::of_bound(id)];
    if !hot::record_elsewhere(key, &address, bits) && !record_by_address(key, &address, bits) {
        record_bound_slow(measure, id, tags, bits);
    }
}

/// Makes the rows of these tags in the views of the measure.
pub(in crate::record) fn make_rows(cell: &MeasureCell, tags: &TagMap) {
    let Some((_, views)) = views_of(cell) else {
        return;
    };
    for view in views.iter() {
        let mut key = String::new();
        view.push_row_key(&mut key, |key| tags.get(key).map_or("", TagValue::as_str));
        view.add_row(&key, make_room);
    }
}

fn record_bound_slow(measure: &Handle<MeasureCell>, id: BoundId, tags: &TagMap, bits: ValueBits) {
    let Some(version) = current_version(measure) else {
        return;
    };
    let cell: &MeasureCell = measure;
    if version.asks_for_exemplars() {
        return exemplar_source::record(bits, &|f| {
            // Loaded again: the source has run, and may have changed the measure's views.
            for_each_bound_target(cell, unchecked_version(cell), id, tags, f);
        });
    }
    resolve(cell, version, id, tags, &mut |target| target.record(bits));
}

/// Calls `f` for each target of a measurement with exactly these tags, which are those of the bound measure with this
/// identifier.
pub(in crate::record) fn for_each_bound_target(
    cell: &MeasureCell,
    version: ViewsVersion,
    id: BoundId,
    tags: &TagMap,
    f: &mut dyn FnMut(&Target),
) {
    let version = version.of_list();
    let found = slot::with_attached(|cache| {
        let targets =
            cache.find_by_address(CacheKey::bound(version), &[TagAddresses::of_bound(id)])?;
        targets.iter().for_each(&mut *f);
        Some(())
    });
    if !matches!(found, Some(Some(()))) {
        resolve(cell, version, id, tags, f);
    }
}

/// Calls `f` for each target of a bound measure's tags, which have no entry.
fn resolve(
    cell: &MeasureCell,
    version: ViewsVersion,
    id: BoundId,
    tags: &TagMap,
    f: &mut dyn FnMut(&Target),
) {
    let value_of = |key: &TagKey| tags.get(key).map_or("", TagValue::as_str);
    let resolved = slot::with(|cache| resolve_in(cache, cell, version, id, value_of, f));
    if resolved.is_none()
        && let Some((_, views)) = views_of(cell)
    {
        uncached::for_each_shared_target(views.iter().cloned(), value_of, f);
    }
}

/// As [`resolve`], with the thread's cache.
pub(super) fn resolve_in<'v>(
    cache: &mut ThreadCache,
    cell: &MeasureCell,
    version: ViewsVersion,
    id: BoundId,
    value_of: impl Fn(&TagKey) -> &'v str,
    f: &mut dyn FnMut(&Target),
) {
    cache.invalidate_if_stale();
    if let Some((current, views)) = views_of(cell) {
        // Views that are newer than the version must not be cached for it.
        let may_cache = current == version;
        cache.resolve_bound(id, current, may_cache, &views, value_of, f);
    }
}
