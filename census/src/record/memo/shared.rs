//! Where everybody records: for threads that have no memo to ask.

use std::sync::Arc;

use super::found::FoundTargets;
use super::measure::last_set;
use crate::aggregate::{LiveView, Target};
use crate::declare::{MeasureCell, TagKey, ValueBits};
use crate::register::views_of;
use crate::tags::{Tag, TagValue, truncate, with_current};

/// Adds a measurement where everybody does.
pub(super) fn record_found<'v>(
    views: impl Iterator<Item = Arc<LiveView>>,
    value_of: impl Fn(&TagKey) -> &'v str,
    bits: ValueBits,
) {
    let shared = |view: &Arc<LiveView>, row| (view.rows.shared_target(row), false);
    let mut found = FoundTargets::default();
    found.find(views, value_of, shared);
    found.each(|target| target.record(bits));
}

/// Records where everybody does: the thread is ending, or this is within the memo (an allocator that records, say), or
/// the measure's views have changed in this very moment.
#[cold]
pub(super) fn without_memo(cell: &MeasureCell, tags: &[Tag<'_>], f: &mut impl FnMut(&Target)) {
    let Some((_, views)) = views_of(cell) else {
        return;
    };
    let shared = |view: &Arc<LiveView>, row| (view.rows.shared_target(row), false);
    let mut found = FoundTargets::default();
    with_current(|scope| {
        let value_of = |key: &TagKey| {
            let value = last_set(tags, key).or_else(|| scope?.get(key).map(TagValue::as_str));
            truncate(value.unwrap_or_default())
        };
        found.find(views.iter().cloned(), value_of, shared);
    });
    found.each(f);
}
