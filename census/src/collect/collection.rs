//! The one reader of rows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::view_data::{Row, ViewData};
#[cfg(feature = "pages")]
use crate::aggregate::SortedValues;
use crate::aggregate::{Data, LiveView, ObservedRows, RowView};
#[cfg(feature = "prometheus")]
use crate::aggregate::{Removal, RowCounts};
#[cfg(feature = "testing")]
use crate::declare::Column;
use crate::declare::ViewSpec;
use crate::{observe, register};

/// A collection: the views whose rows are to be read. These are the views that are registered when it begins.
///
/// It is the only caller of [`LiveView::for_each_row`]. `View::data`, snapshots, scrapes in all formats and the
/// collector for other registries each begin a collection. Observed measures are read when it begins.
#[derive(Debug)]
pub(crate) struct Collection {
    views: Vec<Arc<LiveView>>,
    /// The rows of each view of an observed measure: those that were read for this collection. None for a view of a
    /// recorded measure, and where a reading has failed.
    observed: Vec<Option<ObservedRows>>,
}

/// A view of a [`Collection`].
#[derive(Clone, Copy)]
pub(crate) struct CollectedView<'c> {
    live: &'c Arc<LiveView>,
    observed: Option<&'c ObservedRows>,
}

impl Collection {
    /// Begins a collection of all registered views. Waits for this deadline at most until what is observed is read.
    pub(crate) fn of_all(deadline: Duration) -> Self {
        Self::begin(register::views(), deadline)
    }

    /// Begins a collection of the registered view of this definition, if there is one.
    pub(crate) fn of_view(view: &ViewSpec) -> Self {
        let views = register::find(view).into_iter().collect();
        Self::begin(views, observe::DEFAULT_DEADLINE)
    }

    /// Begins a collection of the registered view of this name, if there is one.
    #[cfg(feature = "pages")]
    pub(crate) fn of_name(name: &str, deadline: Duration) -> Self {
        let mut views = register::views();
        views.retain(|view| *view.spec.name == *name);
        Self::begin(views, deadline)
    }

    /// The registered views, for a caller that looks at their definitions only. Nothing is read.
    #[cfg(any(feature = "prometheus", feature = "testing"))]
    pub(crate) fn of_definitions() -> Self {
        let views = register::views();
        let observed = views.iter().map(|_| None).collect();
        Self { views, observed }
    }

    /// All collections begin here, so a step that must come before every collection has one place.
    fn begin(views: Vec<Arc<LiveView>>, deadline: Duration) -> Self {
        let observed = observe::rows(&views, deadline);
        for view in &views {
            register::remove_idle(view);
        }
        Self { views, observed }
    }

    /// The views, in the order of their declarations, then of their registration.
    pub(crate) fn views(&self) -> impl ExactSizeIterator<Item = CollectedView<'_>> {
        let views = self.views.iter().zip(&self.observed);
        views.map(|(live, observed)| CollectedView {
            live,
            observed: observed.as_ref(),
        })
    }

    /// The view with this index among [`views`](Self::views).
    #[cfg(feature = "prometheus")]
    pub(crate) fn view(&self, index: usize) -> Option<CollectedView<'_>> {
        let live = self.views.get(index)?;
        let observed = self.observed.get(index)?.as_ref();
        Some(CollectedView { live, observed })
    }
}

impl<'c> CollectedView<'c> {
    /// The definition.
    pub(crate) fn spec(self) -> &'c Arc<ViewSpec> {
        &self.live.spec
    }

    /// The registration of the view. The same view registered again has another identifier, and other rows.
    #[cfg(feature = "prometheus")]
    pub(crate) fn id(self) -> crate::id::ViewId {
        self.live.id()
    }

    /// Whether rows go when they are idle.
    #[cfg(feature = "prometheus")]
    pub(crate) fn has_idle(self) -> bool {
        self.live.has_idle()
    }

    /// How many rows were removed for this reason.
    #[cfg(feature = "prometheus")]
    pub(crate) fn removed_rows(self, reason: Removal) -> u64 {
        self.live.removed_rows(reason)
    }

    /// How many measurements went to overflow rows.
    pub(crate) fn overflowed(self) -> u64 {
        self.live.overflowed()
    }

    /// How many rows the view may have, beside those that do not count.
    #[cfg(feature = "prometheus")]
    pub(crate) fn max_series(self) -> usize {
        self.live.max_series()
    }

    /// How many rows there are.
    #[cfg(feature = "prometheus")]
    pub(crate) fn row_counts(self) -> RowCounts {
        match self.observed {
            Some(rows) => self.live.observed_row_counts(rows),
            None => self.live.row_counts(),
        }
    }

    /// Whether it is a view of an observed measure whose values could not be read.
    #[cfg(feature = "pages")]
    pub(crate) fn is_unread(self) -> bool {
        self.live.is_observed() && self.observed.is_none()
    }

    /// When it was registered.
    #[cfg(feature = "pages")]
    pub(crate) fn start(self) -> SystemTime {
        self.live.start
    }

    /// For each column the values of its closed set, if it has one.
    #[cfg(feature = "pages")]
    pub(crate) fn closed_columns(self) -> Vec<Option<&'c SortedValues>> {
        self.live.closed_columns()
    }

    /// The columns that any text may be in, because of which the view may overflow.
    #[cfg(feature = "testing")]
    pub(crate) fn open_columns(self) -> Vec<&'c Column> {
        self.live.open_columns()
    }

    /// Whether the view has rows, or had some that were removed.
    #[cfg(feature = "prometheus")]
    pub(crate) fn has_had_rows(self) -> bool {
        if self.live.is_observed() {
            return self.observed.is_some_and(|rows| !rows.is_empty());
        }
        self.live.rows.have_been_there()
    }

    /// Calls `f` with each row until `f` fails: in the order in which the rows were added, except that a row may have the place
    /// of one that was removed, or of an observed measure in the order of their tags. No lock is held while `f` runs.
    pub(crate) fn for_each_row<E>(
        self,
        f: impl FnMut(RowView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.observed {
            Some(rows) => self.live.for_each_observed_row(rows, f),
            None if self.live.is_observed() => Ok(()),
            None => self.live.for_each_row(f),
        }
    }

    /// Reads the rows and copies them, without those for whose data `convert` returns `None`.
    pub(super) fn data<D>(self, convert: impl Fn(Data) -> Option<D>) -> ViewData<D> {
        let mut rows = Vec::new();
        let Ok(()) = self.for_each_row(|row| {
            let data = row.data().and_then(&convert);
            rows.extend(data.map(|data| Row::new(&self.spec().columns, &row, data)));
            Ok::<(), Infallible>(())
        });
        ViewData {
            rows,
            start: self.live.start,
            // The clock may have been set back since the view was registered.
            end: SystemTime::now().max(self.live.start),
            overflowed: self.overflowed(),
        }
    }
}
