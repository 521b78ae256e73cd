//! One thread's caches and shards, and the operations on them.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::address::TagAddresses;
use super::by_address::{ByAddress, PaddedAddresses, padded};
use super::by_text::ByText;
use super::cache_key::CacheKey;
use super::counted_rows::{CountedRows, RowsPool};
use super::entry_targets::EntryTargets;
#[cfg(not(all(test, census_model)))]
use super::hot;
#[cfg(all(test, census_model))]
use super::hot_table::HotTable;
use super::layouts::{Layouts, MeasurementShape};
use super::row_resolver::RowResolver;
use super::shards::Shards;
use super::tag_text::{TagText, column_texts, own_texts};
use super::text_entry::TextEntry;
use crate::aggregate::{LiveView, Target, TargetName};
use crate::declare::{MeasureCell, TagKey, ValueBits};
use crate::id::{BoundId, ThreadId, ViewId};
use crate::register::{Ending, ViewsVersion, all_views, ended_count, for_each_ended};
use crate::tags::{Tag, TagMap, with_current};

/// One thread's caches and shards. Entries of the caches are found by version, so a stale entry is never used. The
/// caches may be cleared at any time: the counts of the thread are not in the caches but in the shards.
///
/// *Invariant:* each cached target may be written by this thread. A target that belongs to a thread belongs to this
/// one, because `thread` changes only in [`attach`](Self::attach), when there are no caches.
pub(super) struct ThreadCache {
    /// [`ThreadId::NONE`] while no thread has this cache.
    thread: ThreadId,
    /// The [`ended_count`] up to which the caches have nothing of ended versions.
    ended_count: u64,
    /// The versions for which there may be something in the caches, in order.
    versions: Vec<u64>,
    by_address: ByAddress,
    by_text: ByText,
    layouts: Layouts,
    shards: Shards,
    resolver: RowResolver,
    rows_pool: RowsPool,
    /// In a model; otherwise, a thread-local.
    #[cfg(all(test, census_model))]
    pub(super) hot: Box<HotTable>,
}

/// The tags by which the targets of a measurement are cached.
#[derive(Clone, Copy)]
pub(super) enum CacheBy<'a> {
    /// All of the measurement's own tags, which do not need the scope.
    OwnTags(&'a [Tag<'a>]),
    /// The values of all columns.
    Columns,
}

/// Setting up and clearing.
impl ThreadCache {
    /// A cache of no thread.
    pub(super) fn new() -> Self {
        Self {
            thread: ThreadId::NONE,
            ended_count: 0,
            versions: Vec::new(),
            by_address: ByAddress::default(),
            by_text: ByText::default(),
            layouts: Layouts::default(),
            shards: Shards::default(),
            resolver: RowResolver::default(),
            rows_pool: RowsPool::default(),
            #[cfg(all(test, census_model))]
            hot: Box::new(HotTable::new()),
        }
    }

    /// Becomes the cache of the current thread, which gets an identifier that no thread had before.
    pub(super) fn attach(&mut self) {
        self.thread = ThreadId::next();
        self.ended_count = ended_count();
    }

    /// Becomes a cache of no thread. Dropping the shards retires their chunks, so the counts of the thread are kept.
    pub(super) fn detach(&mut self) {
        self.clear_hot();
        // As a thread-local does, it stays.
        #[cfg(all(test, census_model))]
        let hot = std::mem::replace(&mut self.hot, Box::new(HotTable::new()));
        *self = Self::new();
        #[cfg(all(test, census_model))]
        {
            self.hot = hot;
        }
    }

    /// The versions for which something is cached.
    #[cfg(all(test, census_model))]
    pub(super) fn cached_versions(&self) -> Vec<u64> {
        let layouts = self.layouts.versions().map(|version| version.0);
        self.by_address
            .versions()
            .chain(self.hot.versions())
            .chain(self.by_text.versions())
            .map(|version| version.0)
            .chain(layouts)
            .collect()
    }

    /// Meets a row of a view, as a measurement does that goes there.
    #[cfg(all(test, census_model))]
    pub(super) fn meet(&mut self, view: &Arc<LiveView>, row: crate::id::RowId) {
        self.shards.target(self.thread, view, row);
    }

