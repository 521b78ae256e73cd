//! What each thread remembers: where measurements with these tags go.
//!
//! Two ways, the quicker first: by the [places](places) of keys and literals, or by the number of a
//! [`BoundMeasure`](super::BoundMeasure); and by [what the values say](measure). Both are caches: they may be thrown
//! away at any time, and are when a view comes or goes, or when they are full. What the thread counts is not in them,
//! but in its [shards](Shard).

mod measure;
mod places;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;

use self::measure::MeasureMemo;
use self::places::Places;
use crate::aggregate::{Found, Index, LiveView, Shard, Target};
use crate::declare::{MeasureCell, TagKey};
use crate::register::changes;
use crate::tags::{TagMap, TagStr, TagValue, cut, packed, with_current};

/// A tag as it comes with a measurement.
pub(super) type Tag<'a> = (&'a TagKey, TagStr<'a>);

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::new(Memo::new());
}

struct Memo {
    /// This thread's number: no other has it, or had it.
    thread: u64,
    /// What [`changes`] was when the caches were last thrown away.
    changes: u64,
    places: Places,
    measures: Vec<MeasureMemo>,
    /// The numbers of `measures`. No two lists of views share a version.
    by_version: Index,
    hasher: RandomState,
    /// By the numbers of the views.
    shards: HashMap<u64, Shard, RandomState>,
}

