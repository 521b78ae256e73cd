//! Measurements that are subtracted later from the very same rows.
//!
//! # Protocol
//!
//! A call in flight adds one to a row at its beginning, and subtracts one from the same row at its end, which may be on
//! another thread. A [`Held`](crate::record::Held) does the same with any value; here it is a call, too. *Invariant:* a
//! scrape that sees the end sees the beginning, so no row is read as less than zero.
//!
//! - If the end is on the thread of the beginning, and the entry is still cached or the call has a list of targets, both
//!   change the same word.
//! - Otherwise the end is added to the row's shared words, with Release. The beginning happens before the end, because
//!   moving a call to another thread synchronizes the two threads. A scrape reads the shared words first, with Acquire,
//!   and then the words of threads. So if it sees the end, it reads the word of the beginning later.
//!
//! The first case has an exception, in views with more rows than the default limit. There a thread may count the
//! beginning in shared words, and then get words of its own for the row, and count the end there. A scrape that reads
//! the shared words before such a call begins, and the thread's words after it has ended, reads one too few. The next
//! scrape does not.
//!
//! At the end, the rows of the beginning are found in one of two ways. If the call's own tags had an entry by address,
//! they determine the rows: an [`InFlightToken`] says in which views. Otherwise the rows may depend on the tags of the
//! scope, which may have changed until the end, so the call keeps a [`TargetList`]. So does a held value of a bound
//! measure.

use std::mem;

use super::address::TagAddresses;
use super::tag_text::last_set;
use super::target_list::TargetList;
use super::thread_cache::ThreadCache;
use super::{slot, uncached};
use crate::aggregate::Target;
use crate::declare::{MeasureCell, TagKey, ValueBits};
use crate::id::{ThreadId, ViewId};
use crate::register::{ViewsVersion, views_of};
use crate::tags::{Tag, truncate};

/// The rows in which a call's beginning was counted.
#[derive(Debug)]
pub(in crate::record) enum Beginning {
    /// There are none.
    NotCounted,
    /// The rows of the call's own tags.
    Token(InFlightToken),
    /// The rows of these targets.
    Targets(Box<TargetList>),
}

/// Identifies the rows of a call's own tags, in all views that there were at its beginning.
#[derive(Debug)]
pub(in crate::record) struct InFlightToken {
    /// The version of the measure's views at the beginning.
    version: ViewsVersion,
    /// The newest view in which the beginning was counted. A view with a greater identifier was registered later.
    newest_view: ViewId,
    /// The thread that counted the beginning.
    thread: ThreadId,
}

/// Records the beginning of a call, if the addresses of its tags have an entry, and replaces
/// [`NotCounted`](Beginning::NotCounted) by a token. Returns whether they have. (The token is written in place, because
/// moving it would cost more than the rest.)
#[inline(never)]
pub(in crate::record) fn begin<const N: usize>(
    beginning: &mut Beginning,
    version: ViewsVersion,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> bool {
    let begun = slot::with_attached(|cache| {
        let entry = cache.find_by_address(version, tags)?;
        let newest_view = entry.newest_view()?;
        entry.record(bits);
        let token = Beginning::Token(InFlightToken {
            version,
            newest_view,
            thread: cache.thread(),
        });
        // The former value is `NotCounted`. Forgetting it saves the check whether it must be dropped.
        mem::forget(mem::replace(beginning, token));
        Some(())
    });
    matches!(begun, Some(Some(())))
}

/// Records the end of what a token stands for, if this thread counted the beginning and has the entry still. Returns
/// whether it did.
#[inline(never)]
pub(in crate::record) fn end<const N: usize>(
    token: &InFlightToken,
    tags: &[TagAddresses; N],
    bits: ValueBits,
) -> bool {
    let ended = slot::with_attached(|cache| {
        let entry = cache.find_by_address(token.version, tags)?;
        (cache.thread() == token.thread).then(|| entry.record(bits))
    });
    matches!(ended, Some(Some(())))
}

/// Records the end of what a token stands for in shared words: another thread counted the beginning, or the entry is
/// gone.
#[cold]
pub(in crate::record) fn end_elsewhere(
    token: &InFlightToken,
    cell: &MeasureCell,
    tags: &[Tag<'_>],
    bits: ValueBits,
) {
    let Some((_, views)) = views_of(cell) else {
        return;
    };
    // The rows of a view that is gone are gone, too.
    let counted = views.iter().filter(|view| view.id() <= token.newest_view);
    let value_of = |key: &TagKey| truncate(last_set(tags, key).unwrap_or_default());
    let mut record = |target: &Target| target.record(bits);
    uncached::for_each_shared_target(counted.cloned(), value_of, &mut record);
}

/// An empty list of targets from the thread's pool, if that has one.
pub(in crate::record) fn take_pooled_list() -> Option<Box<TargetList>> {
    slot::with_attached(ThreadCache::take_pooled_list).flatten()
}

/// Records the end to each target of a list, and keeps the list, maybe another thread's, for a later call.
pub(in crate::record) fn end_targets(mut list: Box<TargetList>, bits: ValueBits) {
    for target in list.drain() {
        subtract(&target, bits);
    }
    slot::with_attached(|cache| cache.pool_list(list));
}

/// Records the end to the row of this target: to the target itself if this thread may write it, otherwise to the row's
/// shared words.
fn subtract(target: &Target, bits: ValueBits) {
    let is_writable = slot::with_attached(|cache| target.is_writable_by(cache.thread()));
    if is_writable == Some(true) {
        target.record(bits);
    } else if let Some(rows) = target.rows() {
        rows.shared_target(target.row()).record(bits);
    }
}