    /// Whether this thread has words of a view.
    #[cfg(all(test, census_model))]
    pub(super) fn has_words_of(&self, view: &LiveView) -> bool {
        self.shards.has(view.id())
    }

    /// Whether this thread keeps chunks of a view, its own or the shared one.
    #[cfg(all(test, census_model))]
    pub(super) fn has_chunks_of(&self, view: &LiveView) -> bool {
        self.shards.has_chunks(view.id())
    }

    /// Clears the caches, which may happen at any time.
    #[cfg(all(test, census_model))]
    pub(super) fn forget_cached(&mut self) {
        self.clear_hot();
        self.by_address = ByAddress::default();
        self.by_text = ByText::default();
    }

    #[cfg(test)]
    pub(super) fn thread(&self) -> ThreadId {
        self.thread
    }

    /// Drops what is cached for versions that have ended since the last call, those of measures whose views or rows have
    /// changed, and the words of the views and of the rows that were removed then. What is cached for other measures stays.
    ///
    /// This only frees memory: the entries of former versions are not found anyway. So look-ups by address need not
    /// call it, and a thread that makes no others may keep such entries for long.
    ///
    /// It is called before a list of views is read whose targets are then cached. So a version that ends after this is
    /// dropped by the next call.
    #[inline]
    pub(super) fn invalidate_if_stale(&mut self) {
        if self.ended_count != ended_count() {
            self.drop_ended();
        }
    }

    #[cold]
    #[inline(never)]
    fn drop_ended(&mut self) {
        let mut ended: Vec<u64> = Vec::new();
        let mut removed: Vec<ViewId> = Vec::new();
        let mut shrunk: Vec<ViewId> = Vec::new();
        let (count, is_complete) = for_each_ended(self.ended_count, |ending| match ending {
            Ending::Version(version, views) => {
                if let Ok(index) = self.versions.binary_search(&version.0) {
                    ended.push(self.versions.remove(index));
                }
                removed.extend(views.iter().filter(|view| self.shards.has(**view)));
            }
            Ending::Chunks(view) if self.shards.has(*view) => shrunk.push(*view),
            Ending::Chunks(_) => {}
        });
        self.ended_count = count;
        // Before chunks are dropped, whose words it has. Its entries for other versions are found in the caches again.
        self.clear_hot();
        if !is_complete {
            self.versions.clear();
            self.by_address = ByAddress::default();
            self.by_text = ByText::default();
            self.layouts = Layouts::default();
            // Shards of views that another isolation has go, too. This costs the thread new words and nothing else.
            self.shards.drop_others(&all_views());
            self.shards.drop_gone(|_| true);
            return;
        }
        if !ended.is_empty() {
            ended.sort_unstable();
            let is_ended = |version: ViewsVersion| ended.binary_search(&version.0).is_ok();
            self.by_address.drop_versions(is_ended);
            self.by_text.drop_versions(is_ended);
            self.layouts.drop_versions(is_ended);
        }
        // After the caches: they have targets in the words of these views. The thread may have met a view under an earlier
        // version than the one that has ended now.
        self.shards.drop_views(&removed);
        self.shards.drop_gone(|view| shrunk.contains(&view));
    }
}

/// Measurements that are subtracted later.
impl ThreadCache {
    /// An empty list of rows that was used before.
    pub(super) fn take_pooled_list(&mut self) -> Option<Box<CountedRows>> {
        self.rows_pool.take()
    }

    /// Keeps an empty list of rows for a later call.
    pub(super) fn pool_list(&mut self, list: Box<CountedRows>) {
        self.rows_pool.put(list);
    }

    /// The target of this name, if this thread has its words.
    pub(super) fn own_target(&self, name: &TargetName) -> Option<Target> {
        // Most ends that are not on the thread of the beginning need no look-up to know it.
        if name.owner != self.thread {
            return None;
        }
        self.shards.own_target(name)
    }
}