/// Calls `f` for each target of a measurement: its own tags count, then the scope's.
#[inline]
pub(super) fn each_target(
    cell: &MeasureCell,
    version: u64,
    tags: &[Tag<'_>],
    mut f: impl FnMut(&Target),
) {
    let reached = MEMO.try_with(|memo| {
        let memo = &mut *memo.try_borrow_mut().ok()?;
        memo.keep_up();
        if let Some(targets) = memo.places.find(version, tags) {
            targets.for_each(&mut f);
            return Some(());
        }
        memo.by_content(cell, version, tags, &mut f)
    });
    if !matches!(reached, Ok(Some(()))) {
        without_memo(cell, tags, &mut f);
    }
}

/// Calls `f` for each target of exactly these tags, known by a number.
pub(super) fn each_bound_target(
    cell: &MeasureCell,
    version: u64,
    number: u64,
    tags: &TagMap,
    mut f: impl FnMut(&Target),
) {
    let value_of = |key: &TagKey| tags.get(key).map_or("", TagValue::as_str);
    let reached = MEMO.try_with(|memo| {
        let memo = &mut *memo.try_borrow_mut().ok()?;
        memo.keep_up();
        if let Some(targets) = memo.places.find_bound(version, number) {
            targets.for_each(&mut f);
            return Some(());
        }
        let (now, views) = cell.wiring.views();
        let Memo {
            thread,
            shards,
            places,
            ..
        } = memo;
        let own = |view: &Arc<LiveView>, row| target_of(shards, *thread, view, row);
        let found = FoundTargets::new(views.into_iter(), value_of, own);
        found.targets.iter().for_each(&mut f);
        if now == version && !found.overflowed {
            places.insert_bound(version, number, &found.targets);
        }
        Some(())
    });
    if !matches!(reached, Ok(Some(()))) {
        let (_, views) = cell.wiring.views();
        let shared = |view: &Arc<LiveView>, row| view.shared_target(row);
        let found = FoundTargets::new(views.into_iter(), value_of, shared);
        found.targets.iter().for_each(f);
    }
}

/// Records where a measurement went before, maybe of another thread.
pub(super) fn record_again(target: &Target, bits: u64) {
    let reached = MEMO.try_with(|memo| {
        let memo = &mut *memo.try_borrow_mut().ok()?;
        if target.may_be_written_by(memo.thread) {
            target.record(bits);
        } else if let Some(view) = target.view() {
            let row = target.row();
            target_of(&mut memo.shards, memo.thread, &view, row).record(bits);
        }
        Some(())
    });
    if !matches!(reached, Ok(Some(())))
        && let Some(view) = target.view()
    {
        view.shared_target(target.row()).record(bits);
    }
}

/// Has this thread forget what it knows of views that are gone; the others do it when they next record.
pub(crate) fn forget() {
    let _ = MEMO.try_with(|memo| {
        if let Ok(mut memo) = memo.try_borrow_mut() {
            memo.keep_up();
        }
    });
}

impl Memo {
    fn new() -> Self {
        // 0 is nobody's.
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self {
            thread: NEXT.fetch_add(1, Ordering::Relaxed),
            changes: changes(),
            places: Places::default(),
            measures: Vec::new(),
            by_version: Index::default(),
            hasher: RandomState::default(),
            shards: HashMap::default(),
        }
    }

    /// Throws the caches away if any measure has got other views.
    #[inline]
    fn keep_up(&mut self) {
        let changes = changes();
        if self.changes != changes {
            self.changes = changes;
            self.start_anew();
        }
    }

    #[cold]
    fn start_anew(&mut self) {
        self.places = Places::default();
        self.measures = Vec::new();
        self.by_version = Index::default();
        self.shards.retain(|_, shard| shard.is_alive());
    }

    /// `None` if the measure's views have changed in this very moment.
    fn by_content(
        &mut self,
        cell: &MeasureCell,
        version: u64,
        tags: &[Tag<'_>],
        f: &mut impl FnMut(&Target),
    ) -> Option<()> {
        let number = self.measure(cell, version)?;
        let measure = self.measures.get_mut(number)?;
        let shape = measure.shape(tags);
        if measure.needs_scope(shape, tags) {
            with_current(|scope| self.by_values(number, shape, tags, scope, f, false))
        } else {
            // The scope does not matter: maybe the places will do next time.
            self.by_values(number, shape, tags, None, f, true)
        }
    }

    /// The number of what is known of a measure.
    #[inline]
    fn measure(&mut self, cell: &MeasureCell, version: u64) -> Option<usize> {
        // Versions are numbers in succession: spread them.
        let hash = version.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let is = |number: u32| {
            let measure = self.measures.get(number as usize);
            measure.is_some_and(|measure| measure.version == version)
        };
        if let Some(number) = self.by_version.find(hash, is) {
            return Some(number as usize);
        }
        let measure = MeasureMemo::new(cell);
        if measure.version != version {
            return None;
        }
        let number = self.measures.len();
        self.by_version.insert(hash, u32::try_from(number).ok()?);
        self.measures.push(measure);
        Some(number)
    }

    fn by_values(
        &mut self,
        number: usize,
        shape: usize,
        tags: &[Tag<'_>],
        scope: Option<&TagMap>,
        f: &mut impl FnMut(&Target),
        placed: bool,
    ) -> Option<()> {
        let Self {
            thread,
            places,
            measures,
            hasher,
            shards,
            ..
        } = self;
        let measure = measures.get_mut(number)?;
        let value = |column| measure.value(shape, column, tags, scope);
        let (hash, known) = measure.find(hasher, value);
        if let Some(targets) = known {
            targets.iter().for_each(&mut *f);
            if placed {
                places.insert(measure.version, tags, targets);
            }
            return Some(());
        }
        let value_of = |key: &TagKey| {
            let column = measure.columns.iter().position(|column| column == key);
            column.map_or("", value)
        };
        let views = measure.views.iter().filter_map(Weak::upgrade);
        let found = FoundTargets::new(views, value_of, |view, row| {
            target_of(shards, *thread, view, row)
        });
        found.targets.iter().for_each(f);
        if !found.overflowed && found.targets.len() == measure.views.len() {
            if placed {
                places.insert(measure.version, tags, &found.targets);
            }
            measure.insert(hash, shape, tags, scope, &found.targets);
        }
        Some(())
    }
}

/// This thread's target for a row.
fn target_of(
    shards: &mut HashMap<u64, Shard, RandomState>,
    thread: u64,
    view: &Arc<LiveView>,
    row: usize,
) -> Target {
    let shard = shards
        .entry(view.rows.number())
        .or_insert_with(|| Shard::new(view, thread));
    shard.target(view, row)
}

/// Where a measurement goes: one target for each view.
struct FoundTargets {
    targets: Vec<Target>,
    /// Whether one of them is an overflow row. That is not to be remembered: the next measurement is to be counted, too.
    overflowed: bool,
}

impl FoundTargets {
    fn new<'v>(
        views: impl Iterator<Item = Arc<LiveView>>,
        value_of: impl Fn(&TagKey) -> &'v str,
        mut target: impl FnMut(&Arc<LiveView>, usize) -> Target,
    ) -> Self {
        let mut found = Self {
            targets: Vec::with_capacity(views.size_hint().1.unwrap_or_default()),
            overflowed: false,
        };
        let mut key = String::new();
        for view in views {
            key.clear();
            for column in view.spec.columns.iter() {
                packed::push(&mut key, value_of(column));
            }
            let row = match view.find(&key) {
                Found::Row(row) => row,
                Found::Overflow(row) => {
                    found.overflowed = true;
                    row
                }
            };
            found.targets.push(target(&view, row));
        }
        found
    }
}

/// Records where everybody does: the thread is ending, or this is within the memo (an allocator that records, say), or
/// the measure's views have changed in this very moment.
#[cold]
fn without_memo(cell: &MeasureCell, tags: &[Tag<'_>], f: &mut impl FnMut(&Target)) {
    let (_, views) = cell.wiring.views();
    let shared = |view: &Arc<LiveView>, row| view.shared_target(row);
    let found = with_current(|scope| {
        let value_of = |key: &TagKey| {
            let mut of_key = tags.iter().rev().filter(|(tag, _)| *tag == key);
            let own = of_key.find_map(|(_, value)| value.get());
            let value = own.or_else(|| scope?.get(key).map(TagValue::as_str));
            cut(value.unwrap_or_default())
        };
        FoundTargets::new(views.iter().cloned(), value_of, shared)
    });
    found.targets.iter().for_each(f);
}
