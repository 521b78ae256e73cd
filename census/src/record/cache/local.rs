//! Recording by a [`LocalMeasure`](crate::record::LocalMeasure), which has a reference to the thread's own words.
//!
//! The words may be used while the version is that of the measure and the thread has not cleared its [hot table](super::hot)
//! since: it clears that before it drops any of its words.

use std::cell::Cell;

use super::address::TagAddresses;
use super::bound::record_bound;
use super::cache_key::CacheKey;
use super::{hot, slot};
use crate::aggregate::{OwnRow, Target};
use crate::declare::{Measure, Value};
use crate::id::BoundId;
use crate::register::{ViewsVersion, unchecked_version};
use crate::sync::AtomicU64;
use crate::tags::TagMap;

/// The words of a local measure, as they were when it last looked.
#[derive(Debug)]
struct LocalTarget {
    /// The version that the words were found for, and how often the hot table was cleared before.
    version: Cell<ViewsVersion>,
    clears: Cell<u64>,
    /// The word to add one to, if a measurement does nothing else.
    counter: Cell<Option<&'static AtomicU64>>,
    /// The only target; `None` if there are several, or if other threads share its words.
    row: Cell<Option<OwnRow>>,
}

impl LocalTarget {
    /// Nothing is known yet.
    const fn unknown() -> Self {
        Self {
            version: Cell::new(NO_VERSION),
            clears: Cell::new(0),
            counter: Cell::new(None),
            row: Cell::new(None),
        }
    }
}

/// No measure has this version: the flags of an odd version are not set.
const NO_VERSION: ViewsVersion = ViewsVersion(u64::MAX);

/// A measure and tags, and the words of this thread for them.
#[derive(Debug)]
pub(in crate::record) struct Local<T: Value> {
    pub(in crate::record) measure: Measure<T>,
    pub(in crate::record) tags: TagMap,
    id: BoundId,
    target: LocalTarget,
}

impl<T: Value> Local<T> {
    pub(in crate::record) fn new(measure: Measure<T>, tags: TagMap) -> Self {
        Self {
            measure,
            tags,
            id: BoundId::next(),
            target: LocalTarget::unknown(),
        }
    }

    #[inline]
    pub(in crate::record) fn record(&self, value: T) {
        let target = &self.target;
        let version = unchecked_version(self.measure.cell());
        if target.version.get() != version || target.clears.get() != hot::clears() {
            return self.record_and_look(value);
        }
        if let Some(bits) = value.to_bits() {
            if let Some(counter) = target.counter.get() {
                return OwnRow::count(counter);
            }
            if target.row.get().is_some_and(|row| row.record(bits)) {
                return;
            }
        }
        self.record_by_id(value);
    }

    #[cold]
    #[inline(never)]
    fn record_by_id(&self, value: T) {
        record_bound(&self.measure, self.id, &self.tags, value);
    }

    /// Records by the identifier, and looks for the words.
    #[cold]
    #[inline(never)]
    fn record_and_look(&self, value: T) {
        self.record_by_id(value);
        let version = unchecked_version(self.measure.cell());
        let key = CacheKey::bound(version);
        let row = slot::with_attached(|cache| {
            let targets = cache.find_by_address(key, &[TagAddresses::of_bound(self.id)])?;
            let target = targets.only_target();
            let target = target.filter(|target| cache.has_chunk_of(target));
            Some(target.and_then(Target::own_row))
        });
        let row = row.flatten();
        // Without an entry, it looks again next time.
        self.target.version.set(row.map_or(NO_VERSION, |_| version));
        let row = row.flatten();
        self.target.clears.set(hot::clears());
        self.target.counter.set(row.and_then(OwnRow::counter));
        self.target.row.set(row);
    }
}
