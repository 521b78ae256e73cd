//! Models of a thread's cache: versions, rows that go, and measurements that are subtracted later.

mod guards;
mod idle;
mod removal;
mod views;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::address::TagAddresses;
use super::begin_end::{begin_cached, end_in_own, end_in_shared};
use super::bound::resolve_in;
use super::cache_key::CacheKey;
use super::counted_rows::{Beginning, CountedRows};
use super::resolve::{for_each_in, for_each_uncached};
use super::thread_cache::ThreadCache;
use crate::aggregate::models::{COLUMN, measure, sum_of, sums, sums_of};
use crate::aggregate::{LiveView, Target, TargetName};
use crate::declare::{Handle, MeasureCell, ValueBits};
use crate::id::BoundId;
use crate::register::models::{add_view, begin_run};
use crate::register::{ViewsVersion, current_version};
use crate::tags::{Tag, literal_tag};

const ONE: ValueBits = ValueBits(1);
const MINUS_ONE: ValueBits = ValueBits((-1_i64).cast_unsigned());

/// A value of the column.
type Value = &'static &'static str;
static A: &str = "a";
static B: &str = "b";

/// A measure with views, none of which has columns.
fn measure_with(views: usize) -> (Handle<MeasureCell>, Vec<Arc<LiveView>>) {
    begin_run();
    let measure = measure();
    let views: Vec<_> = (0..views).map(|_| sum_of(&measure)).collect();
    for view in &views {
        add_view(&measure, view);
    }
    (measure, views)
}

/// A measure with a view that has a column.
fn measure_by_column() -> (Handle<MeasureCell>, Arc<LiveView>) {
    measure_with_view(sums_of)
}

fn measure_with_view(
    make: impl FnOnce(&Handle<MeasureCell>) -> Arc<LiveView>,
) -> (Handle<MeasureCell>, Arc<LiveView>) {
    begin_run();
    let measure = measure();
    let view = make(&measure);
    add_view(&measure, &view);
    (measure, view)
}

/// A thread that records, with its cache.
struct Recorder {
    measure: Handle<MeasureCell>,
    cache: ThreadCache,
}

impl Recorder {
    fn new(measure: &Handle<MeasureCell>) -> Self {
        let mut cache = ThreadCache::new();
        cache.attach();
        Self {
            measure: measure.clone(),
            cache,
        }
    }

    /// Records as `record!` does.
    fn record(&mut self, bits: ValueBits) {
        self.record_with(&[], bits);
    }

    /// As [`record`](Self::record), to the row with this value of the column.
    fn record_to(&mut self, row: Value, bits: ValueBits) {
        self.record_with(&[literal_tag(&COLUMN, row)], bits);
    }