/// The [hot table](super::hot) of the thread that has this cache.
impl ThreadCache {
    /// Adds an entry, whose targets are in the cache, if this thread has their chunks. It may not have them any more: a row leaves
    /// the table before its measure has a new version, and the caches have entries for the former one until then.
    pub(super) fn insert_hot<'t, const N: usize>(
        &self,
        key: CacheKey,
        tags: &[TagAddresses; N],
        targets: impl Iterator<Item = &'t Target> + Clone,
    ) {
        if !targets.clone().all(|target| self.has_chunk_of(target)) {
            return;
        }
        #[cfg(not(all(test, census_model)))]
        hot::insert(key, tags, targets);
        #[cfg(all(test, census_model))]
        self.hot.insert(key, tags, targets);
    }

    /// Whether this thread has the chunk of a target, which it then drops only after it has cleared the table.
    pub(super) fn has_chunk_of(&self, target: &Target) -> bool {
        self.own_target(&target.name()).is_some()
    }

    /// Drops all entries. Called before words of this thread are dropped.
    #[cfg_attr(
        not(all(test, census_model)),
        expect(clippy::unused_self, reason = "a model's thread has its table here")
    )]
    fn clear_hot(&self) {
        #[cfg(not(all(test, census_model)))]
        hot::clear();
        #[cfg(all(test, census_model))]
        self.hot.clear();
    }
}

/// Look-ups by address.
impl ThreadCache {
    /// The targets of these tags.
    #[inline]
    pub(super) fn find_by_address<const N: usize>(
        &self,
        key: CacheKey,
        tags: &[TagAddresses; N],
    ) -> Option<&EntryTargets> {
        self.by_address.find(key, tags)
    }

