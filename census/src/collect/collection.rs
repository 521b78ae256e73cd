//! The one reader of rows.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::SystemTime;

use super::view_data::{Row, ViewData};
use crate::aggregate::{Data, LiveView, RowView};
use crate::declare::ViewSpec;
use crate::register;

/// A collection: the views whose rows are to be read. These are the views that are registered when it begins.
///
/// It is the only caller of [`LiveView::for_each_row`]. `View::data`, snapshots, scrapes in all formats and the
/// collector for other registries each begin a collection.
#[derive(Debug)]
pub(crate) struct Collection {
    views: Vec<Arc<LiveView>>,
}

/// A view of a [`Collection`].
#[derive(Clone, Copy)]
pub(crate) struct CollectedView<'c> {
    live: &'c Arc<LiveView>,
}

impl Collection {
    /// Begins a collection of all registered views.
    pub(crate) fn of_all() -> Self {
        Self::begin(register::views())
    }

    /// Begins a collection of the registered view of this definition, if there is one.
    pub(crate) fn of_view(view: &ViewSpec) -> Self {
        Self::begin(register::find(view).into_iter().collect())
    }

    /// All collections begin here, so a step that must come before every collection has one place.
    fn begin(views: Vec<Arc<LiveView>>) -> Self {
        Self { views }
    }

    /// The views, in the order of their declarations, then of their registration.
    pub(crate) fn views(&self) -> impl ExactSizeIterator<Item = CollectedView<'_>> {
        self.views.iter().map(|live| CollectedView { live })
    }

    /// The view with this index among [`views`](Self::views).
    #[cfg(feature = "prometheus")]
    pub(crate) fn view(&self, index: usize) -> Option<CollectedView<'_>> {
        self.views.get(index).map(|live| CollectedView { live })
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

    /// How many measurements went to overflow rows.
    pub(crate) fn overflowed(self) -> u64 {
        self.live.rows.overflowed()
    }

    /// Whether the view has no rows.
    #[cfg(feature = "prometheus")]
    pub(crate) fn is_empty(self) -> bool {
        self.live.rows.len() == 0
    }

    /// Reads the rows, and calls `f` with each, in the order in which they were added, until `f` fails. No lock is
    /// held while `f` runs.
    pub(crate) fn for_each_row<E>(
        self,
        f: impl FnMut(RowView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.live.for_each_row(f)
    }

    /// Reads the rows and copies them, without those for whose data `convert` returns `None`.
    pub(super) fn data<D>(self, convert: impl Fn(Data) -> Option<D>) -> ViewData<D> {
        let mut rows = Vec::new();
        let Ok(()) = self.for_each_row(|row| {
            let data = row.data().and_then(&convert);
            rows.extend(data.map(|data| Row::new(&self.spec().columns, row.key, data)));
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
