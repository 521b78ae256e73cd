//! A measure with tags that are decided beforehand, for one thread.

use std::marker::PhantomData;

use super::bound_measure::make_rows;
use super::cache::Local;
use crate::declare::{Measure, Value};
use crate::tags::{Carried, TagMap};

/// A measure that records with tags decided beforehand, on the thread that made the handle. Made by
/// [`Measure::bind_local`]. Views may be registered and unregistered meanwhile.
///
/// It has a reference to the thread's own counter, so it must not leave the thread:
///
/// ```compile_fail,E0277
/// # use census::{Measure, TagMap, measure};
/// # #[measure]
/// # static WRITES: Measure<u64>;
/// let writes = WRITES.bind_local(TagMap::new());
/// std::thread::spawn(move || writes.record(1));
/// ```
#[derive(Debug)]
pub struct LocalMeasure<T: Value> {
    local: Local<T>,
    /// The type is neither `Send` nor `Sync`.
    stays: PhantomData<*const ()>,
}

impl<T: Value> Measure<T> {
    /// A handle that records with these tags and no others, on this thread only. It is faster than one of [`bind`](Self::bind),
    /// which threads may share: a count is nearly as fast as an addition to a variable.
    ///
    /// The views that there are now get the rows of these tags, as with `bind`.
    ///
    /// ```standalone_crate
    /// # use census::{Measure, TagKey, measure, tag, tags, view};
    /// # #[tag]
    /// # static SHARD: TagKey;
    /// # #[measure]
    /// # static WRITES: Measure<u64>;
    /// # view! { static WRITTEN: Sum<WRITES> by (SHARD); }
    /// let writes = WRITES.bind_local(tags!(SHARD = 7));
    /// writes.record(1);
    /// writes.record(2);
    /// assert!(WRITTEN.data().get(&tags!(SHARD = 7)).is_some_and(|sum| *sum == 3));
    /// ```
    #[must_use]
    pub fn bind_local(&self, tags: TagMap) -> LocalMeasure<T> {
        make_rows(self, &tags);
        LocalMeasure {
            local: Local::new(self.clone(), tags),
            stays: PhantomData,
        }
    }
}

impl<T: Value> LocalMeasure<T> {
    /// Records a value, as [`Measure::record`] does.
    #[inline]
    pub fn record(&self, value: T) {
        Carried::current_or_of(&self.local.tags).within(|| self.local.record(value));
    }
}
