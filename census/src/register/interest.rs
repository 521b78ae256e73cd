//! Which views a measure has, and the version by which a recording thread learns that they changed.
//!
//! # Protocol
//!
//! `MeasureCell::version` is even while the measure has views, odd while it has none. (`MeasureCell::NEW`, before the
//! first list, is even, too: see `version.rs`.) No two lists of views share a version, even if they belong to different
//! measures. So a cache entry that was stored for a version is valid exactly for measurements with that version.
//!
//! A version has two flags, each in one bit:
//! - [`has_exemplars`](ViewsVersion::has_exemplars): a view keeps exemplars.
//! - [`asks_for_exemplars`](ViewsVersion::asks_for_exemplars): the program has a source of exemplars, too
//!   (`record/exemplar_source.rs`). Only `MeasureCell::version` has this flag. No cache entry is stored under a version
//!   that has it, so a measurement of such a measure is found in no cache, and only there the flag is looked at. So it
//!   costs the other measurements nothing, not even a branch.
//!
//! A change of a measure's views stores the new list in [`Interests`], and then the new version in the measure. A thread
//! that records loads the version first. If it has nothing cached for that version, it reads the list, which is the one
//! of that version or of a later one.
//!
//! The version before the change has ended, and `ended` keeps it for some time, with the views that were removed. A thread
//! that sees that versions have ended drops what it has cached for them and its words of these views, and keeps what it has
//! for other measures. A measure gets a new version for the same views when rows of a view are removed, and threads learn in the
//! same way that they have words of rows that are gone. So it need not have recorded to a view since the last change but one, and a reader may still have
//! the view's rows.

#[cfg(all(test, census_model))]
pub(crate) mod models;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use crate::aggregate::LiveView;
#[cfg(feature = "testing")]
use crate::declare::WeakHandle;
use crate::declare::{Handle, MeasureCell};
use crate::id::ViewId;
use crate::sync::{ConstAtomicU64, RwLock};
#[cfg(feature = "testing")]
use crate::tags::is_isolated;
#[cfg(not(all(test, census_model)))]
use crate::tags::with_part;

/// Identifies a list of views of a measure. Versions are spread over all numbers, so that they can serve as hashes. The
/// `STEP` numbers from a version on belong to that version: a cache may use them for different kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ViewsVersion(pub(crate) u64);

impl ViewsVersion {
    /// How many numbers belong to each version, at least.
    pub(crate) const STEP: usize = 64;

    /// How many numbers from a version on caches may use. Further bits are flags.
    pub(crate) const CACHE_KEYS: usize = 16;
    const HAS_EXEMPLARS: u64 = 1 << 4;
    const ASKS_FOR_EXEMPLARS: u64 = 1 << 5;

    /// Whether the measure may have views: it has, or no list of views was ever made for it.
    #[inline]
    pub(crate) const fn is_of_views(self) -> bool {
        self.0.is_multiple_of(2)
    }

    /// Whether a view of the list keeps exemplars.
    #[inline]
    pub(crate) const fn has_exemplars(self) -> bool {
        self.0 & Self::HAS_EXEMPLARS != 0
    }

    /// Whether the source of exemplars is asked for those of measurements.
    #[inline]
    pub(crate) const fn asks_for_exemplars(self) -> bool {
        self.0 & Self::ASKS_FOR_EXEMPLARS != 0
    }

    /// The version by which the list is known, and cached.
    #[inline]
    pub(crate) const fn of_list(self) -> Self {
        Self(self.0 & !Self::ASKS_FOR_EXEMPLARS)
    }

    /// An even version that was never returned before: the numbers repeat after 2^58 calls.
    fn next() -> Self {
        /// An odd multiple of the step: the golden ratio in 64 bits.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(ViewsVersion::STEP as u64);
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Relaxed: no other memory is published by the number.
        Self(NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(SPREAD))
    }
}