    /// Copies the entry by text of these tags, if there is one, into the cache by address. Equal literals may have
    /// several addresses, and each is looked up by text only once.
    pub(super) fn insert_alias(&mut self, version: ViewsVersion, tags: &[Tag<'_>]) {
        if !self.layouts.may_need_scope(version)
            && let Some(addresses) = padded(tags)
            && let Some(entry) = self.by_text.find_tags(CacheKey::own_texts(version), tags)
        {
            let key = CacheKey::addresses(version, tags.len());
            self.by_address
                .insert_alias(key, addresses, entry.targets());
        }
    }
}

/// Look-ups by text.
impl ThreadCache {
    /// The entry of a measurement's own tags.
    pub(super) fn find_by_tags(
        &self,
        version: ViewsVersion,
        tags: &[Tag<'_>],
    ) -> Option<&TextEntry> {
        self.by_text.find_tags(CacheKey::own_texts(version), tags)
    }

    /// The entry of the values of all columns.
    pub(super) fn find_by_columns(
        &self,
        version: ViewsVersion,
        values: &[&str],
    ) -> Option<&TextEntry> {
        let key = CacheKey::column_texts(version);
        self.by_text.find_any(key, &column_texts(values))
    }

    /// Records a value to the entry of these tags, which are all set, or to the entry of all columns. Returns whether
    /// there is one.
    #[inline]
    pub(super) fn record_by_text<const N: usize>(
        &self,
        version: ViewsVersion,
        texts: &[TagText<'_>; N],
        bits: ValueBits,
    ) -> bool {
        let scoped = self.find_scoped(version, texts);
        let found = scoped.or_else(|| self.by_text.find(CacheKey::own_texts(version), texts));
        found.map(|entry| entry.record(bits)).is_some()
    }

    /// The entry of the columns' values, taken from these tags, which are all set, and from the scope; `None` if the scope is not
    /// needed.
    #[inline]
    pub(super) fn find_scoped<const N: usize>(
        &self,
        version: ViewsVersion,
        tags: &[TagText<'_>; N],
    ) -> Option<&TextEntry> {
        if self.layouts.may_need_scope(version) {
            self.find_by_scope(version, tags)
        } else {
            None
        }
    }

    #[inline(never)]
    fn find_by_scope(&self, version: ViewsVersion, tags: &[TagText<'_>]) -> Option<&TextEntry> {
        let layout = self.layouts.find(version);
        let shape = layout.and_then(|layout| layout.scoped_shape(tags))?;
        let key = CacheKey::column_texts(version);
        let by_text = &self.by_text;
        // Moved: a reference to each variable would cost an indirection.
        with_current(move |scope| match shape.column_count() {
            1 => by_text.find(key, &shape.column_texts::<1>(tags, scope)),
            2 => by_text.find(key, &shape.column_texts::<2>(tags, scope)),
            3 => by_text.find(key, &shape.column_texts::<3>(tags, scope)),
            columns @ 4..=16 => {
                let texts = shape.column_texts::<16>(tags, scope);
                by_text.find_any(key, &texts.into_iter().take(columns))
            }
            _ => None,
        })
    }
}

/// Measurements that no cache has.
impl ThreadCache {
    /// See [`Layouts::shape_of`].
    pub(super) fn shape_of(
        &mut self,
        cell: &MeasureCell,
        version: ViewsVersion,
        tags: &[Tag<'_>],
    ) -> Option<MeasurementShape> {
        let shape = self.layouts.shape_of(cell, version, tags)?;
        note(&mut self.versions, version);
        Some(shape)
    }

    /// The values of a measurement's columns, of which there are at most `N`.
    pub(super) fn column_values<'a, const N: usize>(
        &self,
        shape: MeasurementShape,
        tags: &'a [Tag<'_>],
        scope: Option<&'a TagMap>,
    ) -> Option<[&'a str; N]> {
        let layout = self.layouts.get(shape.layout)?;
        Some(layout.column_values(shape.shape, tags, scope))
    }

    /// Finds or adds the rows with these values of the columns, caches their targets if that is worthwhile, and calls
    /// `f` for each target.
    pub(super) fn resolve(
        &mut self,
        shape: MeasurementShape,
        values: &[&str],
        cache_by: CacheBy<'_>,
        f: &mut dyn FnMut(&Target),
    ) -> Option<()> {
        let Self {
            thread,
            by_address,
            by_text,
            layouts,
            shards,
            resolver,
            ..
        } = self;
        let layout = layouts.get(shape.layout)?;
        let value_of = |column: &TagKey| layout.column_value(values, column);
        resolver.resolve(layout.views(), value_of, |view, row| {
            shards.target(*thread, view, row)
        });
        resolver.targets().iter().for_each(f);
        if let Some(targets) = resolver.cacheable_targets(layout.view_count()) {
            let version = layout.version();
            match cache_by {
                CacheBy::OwnTags(tags) => {
                    // By text for literals, too: a call with an exemplar, and an alias, look up by text.
                    if let Some(addresses) = padded(tags) {
                        let key = CacheKey::addresses(version, tags.len());
                        by_address.insert(key, addresses, targets);
                    }
                    by_text.insert(CacheKey::own_texts(version), own_texts(tags), targets);
                }
                CacheBy::Columns => {
                    by_text.insert(
                        CacheKey::column_texts(version),
                        column_texts(values),
                        targets,
                    );
                }
            }
        }
        resolver.clear();
        Some(())
    }

    /// Finds or adds the rows of a bound measure's tags in these views, which are those of `version`. Caches their targets
    /// if that is worthwhile and `may_cache`, and calls `f` for each target.
    pub(super) fn resolve_bound<'v>(
        &mut self,
        id: BoundId,
        version: ViewsVersion,
        may_cache: bool,
        views: &[Arc<LiveView>],
        value_of: impl Fn(&TagKey) -> &'v str,
        f: &mut dyn FnMut(&Target),
    ) {
        let Self {
            thread,
            versions,
            by_address,
            shards,
            resolver,
            ..
        } = self;
        resolver.resolve(views.iter().cloned(), value_of, |view, row| {
            shards.target(*thread, view, row)
        });
        resolver.targets().iter().for_each(f);
        note(versions, version);
        if may_cache
            && id != BoundId::EXHAUSTED
            && let Some(targets) = resolver.cacheable_targets(views.len())
        {
            let mut addresses = PaddedAddresses::default();
            let [first, ..] = &mut addresses;
            *first = TagAddresses::of_bound(id);
            by_address.insert(CacheKey::bound(version), addresses, targets);
        }
        resolver.clear();
    }
}

/// Adds a version to those in order.
fn note(versions: &mut Vec<u64>, version: ViewsVersion) {
    if let Err(index) = versions.binary_search(&version.0) {
        versions.insert(index, version.0);
    }
}