    fn record_with<const N: usize>(&mut self, tags: &[Tag<'_>; N], bits: ValueBits) {
        let Some(version) = current_version(&self.measure) else {
            return;
        };
        let addresses = tags.each_ref().map(TagAddresses::of);
        if self.cache.hot.record_found(version, &addresses, bits) {
            return;
        }
        if !self.record_by_address(CacheKey::addresses(version, N), &addresses, bits) {
            self.for_each_target(version, tags, &mut |target| target.record(bits));
        }
    }

    fn record_by_address<const N: usize>(
        &self,
        key: CacheKey,
        addresses: &[TagAddresses; N],
        bits: ValueBits,
    ) -> bool {
        let targets = self.cache.find_by_address(key, addresses);
        if let Some(targets) = targets {
            targets.record(bits);
            self.cache.insert_hot(key, addresses, targets.iter());
        }
        targets.is_some()
    }

    fn for_each_target(
        &mut self,
        version: ViewsVersion,
        tags: &[Tag<'_>],
        f: &mut dyn FnMut(&Target),
    ) {
        if for_each_in(&mut self.cache, &self.measure, version, tags, f).is_none() {
            for_each_uncached(&self.measure, tags, f);
        }
    }

    /// Records as a handle does.
    fn record_bound(&mut self, id: BoundId) {
        let Some(version) = current_version(&self.measure) else {
            return;
        };
        if self.cache.hot.record_bound(version, id, ONE) {
            return;
        }
        let addresses = [TagAddresses::of_bound(id)];
        if self.record_by_address(CacheKey::bound(version), &addresses, ONE) {
            return;
        }
        let f = &mut |target: &Target| target.record(ONE);
        resolve_in(&mut self.cache, &self.measure, version, id, |_| "", f);
    }

    /// Records as a thread does that has no cache.
    fn record_uncached(&self, bits: ValueBits) {
        for_each_uncached(&self.measure, &[], &mut |target| target.record(bits));
    }

    /// Records as a thread does that has ended: it has no cache any more.
    fn record_after_end(&self, bits: ValueBits) {
        let Some(version) = current_version(&self.measure) else {
            return;
        };
        if !self.cache.hot.record_found(version, &[], bits) {
            self.record_uncached(bits);
        }
    }

    /// Begins a call, whose rows are in the cache.
    fn begin(&mut self) -> Beginning {
        let begun = self.begin_cached(&[]);
        begun.expect("the rows are in the cache")
    }

    /// Begins a call in the row with this value of the column.
    fn begin_in(&mut self, row: Value) -> Beginning {
        let tags = [literal_tag(&COLUMN, row)];
        if let Some(beginning) = self.begin_cached(&tags) {
            return beginning;
        }
        let mut rows: Box<CountedRows> = Box::default();
        let version = current_version(&self.measure).expect("the measure has views");
        self.for_each_target(version, &tags, &mut |target| {
            target.begin(ONE);
            rows.push(target);
        });
        Beginning::Rows(rows)
    }

    fn begin_cached<const N: usize>(&mut self, tags: &[Tag<'_>; N]) -> Option<Beginning> {
        let version = current_version(&self.measure).expect("the measure has views");
        let addresses = tags.each_ref().map(TagAddresses::of);
        if let Some((place, name)) = self.cache.hot.begin(version, &addresses, ONE) {
            return Some(Beginning::Row(place, name));
        }
        begin_cached(&mut self.cache, version, &addresses, ONE).map(Beginning::Rows)
    }

    /// Ends a call, as the thread with this cache does.
    fn end(&mut self, beginning: Beginning) {
        match beginning {
            Beginning::NotCounted => {}
            Beginning::Row(place, name) => {
                if !self.cache.hot.end(place, &name, MINUS_ONE) {
                    self.end_elsewhere(&name);
                }
            }
            Beginning::Rows(mut rows) => {
                for name in rows.drain() {
                    self.end_elsewhere(&name);
                }
            }
        }
    }

    fn end_elsewhere(&self, name: &TargetName) {
        if end_in_own(&self.cache, name, MINUS_ONE).is_none() {
            end_in_shared(name, &self.measure, MINUS_ONE);
        }
    }
}

/// Reads a view so often. At no time is a row below zero.
fn never_below_zero(view: &LiveView, times: usize) {
    for time in 0..times {
        let sums = sums(view);
        assert!(
            sums.values().all(|sum| *sum >= 0),
            "scrape {time} read {sums:?}"
        );
    }
}

/// The value of the measurement with this number. A row's sum tells how often it has each.
const fn numbered(number: u32) -> ValueBits {
    ValueBits(1 << (8 * number))
}

/// How often each of the first four [`numbered`] measurements is in the row with this value of the column, which may be
/// missing.
fn counted(sums: &BTreeMap<String, i64>, row: Value) -> [u8; 4] {
    let sum = sums.get(*row).copied().unwrap_or_default();
    let counted = u32::try_from(sum).map(u32::to_le_bytes);
    counted.unwrap_or_else(|_| unreachable!("no more than four values: {sums:?}"))
}