/// The views of all measures.
pub(super) struct Interests {
    /// The views of each measure that has some, by the measure's name.
    ///
    /// The lock is held for a few instructions, while the list of a measure's views is made, or while a thread that has missed
    /// many changes asks for all views. No other lock of the library is taken while it is held.
    measures: LazyLock<RwLock<HashMap<String, Interest>>>,
    /// Whether there is a source of exemplars. Changed and read by a thread that holds the catalogue's lock.
    have_exemplar_source: AtomicBool,
    /// Of an isolation: the versions of measures, by their names. Outside of isolations, each measure has its version itself.
    #[cfg(feature = "testing")]
    versions: RwLock<BTreeMap<String, IsolatedVersion>>,
}

impl Interests {
    const fn new() -> Self {
        Self {
            measures: LazyLock::new(RwLock::default),
            have_exemplar_source: AtomicBool::new(false),
            #[cfg(feature = "testing")]
            versions: RwLock::new(BTreeMap::new()),
        }
    }
}

/// A version of a measure in an isolation.
#[cfg(feature = "testing")]
struct IsolatedVersion {
    /// Those that have it. A rejected cell of the same name has none.
    cells: Vec<WeakHandle<MeasureCell>>,
    version: u64,
}

/// What has ended last, for threads that have cached something for it.
struct Ended {
    /// The oldest is first. The newest is the one with the number `count`.
    endings: RwLock<VecDeque<Ending>>,
    /// How many endings there were. Changed under the lock of `endings`.
    count: ConstAtomicU64,
}

impl Ended {
    const fn new() -> Self {
        Self {
            endings: RwLock::new(VecDeque::new()),
            count: ConstAtomicU64::new(0),
        }
    }
}

/// Calls `f` with the interests of the program, or of the isolation that this thread is within.
#[cfg(not(all(test, census_model)))]
fn with_interests<R>(f: impl FnOnce(&Interests) -> R) -> R {
    static INTERESTS: Interests = Interests::new();
    with_part(|| &INTERESTS, Interests::new, f)
}

/// The versions that have ended, in the program and in all isolations: no two of them have a version in common.
#[cfg(not(all(test, census_model)))]
#[inline]
fn ended() -> &'static Ended {
    static ENDED: Ended = Ended::new();
    &ENDED
}

#[cfg(all(test, census_model))]
std::thread_local! {
    /// What belongs to this run of a model, whose threads are one thread of the system.
    static OF_RUN: std::cell::Cell<Option<&'static (Interests, Ended)>> = const { std::cell::Cell::new(None) };
}

#[cfg(all(test, census_model))]
fn of_run() -> &'static (Interests, Ended) {
    OF_RUN.get().expect("the run of the model has begun")
}

#[cfg(all(test, census_model))]
fn with_interests<R>(f: impl FnOnce(&Interests) -> R) -> R {
    f(&of_run().0)
}

#[cfg(all(test, census_model))]
fn ended() -> &'static Ended {
    &of_run().1
}

/// Something for which threads may have cached something, and that has ended.
pub(crate) enum Ending {
    /// A version, and the views that the next version does not have.
    Version(ViewsVersion, Box<[ViewId]>),
    /// Some chunks of a view: all their rows were removed.
    Chunks(ViewId),
}

/// The views of a measure, in the order of their registration.
struct Interest {
    version: ViewsVersion,
    views: MeasureViews,
    /// The same views, for recording threads. It is made when a thread asks for it, not at each change: a thousand
    /// registrations in a row make one list.
    list: Option<ViewList>,
}

/// The views of one measure.
#[derive(Default)]
pub(super) struct MeasureViews {
    by_id: BTreeMap<ViewId, Arc<LiveView>>,
    /// How many of them keep exemplars. Counted, because a measure may have thousands of views that come and go.
    keep_exemplars: usize,
}

impl MeasureViews {
    /// Adds a view that is not there.
    pub(super) fn insert(&mut self, view: Arc<LiveView>) {
        self.keep_exemplars += usize::from(view.keeps_exemplars());
        self.by_id.insert(view.id(), view);
    }

