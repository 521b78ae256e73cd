//! The slow path: the targets of any measurement, cached or not.

use super::by_text::ByText;
use super::layouts::MeasurementShape;
use super::slot;
use super::tag_text::last_set;
use super::thread_cache::{CacheBy, ThreadCache};
use super::uncached;
use crate::aggregate::Target;
use crate::declare::{Handle, MeasureCell, TagKey, ValueBits};
use crate::record::exemplar_source;
use crate::register::{ViewsVersion, current_version, unchecked_version, views_of};
use crate::tags::{Tag, TagMap, TagValue, truncate, with_current};

/// Records a measurement that may have no cached entry, if its measure has views. If the version says so, the source of
/// exemplars is asked for one.
#[inline(never)]
pub(in crate::record) fn record_slow(
    cell: &Handle<MeasureCell>,
    tags: &[Tag<'_>],
    bits: ValueBits,
) {
    let Some(version) = current_version(cell) else {
        return;
    };
    if version.asks_for_exemplars() {
        return exemplar_source::record(bits, &|f| {
            // Loaded again: the source has run, and may have changed the measure's views.
            for_each_target(cell, unchecked_version(cell), tags, f);
        });
    }
    for_each_target(cell, version, tags, |target| target.record(bits));
}

/// Calls `f` for each target of a measurement with these tags and those of the scope.
pub(in crate::record) fn for_each_target(
    cell: &MeasureCell,
    version: ViewsVersion,
    tags: &[Tag<'_>],
    mut f: impl FnMut(&Target),
) {
    let version = version.of_list();
    let resolved = slot::with(|cache| for_each_in(cache, cell, version, tags, &mut f));
    if !matches!(resolved, Some(Some(()))) {
        for_each_uncached(cell, tags, &mut f);
    }
}

/// As [`for_each_target`], with the thread's cache. `None` if the measure's views have changed since the version was
/// loaded, or there are too many columns.
pub(super) fn for_each_in(
    cache: &mut ThreadCache,
    cell: &MeasureCell,
    version: ViewsVersion,
    tags: &[Tag<'_>],
    f: &mut dyn FnMut(&Target),
) -> Option<()> {
    cache.invalidate_if_stale();
    if let Some(entry) = cache.find_by_tags(version, tags) {
        entry.targets().for_each(f);
        return Some(());
    }
    resolve(cache, cell, version, tags, f)
}

fn resolve(
    cache: &mut ThreadCache,
    cell: &MeasureCell,
    version: ViewsVersion,
    tags: &[Tag<'_>],
    f: &mut dyn FnMut(&Target),
) -> Option<()> {
    let shape = cache.shape_of(cell, version, tags)?;
    let mut by_columns = |scope: Option<&TagMap>| match shape.columns {
        0..=2 => resolve_columns::<2>(cache, version, shape, tags, scope, f),
        3..=16 => resolve_columns::<16>(cache, version, shape, tags, scope, f),
        17..=256 => resolve_columns::<256>(cache, version, shape, tags, scope, f),
        _ => None,
    };
    if shape.needs_scope {
        with_current(by_columns)
    } else {
        by_columns(None)
    }
}

/// Resolves a measurement whose views have at most `N` columns.
fn resolve_columns<const N: usize>(
    cache: &mut ThreadCache,
    version: ViewsVersion,
    shape: MeasurementShape,
    tags: &[Tag<'_>],
    scope: Option<&TagMap>,
    f: &mut dyn FnMut(&Target),
) -> Option<()> {
    let values = cache.column_values::<N>(shape, tags, scope)?;
    let values = values.get(..shape.columns)?;
    if !shape.needs_scope && ByText::is_cacheable(tags) {
        return cache.resolve(shape, values, CacheBy::OwnTags(tags), f);
    }
    if let Some(entry) = cache.find_by_columns(version, values) {
        entry.targets().for_each(f);
        return Some(());
    }
    cache.resolve(shape, values, CacheBy::Columns, f)
}

/// Records without the thread's cache: it is in use, the thread is ending, or the measure's views have changed since
/// the version was loaded.
#[cold]
pub(super) fn for_each_uncached(cell: &MeasureCell, tags: &[Tag<'_>], f: &mut dyn FnMut(&Target)) {
    let Some((_, views)) = views_of(cell) else {
        return;
    };
    with_current(|scope| {
        let value_of = |key: &TagKey| {
            let own_value = last_set(tags, key);
            let own_or_scoped = own_value.or_else(|| scope?.get(key).map(TagValue::as_str));
            truncate(own_or_scoped.unwrap_or_default())
        };
        uncached::for_each_shared_target(views.iter().cloned(), value_of, f);
    });
}
