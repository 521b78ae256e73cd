//! Measurements that are taken back later, in the very same rows.

use super::shared::record_found;
use super::{measure, own};
use crate::aggregate::Target;
use crate::declare::{MeasureCell, TagKey, ValueBits};
use crate::id::{ThreadId, ViewId};
use crate::register::{ViewsVersion, views_of};
use crate::tags::{Tag, truncate};

/// What has begun, and where to find it when it ends.
#[derive(Debug)]
pub(in crate::record) struct Begun {
    /// `None` if nothing has begun.
    version: Option<ViewsVersion>,
    /// The newest view that counted the beginning.
    newest: Option<ViewId>,
    /// The thread where it began.
    thread: ThreadId,
}

impl Begun {
    pub(in crate::record) const NONE: Self = Self {
        version: None,
        newest: None,
        thread: ThreadId::NONE,
    };

    pub(in crate::record) const fn is_some(&self) -> bool {
        self.version.is_some()
    }
}

/// Adds a measurement that is to be taken back later, if the places of its tags tell where it goes. (What has begun is
/// written where it lies: to move it would cost more than all else.)
#[inline(never)]
pub(in crate::record) fn begin<const N: usize>(
    begun: &mut Begun,
    version: ViewsVersion,
    tags: &[(usize, usize); N],
    bits: ValueBits,
) -> bool {
    let known = own::with_known(|memo| {
        let entry = memo.places.find(version, tags)?;
        entry.record(bits);
        begun.version = Some(version);
        begun.newest = entry.newest();
        begun.thread = memo.thread;
        Some(())
    });
    matches!(known, Some(Some(())))
}

/// Takes back what has begun, if this thread did so, and knows where.
#[inline(never)]
pub(in crate::record) fn end<const N: usize>(
    begun: &Begun,
    tags: &[(usize, usize); N],
    bits: ValueBits,
) -> bool {
    let known = own::with_known(|memo| {
        let entry = memo.places.find(begun.version?, tags)?;
        (memo.thread == begun.thread).then(|| entry.record(bits))
    });
    matches!(known, Some(Some(())))
}

/// Takes back what another thread has begun, or what was forgotten meanwhile, as [`take_back`] does.
#[cold]
pub(in crate::record) fn end_elsewhere(
    begun: &Begun,
    cell: &MeasureCell,
    tags: &[Tag<'_>],
    bits: ValueBits,
) {
    let views = views_of(cell).map(|(_, views)| views);
    let views = views.iter().flat_map(|views| views.iter());
    let views = views.filter(|view| begun.newest.is_some_and(|newest| view.id() <= newest));
    let value_of = |key: &TagKey| truncate(measure::last_set(tags, key).unwrap_or_default());
    record_found(views.cloned(), value_of, bits);
}

/// Takes back what was recorded before, maybe by another thread: then where everybody records. A scrape reads that
/// first, so that it does not see the end of something whose beginning it has not seen.
pub(in crate::record) fn take_back(target: &Target, bits: ValueBits) {
    let is_own = own::with_known(|memo| target.is_writable_by(memo.thread));
    if is_own == Some(true) {
        target.record(bits);
    } else if let Some(rows) = target.rows() {
        rows.shared_target(target.row()).record(bits);
    }
}
