//! Recording with the tags of a [`BoundMeasure`](crate::record::BoundMeasure), which are found by its identifier.

use super::address::TagAddresses;
use super::fast_path::record_by_address;
use super::{slot, uncached};
use crate::aggregate::Target;
use crate::declare::{MeasureCell, TagKey, ValueBits};
use crate::id::BoundId;
use crate::register::{ViewsVersion, views_of};
use crate::tags::{TagMap, TagValue};

/// Records a measurement with exactly these tags, which are those of the bound measure with this identifier.
#[inline]
pub(in crate::record) fn record_bound(
    cell: &MeasureCell,
    version: ViewsVersion,
    id: BoundId,
    tags: &TagMap,
    bits: ValueBits,
) {
    if !record_by_address(version, &[TagAddresses::of_bound(id)], bits) {
        record_bound_slow(cell, version, id, tags, bits);
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
        view.add_row(&key);
    }
}

#[cold]
#[inline(never)]
fn record_bound_slow(
    cell: &MeasureCell,
    version: ViewsVersion,
    id: BoundId,
    tags: &TagMap,
    bits: ValueBits,
) {
    let Some((current, views)) = views_of(cell) else {
        return;
    };
    let value_of = |key: &TagKey| tags.get(key).map_or("", TagValue::as_str);
    // Views that are newer than the version must not be cached for it.
    let version = (current == version).then_some(version);
    let recorded = slot::with(|cache| {
        cache.invalidate_if_stale();
        cache.record_bound(id, version, &views, value_of, bits);
    });
    if recorded.is_none() {
        let mut record = |target: &Target| target.record(bits);
        uncached::for_each_shared_target(views.iter().cloned(), value_of, &mut record);
    }
}
