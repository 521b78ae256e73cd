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
pub(in crate::record) struct LocalTarget {
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
    pub(in crate::record) const fn unknown() -> Self {
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

/// As [`record_bound`], with what the local measure knows.
#[inline]
pub(in crate::record) fn record_local<T: Value>(
    measure: &Measure<T>,
    known: &LocalTarget,
    id: BoundId,
    tags: &TagMap,
    value: T,
) {
    let version = unchecked_version(measure.cell());
    if known.version.get() != version || known.clears.get() != hot::clears() {
        return record_and_look(measure, known, id, tags, value);
    }
    if let Some(bits) = value.to_bits() {
        if let Some(counter) = known.counter.get() {
            return OwnRow::count(counter);
        }
        if known.row.get().is_some_and(|row| row.record(bits)) {
            return;
        }
    }
    record_bound(measure, id, tags, value);
}

/// Records by the identifier, and looks for the words.
#[cold]
#[inline(never)]
fn record_and_look<T: Value>(
    measure: &Measure<T>,
    known: &LocalTarget,
    id: BoundId,
    tags: &TagMap,
    value: T,
) {
    record_bound(measure, id, tags, value);
    let version = unchecked_version(measure.cell());
    let key = CacheKey::bound(version);
    let row = slot::with_attached(|cache| {
        let targets = cache.find_by_address(key, &[TagAddresses::of_bound(id)])?;
        Some(targets.only_target().and_then(Target::own_row))
    });
    // Without an entry, it looks again next time.
    let row = row.flatten();
    known.version.set(row.map_or(NO_VERSION, |_| version));
    let row = row.flatten();
    known.clears.set(hot::clears());
    known.counter.set(row.and_then(OwnRow::counter));
    known.row.set(row);
}
