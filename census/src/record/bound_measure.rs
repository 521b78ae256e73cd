//! A measure with tags that are decided beforehand.

use super::cache;
use super::hold::Held;
use crate::declare::{Measure, Value};
use crate::id::BoundId;
use crate::register::current_version;
use crate::tags::{Carried, TagMap};

/// A measure that records with tags decided beforehand, so that no measurement looks them up. Made by
/// [`Measure::bind`]. Threads may share it. Views may be registered and unregistered meanwhile.
#[derive(Debug)]
pub struct BoundMeasure<T: Value> {
    measure: Measure<T>,
    tags: TagMap,
    /// By this, each thread's cache finds the targets of the tags.
    id: BoundId,
}

impl<T: Value> Measure<T> {
    /// A handle that records with these tags and no others, without looking them up each time.
    ///
    /// The views that there are now get the rows of these tags, with zeros, so that `rate()` in Prometheus sees the first
    /// increase. (A [`LastValue`](crate::LastValue) has no zeros: its row appears with the first value.) These rows count
    /// for `max_series`.
    ///
    /// ```standalone_crate
    /// # use census::{Measure, TagKey, measure, tag, tags, view};
    /// # #[tag]
    /// # static SHARD: TagKey;
    /// # #[measure]
    /// # static WRITES: Measure<u64>;
    /// # view! { static WRITTEN: Sum<WRITES> by (SHARD); }
    /// let writes = WRITES.bind(tags!(SHARD = 7));
    /// writes.record(1);
    /// writes.record(2);
    /// assert!(WRITTEN.data().get(&tags!(SHARD = 7)).is_some_and(|sum| *sum == 3));
    /// ```
    #[must_use]
    pub fn bind(&self, tags: TagMap) -> BoundMeasure<T> {
        make_rows(self, &tags);
        BoundMeasure {
            measure: self.clone(),
            tags,
            id: BoundId::next(),
        }
    }
}

/// Makes the rows of these tags in the views that the measure has now.
pub(super) fn make_rows<T: Value>(measure: &Measure<T>, tags: &TagMap) {
    Carried::current_or_of(tags).within(|| {
        if current_version(measure.cell()).is_some() {
            cache::make_rows(measure.cell(), tags);
        }
    });
}

impl<T: Value> BoundMeasure<T> {
    /// Records a value, as [`Measure::record`] does.
    #[inline]
    pub fn record(&self, value: T) {
        Carried::current_or_of(&self.tags)
            .within(|| cache::record_bound(&self.measure, self.id, &self.tags, value));
    }
}

impl BoundMeasure<i64> {
    /// Adds `value` now, and subtracts it when the returned guard is dropped, as [`Measure::hold`] does, with the tags of
    /// this handle. The guard may outlive the handle.
    pub fn hold(&self, value: i64) -> Held {
        Held::bound(&self.measure, self.id, &self.tags, value)
    }
}
