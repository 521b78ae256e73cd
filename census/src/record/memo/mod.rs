//! What each thread remembers: where measurements with these tags go.
//!
//! Two ways, the quicker first: by the [places](places) of keys and literals, or by the number of a
//! [`BoundMeasure`](super::BoundMeasure); and by the [texts](texts) of its tags, or of all [columns](measure). Both are
//! caches: they may be thrown away at any time, and are when a view comes or goes, or when they are full. What the thread
//! counts is not in them, but in its [shards](Shard).

mod found;
mod kept;
mod measure;
mod own;
mod places;
mod texts;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;

use self::found::FoundTargets;
pub(super) use self::kept::Kept;
use self::kept::Spare;
use self::measure::MeasureMemo;
use self::places::{Entry, Left, Places};
use self::texts::{Text, Texts};
use crate::aggregate::{Index, LiveView, Shard, Target};
use crate::declare::{MeasureCell, TagKey};
use crate::register::changes;
use crate::tags::{Tag, TagMap, TagValue, cut, with_current};

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
    /// For first meetings.
    found: FoundTargets,
    spare: Spare,
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
    let places = tags().each_ref().map(|tag| tag.places);
    // The compiler mostly knows.
    let all_literals = places.iter().all(|(_, value)| *value != 0);
    if !all_literals {
        if !record_texts(version, &tags(), bits) {
            record_unknown(cell, version, &tags(), bits);
        }
    } else if !record_by_place(version, &places, bits) {
        record_anew(cell, version, tags, bits);
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

/// Adds a measurement whose places are new. Apart, so that those which are not have nothing to keep for it.
#[cold]
#[inline(never)]
fn record_anew<'a, const N: usize>(
    cell: &MeasureCell,
    version: u64,
    tags: impl Fn() -> [Tag<'a>; N],
    bits: u64,
) {
    let tags = tags();
    if !record_texts(version, &tags, bits) {
        record_unknown(cell, version, &tags, bits);
    } else if N > 0 {
        learn(version, &tags);
    }
}

/// Has the places of tags tell what their texts do, if these do: equal literals lie in several places of a program, and
/// each is to be read but once.
pub(super) fn learn(version: u64, tags: &[Tag<'_>]) {
    own::with_known(|memo| {
        let is_scoped = memo.scoped & scoped(version) != 0;
        if !is_scoped
            && Texts::may_know(tags)
            && let Some(known) = memo.texts.find_any(version, &texts::texts(tags))
        {
            memo.places.learn(version, tags, known.targets());
        }
    });
}

/// Adds a measurement if the places of its tags tell where it goes.
///
/// A count of this thread's own is added here. All else is left to functions that end in its stead: as it calls nobody,
/// it has no registers to save.
#[inline(never)]
fn record_by_place<const N: usize>(version: u64, tags: &[(usize, usize); N], bits: u64) -> bool {
    let Some(memo) = own::lend() else {
        return false;
    };
    // Whether something else has changed does not matter: this is found under its version.
    let index = memo.places.index_of(version, tags);
    let left = memo.places.at(index, version, tags).map(Entry::count);
    match left {
        Some(Left::Nothing) => {
            own::give_back(memo);
            true
        }
        Some(Left::One) => record_at(memo, index, bits),
        Some(Left::All) => record_all(memo, index, bits),
        None => record_behind(memo, index, version, tags, bits),
    }
}

#[inline(never)]
fn record_at(memo: &'static mut Memo, index: usize, bits: u64) -> bool {
    if let Some(target) = memo.places.first_target(index) {
        target.record(bits);
    }
    own::give_back(memo);
    true
}

#[inline(never)]
fn record_all(memo: &'static mut Memo, index: usize, bits: u64) -> bool {
    memo.places.record(index, bits);
    own::give_back(memo);
    true
}

#[inline(never)]
fn record_behind<const N: usize>(
    memo: &'static mut Memo,
    index: usize,
    version: u64,
    tags: &[(usize, usize); N],
    bits: u64,
) -> bool {
    let entry = memo.places.find_behind(index, version, tags);
    let found = entry.map(|entry| entry.record(bits)).is_some();
    own::give_back(memo);
    found
}

/// Adds a measurement if the texts of its tags tell where it goes.
#[inline(never)]
fn record_by_text<const N: usize>(version: u64, texts: &[Text<'_>; N], bits: u64) -> bool {
    let found = own::with(|memo| {
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

/// What has begun, and where to find it when it ends.
#[derive(Debug)]
pub(super) struct Begun {
    /// 0 if nothing has begun.
    version: u64,
    /// The number of the newest view that saw it begin.
    newest: u64,
    /// The number of the thread where it began.
    thread: u64,
}

impl Begun {
    pub(super) const NONE: Self = Self {
        version: 0,
        newest: 0,
        thread: 0,
    };

    pub(super) const fn is_some(&self) -> bool {
        self.version != 0
    }
}

/// Adds a measurement that is to be taken back later, if the places of its tags tell where it goes. (What has begun is
/// written where it lies: to move it would cost more than all else.)
#[inline(never)]
pub(super) fn begin<const N: usize>(
    begun: &mut Begun,
    version: u64,
    tags: &[(usize, usize); N],
    bits: u64,
) -> bool {
    let known = own::with_known(|memo| {
        let entry = memo.places.find(version, tags)?;
        entry.record(bits);
        begun.version = version;
        begun.newest = entry.newest();
        begun.thread = memo.thread;
        Some(())
    });
    matches!(known, Some(Some(())))
}

/// Takes back what has begun, if this thread did so, and knows where.
#[inline(never)]
pub(super) fn end<const N: usize>(begun: &Begun, tags: &[(usize, usize); N], bits: u64) -> bool {
    let known = own::with_known(|memo| {
        let entry = memo.places.find(begun.version, tags)?;
        (memo.thread == begun.thread).then(|| entry.record(bits))
    });
    matches!(known, Some(Some(())))
}

/// Takes back what another thread has begun, or what was forgotten meanwhile, as [`take_back`] does.
#[cold]
pub(super) fn end_elsewhere(begun: &Begun, cell: &MeasureCell, tags: &[Tag<'_>], bits: u64) {
    let (_, mut views) = cell.wiring.views();
    views.retain(|view| view.rows.number() <= begun.newest);
    let value_of = |key: &TagKey| cut(measure::last_set(tags, key).unwrap_or_default());
    record_found(views.into_iter(), value_of, bits);
}

/// Calls `f` for each target of a measurement.
pub(super) fn each_target(
    cell: &MeasureCell,
    version: u64,
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

/// Adds a measurement with exactly these tags, known by a number.
#[inline]
pub(super) fn record_bound(
    cell: &MeasureCell,
    version: u64,
    number: usize,
    tags: &TagMap,
    bits: u64,
) {
    if !record_by_place(version, &places::bound(number), bits) {
        record_bound_anew(cell, version, number, tags, bits);
    }
}

#[cold]
#[inline(never)]
fn record_bound_anew(cell: &MeasureCell, version: u64, number: usize, tags: &TagMap, bits: u64) {
    let value_of = |key: &TagKey| tags.get(key).map_or("", TagValue::as_str);
    let (now, views) = cell.wiring.views();
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
            places.insert_bound(version, number, targets);
        }
        found.clear();
    });
    if recorded.is_none() {
        record_found(views.into_iter(), value_of, bits);
    }
}

/// Takes back what was recorded before, maybe by another thread: then where everybody records. A scrape reads that
/// first, so that it does not see the end of something whose beginning it has not seen.
pub(super) fn take_back(target: &Target, bits: u64) {
    let is_own = own::with_known(|memo| target.may_be_written_by(memo.thread));
    if is_own == Some(true) {
        target.record(bits);
    } else if let Some(view) = target.view() {
        view.shared_target(target.row()).record(bits);
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
            thread: 0,
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
        static NEXT: AtomicU64 = AtomicU64::new(1);
        self.thread = NEXT.fetch_add(1, Ordering::Relaxed);
        self.changes = changes();
    }

    /// Becomes nobody's, and gives back what the thread counted.
    fn end(&mut self) {
        *self = Self::new();
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
        let mut numbers = self.by_version.candidates(version);
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
        self.by_version.insert(version, u32::try_from(number).ok()?);
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
            found,
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
        found.find(views, value_of, target);
        found.each(f);
        if let Some(targets) = found.to_remember(measure.views.len()) {
            if own {
                // In both, if they are literals: several measurements at once, or one with an exemplar, go by texts.
                places.insert(version, tags, targets);
                texts.insert(version, tags, targets);
            } else {
                texts.insert(by_columns, values, targets);
            }
        }
        found.clear();
        Some(())
    }
}

/// A bit for a version. Others may have it, too.
#[inline]
const fn scoped(version: u64) -> u64 {
    1 << (version >> (u64::BITS - 6))
}

/// This thread's target for a row, and whether to remember it.
fn target_of(
    shards: &mut HashMap<u64, Shard, RandomState>,
    thread: u64,
    view: &Arc<LiveView>,
    row: usize,
) -> (Target, bool) {
    let shard = shards
        .entry(view.rows.number())
        .or_insert_with(|| Shard::new(view, thread));
    let remember = shard.is_worth_remembering(view, row);
    (shard.target(view, row), remember)
}

/// Records where everybody does.
fn record_found<'v>(
    views: impl Iterator<Item = Arc<LiveView>>,
    value_of: impl Fn(&TagKey) -> &'v str,
    bits: u64,
) {
    let shared = |view: &Arc<LiveView>, row| (view.shared_target(row), false);
    let mut found = FoundTargets::default();
    found.find(views, value_of, shared);
    found.each(|target| target.record(bits));
}

/// Records where everybody does: the thread is ending, or this is within the memo (an allocator that records, say), or
/// the measure's views have changed in this very moment.
#[cold]
fn without_memo(cell: &MeasureCell, tags: &[Tag<'_>], f: &mut impl FnMut(&Target)) {
    let (_, views) = cell.wiring.views();
    let shared = |view: &Arc<LiveView>, row| (view.shared_target(row), false);
    let mut found = FoundTargets::default();
    with_current(|scope| {
        let value_of = |key: &TagKey| {
            let value =
                measure::last_set(tags, key).or_else(|| scope?.get(key).map(TagValue::as_str));
            cut(value.unwrap_or_default())
        };
        found.find(views.iter().cloned(), value_of, shared);
    });
    found.each(f);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::FUNCTION;
    use crate::tags::literal_tag;
    use crate::{CatalogueError, Measure, View};

    /// Two literals that are equal, and lie in different places.
    static TEXTS: [&str; 2] = ["equal", "equal"];

    #[test]
    fn equal_literals_in_two_places_are_both_found_by_their_places() -> Result<(), CatalogueError> {
        let measure = Measure::<u64>::builder("memo/equal_literals").register()?;
        let view = View::count("memo_equal_literals", &measure);
        let view = view.column(&FUNCTION).register()?;
        let version = measure.cell().wiring.viewed().expect("it is viewed");
        for text in &TEXTS {
            let tags = || [literal_tag(&FUNCTION, text)];
            let places = tags().map(|tag| tag.places);
            // The first is met; the second is known by its text.
            record(measure.cell(), version, tags, 1);
            assert!(record_by_place(version, &places, 1), "{text}");
        }
        let rows = view.data().rows;
        assert_eq!(rows.first().map(|row| row.data), Some(4));
        Ok(())
    }
}
