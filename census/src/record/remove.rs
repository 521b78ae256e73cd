//! Removing rows, which also clears this thread's cache.

use super::cache;
use crate::aggregate::LiveView;
use crate::declare::{TagKey, View};
use crate::register;
use crate::tags::{TagMap, TagValue};

impl<A> View<A> {
    /// Removes the row for these tags. Returns whether it was there. Tags that are not columns are ignored; a column that has
    /// no tag is empty. ([Rows that go](crate::view!#rows-that-go) says more, also of rows that go because they are idle.)
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagKey, measure, record, tag, tags, view};
    ///
    /// #[tag]
    /// static TENANT: TagKey;
    /// /// Bytes stored.
    /// #[measure(unit = "By")]
    /// static STORED: Measure<u64>;
    /// view! { static STORED_BYTES: Sum<STORED> by (TENANT); }
    ///
    /// record!(STORED = 1 << 20, tags(TENANT = "acme"));
    /// assert!(STORED_BYTES.remove(&tags!(TENANT = "acme")));
    /// assert!(STORED_BYTES.data().rows.is_empty());
    ///
    /// // A later measurement begins a new row, at zero.
    /// record!(STORED = 7, tags(TENANT = "acme"));
    /// assert!(STORED_BYTES.data().get(&tags!(TENANT = "acme")).is_some_and(|sum| *sum == 7));
    /// ```
    ///
    /// A measurement that begins after this has returned is in a new row. One that is under way, on another thread, may go with
    /// the removed row. So does what is held by guards ([`Measure::hold`](crate::Measure::hold), calls in flight): their ends make
    /// no row, and take no row below zero.
    ///
    /// A row that the view has from the start (that of a view without columns, those of measured functions and of closed
    /// columns) is there again at once, with zeros; a scrape that runs just then may lack it. The overflow row is removed as any other: its open columns have the value
    /// `_overflow`. A removed row does not count for `max_series` any more.
    ///
    /// Of an [observed](crate::Observed) total, this forgets what was kept. If it is still read, it is shown again, as it is
    /// read, or in the overflow row if there is one. The rows of other observed measures are those that were read last, so there is nothing to remove.
    ///
    /// Each thread that records to other rows of the measure looks them up again, once, which costs it about as much as when it
    /// met them first. [`clear`](Self::clear) and `idle` cause this once for many rows. Other measures are not affected. A thread
    /// frees its words of removed rows when it next records a measurement that is not in its cache, or whose tags are not all
    /// literals or enums, or when it ends.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn remove(&self, tags: &TagMap) -> bool {
        let removed = self.with_live(|view| {
            let mut key = String::new();
            view.push_row_key(&mut key, |column: &TagKey| {
                tags.get(column).map_or("", TagValue::as_str)
            });
            register::remove_row(view, &key)
        });
        removed.unwrap_or_default()
    }

    /// Removes all rows, as [`remove`](Self::remove) does, and returns how many there were. Those that the view has from the
    /// start are there again at once, with zeros.
    pub fn clear(&self) -> usize {
        self.with_live(register::clear).unwrap_or_default()
    }

    /// Calls `f` with the view, if it is registered, and drops what this thread has cached of removed rows.
    fn with_live<R>(&self, f: impl FnOnce(&LiveView) -> R) -> Option<R> {
        let live = register::find(&self.spec())?;
        let result = f(&live);
        cache::invalidate_current();
        Some(result)
    }
}
