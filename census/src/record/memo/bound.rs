//! Measurements of a measure whose tags were decided beforehand.

use std::sync::Arc;

use super::hits::record_by_place;
use super::shared::record_found;
use super::{Memo, own, places, target_of};
use crate::aggregate::LiveView;
use crate::declare::{MeasureCell, TagKey, ValueBits};
use crate::id::BoundId;
use crate::register::{ViewsVersion, views_of};
use crate::tags::{TagMap, TagValue};

/// Adds a measurement with exactly these tags, known by a number.
#[inline]
pub(in crate::record) fn record_bound(
    cell: &MeasureCell,
    version: ViewsVersion,
    id: BoundId,
    tags: &TagMap,
    bits: ValueBits,
) {
    if !record_by_place(version, &places::bound(id), bits) {
        record_bound_anew(cell, version, id, tags, bits);
    }
}

#[cold]
#[inline(never)]
fn record_bound_anew(
    cell: &MeasureCell,
    version: ViewsVersion,
    id: BoundId,
    tags: &TagMap,
    bits: ValueBits,
) {
    let value_of = |key: &TagKey| tags.get(key).map_or("", TagValue::as_str);
    let Some((now, views)) = views_of(cell) else {
        return;
    };
    let recorded = own::with(|memo| {
        memo.keep_up();
        let Memo {
            thread,
            shards,
            places,
            found,
            ..
        } = memo;
        let own = |view: &Arc<LiveView>, row| target_of(shards, *thread, view, row);
        found.find(views.iter().cloned(), value_of, own);
        found.each(|target| target.record(bits));
        if now == version
            && let Some(targets) = found.to_remember(views.len())
        {
            places.insert_bound(version, id, targets);
        }
        found.clear();
    });
    if recorded.is_none() {
        record_found(views.iter().cloned(), value_of, bits);
    }
}