    fn change(&mut self, change: Change<'_>) {
        match change {
            Change::None => {}
            Change::Add(added) => added.by_id.into_values().for_each(|view| self.insert(view)),
            Change::Remove(removed) => {
                for id in removed.by_id.keys() {
                    let removed = self.by_id.remove(id);
                    if removed.is_some_and(|view| view.keeps_exemplars()) {
                        self.keep_exemplars -= 1;
                    }
                }
            }
        }
    }
}

/// A change of a measure's views. Its cost depends on the number of views in it, and not on how many the measure has.
pub(super) enum Change<'v> {
    /// The views stay, and so does their list.
    None,
    /// Adds views that are not there.
    Add(MeasureViews),
    /// Removes those of these views that are there.
    Remove(&'v MeasureViews),
}

impl Change<'_> {
    fn removed(&self) -> Box<[ViewId]> {
        match self {
            Change::None | Change::Add(_) => Box::default(),
            Change::Remove(removed) => removed.by_id.keys().copied().collect(),
        }
    }
}

type ViewList = Arc<[Arc<LiveView>]>;

/// From now on, lists of views ask for exemplars, if one of the views keeps them.
pub(super) fn ask_for_exemplars() {
    // Relaxed: the catalogue's lock orders it.
    with_interests(|it| it.have_exemplar_source.store(true, Ordering::Relaxed));
}

/// How many endings are kept: some tens of kilobytes, and eight bytes for each view that was removed.
const MAX_ENDED: usize = 1 << 10;

/// How many endings there were. A thread that sees another number than before drops what it has cached for what has ended.
#[inline]
pub(crate) fn ended_count() -> u64 {
    // Relaxed: a thread that sees a change late drops cache entries late. They are found by version, so a stale entry
    // is never used.
    ended().count.load(Ordering::Relaxed)
}

/// Calls `f` for each ending after so many. Returns how many there were until now, and whether `f` was called for all: there
/// may have been too many meanwhile.
pub(crate) fn for_each_ended(since: u64, f: impl FnMut(&Ending)) -> (u64, bool) {
    let ended = ended();
    let endings = ended.endings.read();
    // Relaxed: the lock orders it.
    let count = ended.count.load(Ordering::Relaxed);
    let new = usize::try_from(count.wrapping_sub(since)).unwrap_or(usize::MAX);
    let newest = endings.iter().rev().take(new);
    newest.for_each(f);
    (count, new <= endings.len())
}

/// The views of all measures, in order: those of the program, or of the isolation that this thread is within.
pub(crate) fn all_views() -> Vec<ViewId> {
    with_interests(|interests| {
        let measures = interests.measures.read();
        let views = measures.values().flat_map(|it| it.views.by_id.keys());
        let mut views: Vec<ViewId> = views.copied().collect();
        views.sort_unstable();
        views
    })
}

/// Tells threads that chunks of this view are gone.
pub(super) fn end_chunks(view: ViewId) {
    end(Ending::Chunks(view));
}

fn end(ending: Ending) {
    let ended = ended();
    let mut endings = ended.endings.write();
    if endings.len() >= MAX_ENDED {
        endings.pop_front();
    }
    endings.push_back(ending);
    // Relaxed: the lock orders it.
    ended.count.fetch_add(1, Ordering::Relaxed);
}

/// The measure's views and their version. The views are those of the version that `current_version` returned to this
/// thread, or of a later one; `None` if the measure has none any more.
pub(crate) fn views_of(measure: &MeasureCell) -> Option<(ViewsVersion, ViewList)> {
    with_interests(|interests| interests.views_of(&measure.descriptor.name))
}

impl Interests {
    fn views_of(&self, name: &str) -> Option<(ViewsVersion, ViewList)> {
        let measures = self.measures.read();
        let interest = measures.get(name)?;
        if let Some(list) = &interest.list {
            return Some((interest.version, Arc::clone(list)));
        }
        drop(measures);
        let mut measures = self.measures.write();
        let Interest {
            version,
            views,
            list,
        } = measures.get_mut(name)?;
        let list = list.get_or_insert_with(|| views.by_id.values().cloned().collect());
        Some((*version, Arc::clone(list)))
    }
}

