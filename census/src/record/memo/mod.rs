//! What each thread remembers: where measurements with these tags go.
//!
//! Two ways, the quicker first: by the [places](places) of keys and literals, or by the number of a
//! [`BoundMeasure`](super::BoundMeasure); and by the [texts](texts) of its tags, or of all [columns](measure). Both are
//! caches: they may be thrown away at any time, and are when a view comes or goes, or when they are full. What the thread
//! counts is not in them, but in its [shards](Shard).

mod found;
mod measure;
mod places;
mod texts;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;

use self::found::FoundTargets;
use self::measure::MeasureMemo;
use self::places::{Entry, Places};
use self::texts::{Text, Texts};
use crate::aggregate::{Index, LiveView, Shard, Target};
use crate::declare::{MeasureCell, TagKey};
use crate::register::changes;
use crate::tags::{Tag, TagMap, TagValue, cut, with_current};

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::new(Memo::new());
}

struct Memo {
    /// This thread's number: no other has it, or had it.
    thread: u64,
    /// What [`changes`] was when the caches were last thrown away.
    changes: u64,
    places: Places,
    texts: Texts,
    measures: Vec<MeasureMemo>,
    /// The [bits](scoped) of the versions to which tags of the scope matter: then the measurement's own are looked up last.
    scoped: u64,
    /// The numbers of `measures`. No two lists of views share a version.
    by_version: Index,
    /// By the numbers of the views.
    shards: HashMap<u64, Shard, RandomState>,
}

/// Adds a measurement: its own tags count, then the scope's.
///
/// There is one such function for each number of tags: that halves what it costs to look at them.
#[inline]
pub(super) fn record<'a, const N: usize>(
    cell: &MeasureCell,
    version: u64,
    tags: impl Fn() -> [Tag<'a>; N],
    bits: u64,
) {
    let lent = tags();
    let places = lent.each_ref().map(|tag| tag.places);
    let all_literals = places.iter().all(|(_, value)| *value != 0);
    // Literals are asked for again where they are needed: so nothing but places need be there for the usual case.
    let recorded = if all_literals {
        record_by_place(version, &places, bits) || record_texts(version, &tags(), bits)
    } else {
        record_texts(version, &lent, bits)
    };
    if !recorded {
        record_unknown(cell, version, &tags(), bits);
    }
}

