//! Removing rows, which also clears this thread's cache.

use super::cache;
use crate::aggregate::{LiveView, Removal};
use crate::declare::{TagKey, View};
use crate::register;
use crate::tags::{TagMap, TagValue};

impl<A> View<A> {
    /// Removes the row for these tags. Returns whether it was there. Tags that are not columns are ignored; a column that has
    /// no tag is empty. ([`tags!`](crate::tags!) includes the tags that are current: within a scope, begin with
    /// [`TagMap::new`].) [`remove_all`](Self::remove_all) removes the rows of a tenant in a view with several columns. ([Rows that go](crate::view!#rows-that-go) says more, also of rows that go because they are idle.)
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
    /// met them first. [`remove_all`](Self::remove_all), [`clear`](Self::clear) and `idle` cause this once for many rows. Other measures are not affected. A thread
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

    /// Removes all rows that have these tags, whatever they have in other columns, as [`remove`](Self::remove) does. Returns how
    /// many there were. Tags that are not columns are ignored; without a tag for any column, this is [`clear`](Self::clear).
    ///
    /// ```standalone_crate
    /// use census::{Measure, TagKey, measure, record, tag, tags, view};
    ///
    /// #[tag]
    /// static TENANT: TagKey;
    /// #[tag]
    /// static ROUTE: TagKey;
    /// #[measure]
    /// static REQUESTS: Measure<u64>;
    /// view! { static ROUTE_REQUESTS: Count<REQUESTS> by (TENANT, ROUTE); }
    ///
    /// for route in ["/", "/login"] {
    ///     record!(REQUESTS = 1, tags(TENANT = "acme", ROUTE = route));
    /// }
    /// record!(REQUESTS = 1, tags(TENANT = "other", ROUTE = "/"));
    /// assert_eq!(ROUTE_REQUESTS.remove_all(&tags!(TENANT = "acme")), 2);
    /// assert_eq!(ROUTE_REQUESTS.data().rows.len(), 1);
    /// ```
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn remove_all(&self, tags: &TagMap) -> usize {
        let removed = self.with_live(|view| {
            let value_of = |column: &TagKey| tags.get(column).map(TagValue::as_str);
            let is_meant = |key: &str| view.has_values(key, value_of);
            register::remove_rows(view, is_meant, Removal::Removed)
        });
        removed.unwrap_or_default()
    }

    /// Removes all rows, as [`remove`](Self::remove) does, and returns how many there were. Those that the view has from the
    /// start are there again at once, with zeros.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn clear(&self) -> usize {
        let removed =
            self.with_live(|view| register::remove_rows(view, |_| true, Removal::Cleared));
        removed.unwrap_or_default()
    }

    /// Calls `f` with the view, if it is registered, and drops what this thread has cached of removed rows.
    fn with_live<R>(&self, f: impl FnOnce(&LiveView) -> R) -> Option<R> {
        let live = register::find(&self.spec())?;
        let result = f(&live);
        cache::invalidate_current();
        Some(result)
    }
}
