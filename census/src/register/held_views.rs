//! The views that an exporter holds.

use super::Problem;
use super::on_request::{hold_views, release_views};
use crate::declare::ViewSpec;
use crate::id::ViewId;
use crate::tags::Carried;

/// The views that an exporter has registered. When this is dropped, those without another holder are unregistered.
///
/// It holds registrations, and not views: a view that was unregistered and registered again is not its own.
#[derive(Debug)]
pub(crate) struct HeldViews {
    ids: Vec<ViewId>,
    /// Where they are registered.
    carried: Carried,
}

impl HeldViews {
    /// Registers views: those without a problem. Returns the problems of the others.
    pub(crate) fn register(views: Vec<ViewSpec>) -> (Self, Vec<Problem>) {
        let (ids, problems) = hold_views(views);
        let carried = Carried::current();
        (Self { ids, carried }, problems)
    }
}

impl Drop for HeldViews {
    fn drop(&mut self) {
        self.carried.within(|| release_views(&self.ids));
    }
}
