//! The option `idle` of views, with what removes idle rows. `aggregate/idle.rs` has the protocol.
//!
//! Only a view that has the option refers to this, so other programs do not link it.

use std::any::Any;
use std::time::Duration;

use super::removal::{renew_version, tell};
use crate::aggregate::LiveView;
use crate::declare::{IdleOption, Occasion, ViewBuilder, ViewCell};

const fn option(after: Duration) -> IdleOption {
    IdleOption { after, remove }
}

fn remove(view: &dyn Any, occasion: Occasion) -> bool {
    let view: Option<&LiveView> = view.downcast_ref();
    view.is_some_and(|view| {
        let removed = view.remove_idle(occasion, || renew_version(view));
        tell(view, removed).rows > 0
    })
}

impl ViewCell {
    /// The same view, whose rows leave after this time without a measurement.
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn with_idle(self, idle: Duration) -> Self {
        self.with_idle_option(option(idle))
    }
}

impl<A> ViewBuilder<A> {
    /// Sets after which time without a measurement a row leaves, longer than zero. Default: rows stay.
    ///
    /// A row leaves at a collection (a scrape, a [`snapshot`](crate::snapshot), [`View::data`](crate::View::data)), if
    /// nothing was recorded to it for at least this time. Idle rows also leave before a measurement would go to an overflow
    /// row. A later measurement of the row's key begins a new row, at zero. The row that [`Measure::bind`](crate::Measure::bind)
    /// has made leaves, too, and comes again with the first value. [`view!`](crate::view!#rows-that-go) says more.
    ///
    /// Two kinds of rows never leave this way:
    /// - Rows that the view has from the start: those of measured functions, and those of [closed
    ///   columns](crate::TagKey#closed-sets-of-values).
    /// - Rows with an open guard: of [`Measure::hold`](crate::Measure::hold), or of calls in flight.
    ///
    /// There is no `idle` of a view without columns, whose only row never leaves, and none of a view of an [`Observed`](crate::Observed),
    /// whose rows are those that were read.
    ///
    /// ```standalone_crate
    /// use std::time::Duration;
    ///
    /// use census::{Measure, TagKey, View};
    ///
    /// let tenant = TagKey::new("tenant")?;
    /// let jobs = Measure::<u64>::builder("app/jobs").register()?;
    /// let _view = View::count("jobs", &jobs).column(&tenant).idle(Duration::from_mins(10)).register()?;
    /// # Ok::<(), census::CatalogueError>(())
    /// ```
    pub fn idle(self, idle: Duration) -> Self {
        self.with_idle_option(option(idle))
    }
}