/// Adds a measurement if all its tags are set, and their texts tell where it goes.
#[inline]
fn record_texts<const N: usize>(version: u64, tags: &[Tag<'_>; N], bits: u64) -> bool {
    let mut texts = [(0, &[] as &[u8]); N];
    for (text, tag) in texts.iter_mut().zip(tags) {
        let Some(bytes) = tag.value.bytes() else {
            return false;
        };
        *text = (tag.places.0, bytes);
    }
    record_by_text(version, &texts, bits)
}

/// Adds a measurement if the places of its tags tell where it goes.
#[inline(never)]
fn record_by_place<const N: usize>(version: u64, tags: &[(usize, usize); N], bits: u64) -> bool {
    by_place(version, tags, |entry| entry.record(bits))
}

/// Calls `f` with what the places of tags tell, if they do.
#[inline]
fn by_place<const N: usize>(
    version: u64,
    tags: &[(usize, usize); N],
    f: impl FnOnce(&Entry),
) -> bool {
    let found = MEMO.try_with(|memo| {
        let Ok(memo) = memo.try_borrow_mut() else {
            return false;
        };
        // Whether something else has changed does not matter: this is found under its version.
        memo.places.find(version, tags).map(f).is_some()
    });
    found.unwrap_or_default()
}

/// Adds a measurement if the texts of its tags tell where it goes.
#[inline(never)]
fn record_by_text<const N: usize>(version: u64, texts: &[Text<'_>; N], bits: u64) -> bool {
    let found = MEMO.try_with(|memo| {
        let Ok(mut memo) = memo.try_borrow_mut() else {
            return false;
        };
        memo.keep_up();
        if memo.scoped & scoped(version) != 0 && memo.record_by_columns(version, texts, bits) {
            return true;
        }
        let known = memo.texts.find(version, texts);
        known.map(|known| known.record(bits)).is_some()
    });
    found.unwrap_or_default()
}

/// Adds a measurement that may be met for the first time.
#[inline(never)]
pub(super) fn record_unknown(cell: &MeasureCell, version: u64, tags: &[Tag<'_>], bits: u64) {
    each_target(cell, version, tags, |target| target.record(bits));
}

/// Calls `f` for each target of a measurement, if the places of its tags tell them.
#[inline]
pub(super) fn each_placed_target<const N: usize>(
    version: u64,
    tags: &[(usize, usize); N],
    f: impl FnMut(&Target),
) -> bool {
    by_place(version, tags, |entry| entry.each(f))
}

/// Calls `f` for each target of a measurement.
pub(super) fn each_target(
    cell: &MeasureCell,
    version: u64,
    tags: &[Tag<'_>],
    mut f: impl FnMut(&Target),
) {
    let reached = MEMO.try_with(|memo| {
        let memo = &mut *memo.try_borrow_mut().ok()?;
        memo.keep_up();
        if Texts::may_know(tags)
            && let Some(known) = memo.texts.find_any(version, &texts::texts(tags))
        {
            known.each(&mut f);
            return Some(());
        }
        memo.by_columns(cell, version, tags, &mut f)
    });
    if !matches!(reached, Ok(Some(()))) {
        without_memo(cell, tags, &mut f);
    }
}

/// Adds a measurement with exactly these tags, known by a number.
pub(super) fn record_bound(
    cell: &MeasureCell,
    version: u64,
    number: usize,
    tags: &TagMap,
    bits: u64,
) {
    let value_of = |key: &TagKey| tags.get(key).map_or("", TagValue::as_str);
    let reached = MEMO.try_with(|memo| {
        let memo = &mut *memo.try_borrow_mut().ok()?;
        memo.keep_up();
        if let Some(known) = memo.places.find_bound(version, number) {
            known.record(bits);
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
        found.record(bits);
        if now == version && !found.overflowed {
            places.insert_bound(version, number, &found.targets);
        }
        Some(())
    });
    if !matches!(reached, Ok(Some(()))) {
        let (_, views) = cell.wiring.views();
        let shared = |view: &Arc<LiveView>, row| view.shared_target(row);
        FoundTargets::new(views.into_iter(), value_of, shared).record(bits);
    }
}

/// Takes back what was recorded before, maybe by another thread: then where everybody records. A scrape reads that
/// first, so that it does not see the end of something whose beginning it has not seen.
pub(super) fn take_back(target: &Target, bits: u64) {
    let is_own = MEMO.try_with(|memo| {
        let memo = memo.try_borrow().ok()?;
        target.may_be_written_by(memo.thread).then_some(())
    });
    if matches!(is_own, Ok(Some(()))) {
        target.record(bits);
    } else if let Some(view) = target.view() {
        view.shared_target(target.row()).record(bits);
    }
}

/// Has this thread forget what it knows of views that are gone; the others do it when they next record something that
/// its places alone do not tell.
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
            texts: Texts::default(),
            measures: Vec::new(),
            scoped: 0,
            by_version: Index::default(),
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
        self.texts = Texts::default();
        self.measures = Vec::new();
        self.scoped = 0;
        self.by_version = Index::default();
        self.shards.retain(|_, shard| shard.is_alive());
    }

    /// Adds a measurement if its tags and those of the scope tell where it goes.
    #[inline(never)]
    fn record_by_columns(&self, version: u64, tags: &[Text<'_>], bits: u64) -> bool {
        let measure = self
            .known_measure(version)
            .and_then(|number| self.measures.get(number));
        let Some(shape) = measure.and_then(|measure| measure.scoped_shape(tags)) else {
            return false;
        };
        // See `by_values`.
        let by_columns = version + 1;
        with_current(|scope| {
            let known = match shape.columns() {
                1 => self.texts.find(by_columns, &shape.texts::<1>(tags, scope)),
                2 => self.texts.find(by_columns, &shape.texts::<2>(tags, scope)),
                3 => self.texts.find(by_columns, &shape.texts::<3>(tags, scope)),
                columns @ 4..=16 => {
                    let texts = shape.texts::<16>(tags, scope);
                    self.texts
                        .find_any(by_columns, &texts.into_iter().take(columns))
                }
                _ => None,
            };
            known.map(|known| known.record(bits)).is_some()
        })
    }

    /// `None` if the measure's views have changed in this very moment.
    fn by_columns(
        &mut self,
        cell: &MeasureCell,
        version: u64,
        tags: &[Tag<'_>],
        f: &mut impl FnMut(&Target),
    ) -> Option<()> {
        let number = self.measure(cell, version)?;
        let measure = self.measures.get_mut(number)?;
        let shape = measure.shape(tags);
        let needs_scope = measure.needs_scope(shape, tags);
        let columns = measure.columns.len();
        if measure.needs_scope(shape, &[]) {
            self.scoped |= scoped(version);
        }
        let mut look_up = |scope: Option<&TagMap>| {
            let of = (number, shape, tags, scope);
            match columns {
                0..=2 => self.by_values::<2>(of, !needs_scope, f),
                3..=16 => self.by_values::<16>(of, !needs_scope, f),
                17..=256 => self.by_values::<256>(of, !needs_scope, f),
                _ => None,
            }
        };
        if needs_scope {
            with_current(look_up)
        } else {
            look_up(None)
        }
    }

    /// The number of what is known of a measure, if something is.
    #[inline]
    fn known_measure(&self, version: u64) -> Option<usize> {
        let mut numbers = self.by_version.candidates(spread(version));
        let number = numbers.find(|number| {
            let measure = self.measures.get(*number as usize);
            measure.is_some_and(|measure| measure.version == version)
        });
        number.map(|number| number as usize)
    }

    /// The number of what is known of a measure.
    fn measure(&mut self, cell: &MeasureCell, version: u64) -> Option<usize> {
        if let Some(number) = self.known_measure(version) {
            return Some(number);
        }
        let measure = MeasureMemo::new(cell);
        if measure.version != version {
            return None;
        }
        let number = self.measures.len();
        self.by_version
            .insert(spread(version), u32::try_from(number).ok()?);
        self.measures.push(measure);
        Some(number)
    }

    /// Looks the values of the columns up, which are all the measurement's `own`, or some of the scope.
    fn by_values<const N: usize>(
        &mut self,
        (number, shape, tags, scope): (usize, usize, &[Tag<'_>], Option<&TagMap>),
        own: bool,
        f: &mut impl FnMut(&Target),
    ) -> Option<()> {
        let Self {
            thread,
            places,
            texts,
            measures,
            shards,
            ..
        } = self;
        let measure = measures.get(number)?;
        let version = measure.version;
        // Then they are known by the tags alone.
        let own = own && Texts::may_know(tags);
        // Versions with views are even: the next number stands for all columns instead of the measurement's own tags.
        let by_columns = version + 1;
        let values = measure.values::<N>(shape, tags, scope);
        let values = values.get(..measure.columns.len())?;
        if !own && let Some(known) = texts.find_any(by_columns, &texts::texts(values)) {
            known.each(f);
            return Some(());
        }
        let value_of = |key: &TagKey| {
            let value = values.iter().find(|value| value.key == key);
            value
                .and_then(|value| value.value.get())
                .unwrap_or_default()
        };
        let views = measure.views.iter().filter_map(Weak::upgrade);
        let target = |view: &Arc<LiveView>, row| target_of(shards, *thread, view, row);
        let found = FoundTargets::new(views, value_of, target);
        found.targets.iter().for_each(f);
        if found.overflowed || found.targets.len() != measure.views.len() {
            return Some(());
        }
        let targets = found.targets.as_slice();
        if own {
            // In both, if they are literals: several measurements at once, or one with an exemplar, go by texts.
            places.insert(version, tags, targets);
            texts.insert(version, tags, targets);
        } else {
            texts.insert(by_columns, values, targets);
        }
        Some(())
    }
}

/// A bit for a version. Others may have it, too.
#[inline]
const fn scoped(version: u64) -> u64 {
    // Versions with views are even.
    1 << (version / 2 % 64)
}

/// A hash of a version. Versions are numbers in succession.
#[inline]
const fn spread(version: u64) -> u64 {
    version.wrapping_mul(0x9e37_79b9_7f4a_7c15)
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

/// Records where everybody does: the thread is ending, or this is within the memo (an allocator that records, say), or
/// the measure's views have changed in this very moment.
#[cold]
fn without_memo(cell: &MeasureCell, tags: &[Tag<'_>], f: &mut impl FnMut(&Target)) {
    let (_, views) = cell.wiring.views();
    let shared = |view: &Arc<LiveView>, row| view.shared_target(row);
    let found = with_current(|scope| {
        let value_of = |key: &TagKey| {
            let value =
                measure::last_set(tags, key).or_else(|| scope?.get(key).map(TagValue::as_str));
            cut(value.unwrap_or_default())
        };
        FoundTargets::new(views.iter().cloned(), value_of, shared)
    });
    found.targets.iter().for_each(f);
}
