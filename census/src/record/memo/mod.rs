//! What each thread remembers: where measurements with these tags go.
//!
//! Two [quick ways](hits), the quicker first: by the [places](places) of keys and literals, or by the number of a
//! [`BoundMeasure`](super::BoundMeasure); and by the [texts](texts) of its tags, or of all [columns](measure). Both are
//! caches: they may be thrown away at any time, and are when a view comes or goes, or when they are full. What the thread
//! counts is not in them, but in its [shards](Shard).

mod begun;
mod bound;
mod columns;
mod found;
mod hits;
mod kept;
mod measure;
mod own;
mod places;
mod shared;
mod texts;

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

pub(super) use self::begun::{Begun, begin, end, end_elsewhere, take_back};
pub(super) use self::bound::record_bound;
use self::found::FoundTargets;
pub(super) use self::hits::{learn, record, record_unknown};
pub(super) use self::kept::Kept;
use self::kept::Spare;
use self::measure::MeasureMemo;
use self::places::Places;
pub(super) use self::places::addresses;
use self::shared::without_memo;
use self::texts::Texts;
use crate::aggregate::{Index, LiveView, Shard, Target};
use crate::declare::MeasureCell;
use crate::id::{RowId, ThreadId, ViewId};
use crate::register::{ViewsVersion, interest_epoch};
use crate::tags::Tag;

struct Memo {
    /// This thread's number: no other has it, or had it.
    thread: ThreadId,
    /// What [`changes`] was when the caches were last thrown away.
    changes: u64,
    places: Places,
    texts: Texts,
    measures: Vec<MeasureMemo>,
    /// The [bits](columns::scoped) of the versions to which tags of the scope matter: then the measurement's own are looked up last.
    scoped: u64,
    /// The numbers of `measures`. No two lists of views share a version.
    by_version: Index,
    /// By the numbers of the views.
    shards: HashMap<ViewId, Shard, RandomState>,
    /// For first meetings.
    found: FoundTargets,
    spare: Spare,
}

/// Calls `f` for each target of a measurement.
pub(super) fn each_target(
    cell: &MeasureCell,
    version: ViewsVersion,
    tags: &[Tag<'_>],
    mut f: impl FnMut(&Target),
) {
    let reached = own::with(|memo| {
        memo.keep_up();
        if Texts::may_know(tags)
            && let Some(known) = memo.texts.find_any(version, &texts::texts(tags))
        {
            known.each(&mut f);
            return Some(());
        }
        memo.by_columns(cell, version, tags, &mut f)
    });
    if !matches!(reached, Some(Some(()))) {
        without_memo(cell, tags, &mut f);
    }
}

/// Has this thread forget what it knows of views that are gone; the others do it when they next record something that
/// its places alone do not tell.
pub(crate) fn forget() {
    own::with_known(Memo::keep_up);
}

impl Memo {
    /// Nobody's.
    fn new() -> Self {
        Self {
            thread: ThreadId::NONE,
            changes: 0,
            places: Places::default(),
            texts: Texts::default(),
            measures: Vec::new(),
            scoped: 0,
            by_version: Index::default(),
            shards: HashMap::default(),
            found: FoundTargets::default(),
            spare: Spare::default(),
        }
    }

    /// Becomes a thread's.
    fn begin(&mut self) {
        self.thread = ThreadId::next();
        self.changes = interest_epoch();
    }

    /// Becomes nobody's, and gives back what the thread counted.
    fn end(&mut self) {
        *self = Self::new();
    }

    /// Throws the caches away if any measure has got other views.
    #[inline]
    fn keep_up(&mut self) {
        let changes = interest_epoch();
        if self.changes != changes {
            self.changes = changes;
            self.start_anew();
        }
    }

    #[cold]
    fn start_anew(&mut self) {
        self.places = Places::default();
        self.texts = Texts::default();
        self.measures = Vec::new();
        self.scoped = 0;
        self.by_version = Index::default();
        self.shards.retain(|_, shard| shard.is_alive());
    }
}

/// This thread's target for a row, and whether to remember it.
fn target_of(
    shards: &mut HashMap<ViewId, Shard, RandomState>,
    thread: ThreadId,
    view: &Arc<LiveView>,
    row: RowId,
) -> (Target, bool) {
    let shard = shards
        .entry(view.id())
        .or_insert_with(|| Shard::new(&view.rows, thread));
    let remember = shard.should_cache(&view.rows, row);
    (shard.target(&view.rows, row), remember)
}