/// Changes the views of the measure of this name. `cells` are all cells of the measure. Called by one thread at a time,
/// which builds the catalogue or holds its lock.
pub(super) fn change_views(
    name: &str,
    cells: impl Iterator<Item = Handle<MeasureCell>>,
    change: Change<'_>,
) {
    with_interests(|interests| interests.change_views(name, cells, change));
}

impl Interests {
    fn change_views(
        &self,
        name: &str,
        cells: impl Iterator<Item = Handle<MeasureCell>>,
        change: Change<'_>,
    ) {
        let mut version = ViewsVersion::next();
        let mut measures = self.measures.write();
        let former = measures.remove(name);
        let former_version = former.as_ref().map(|interest| interest.version);
        let mut interest = former.unwrap_or_else(|| Interest {
            version,
            views: MeasureViews::default(),
            list: None,
        });
        let former_list = match change {
            Change::None => None,
            Change::Add(_) | Change::Remove(_) => interest.list.take(),
        };
        let removed = change.removed();
        interest.views.change(change);
        if interest.views.keep_exemplars > 0 {
            version.0 |= ViewsVersion::HAS_EXEMPLARS;
        }
        interest.version = version;
        let stored = if interest.views.by_id.is_empty() {
            version.0 + 1
        } else {
            measures.insert(name.to_owned(), interest);
            // Relaxed: the catalogue's lock orders it.
            if version.has_exemplars() && self.have_exemplar_source.load(Ordering::Relaxed) {
                version.0 | ViewsVersion::ASKS_FOR_EXEMPLARS
            } else {
                version.0
            }
        };
        drop(measures);
        store_version(self, name, cells, stored);
        // After the list was changed: a thread that then drops what it has cached for the version finds no list to cache for it.
        if let Some(version) = former_version {
            end(Ending::Version(version, removed));
        }
        // Not under the lock: the last reference to a view frees its rows.
        drop(former_list);
    }
}

/// Stores the version of the measure of this name, in each of its cells or, within an isolation, in that.
fn store_version(
    interests: &Interests,
    name: &str,
    cells: impl Iterator<Item = Handle<MeasureCell>>,
    version: u64,
) {
    #[cfg(feature = "testing")]
    if is_isolated() {
        let version = IsolatedVersion {
            cells: cells.map(|cell| cell.downgrade()).collect(),
            version,
        };
        interests.versions.write().insert(name.to_owned(), version);
        return;
    }
    #[cfg(not(feature = "testing"))]
    let _ = (interests, name);
    for cell in cells {
        // Release: pairs with the Acquire in `version`.
        cell.version.store(version, Ordering::Release);
    }
}

#[cfg(feature = "testing")]
impl Drop for Interests {
    /// The isolation ends. Threads drop what they have cached for it.
    fn drop(&mut self) {
        for interest in std::mem::take(&mut *self.measures.write()).into_values() {
            let views = interest.views.by_id.into_keys();
            end(Ending::Version(interest.version, views.collect()));
        }
    }
}

/// The number that says which list of views the measure has: see `MeasureCell::version`.
#[inline]
pub(super) fn version(measure: &MeasureCell) -> u64 {
    #[cfg(feature = "testing")]
    if let Some(version) = isolated_version(measure) {
        return version;
    }
    // Acquire: pairs with the Release in `change_views`, so that a thread that sees a version finds its list of views.
    measure.version.load(Ordering::Acquire)
}

/// The version of the cell in the isolation that this thread is within: `NEW` if the isolation does not know the cell, or has
/// rejected it; `None` outside of all isolations.
#[cfg(feature = "testing")]
pub(super) fn isolated_version(measure: &MeasureCell) -> Option<u64> {
    is_isolated().then(|| {
        with_interests(|interests| {
            let versions = interests.versions.read();
            let of_name = versions.get(&*measure.descriptor.name);
            let of_cell = of_name.filter(|it| it.cells.iter().any(|cell| cell.is(measure)));
            of_cell.map_or(MeasureCell::NEW, |it| it.version)
        })
    })
}
