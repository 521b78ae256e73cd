//! The names of families that a proposal must not have.

use crate::aggregate;
use crate::declare::ViewSpec;
use crate::register::{Claims, family_name, suffixes};

/// The names of the families that there are, and those that were proposed for views.
pub(super) struct TakenNames(Claims<()>);

impl TakenNames {
    /// The names of these views.
    pub(super) fn of<'v>(views: impl Iterator<Item = &'v ViewSpec>) -> Self {
        let mut names = Self(Claims::default());
        for view in views {
            // Of views that clash under some exporter, each has some of its names there.
            let _ = names.take(view, &view.name);
        }
        names
    }

    /// Takes the names that a view would have if it was named `name`. Returns whether all of them were free.
    pub(super) fn take(&mut self, view: &ViewSpec, name: &str) -> bool {
        let metric_type = aggregate::metric_type(view);
        // The catalogue rejects views that clash under an exporter with a namespace, for which `n` stands. An exporter
        // without one rejects others.
        let families = ["", "n"].map(|namespace| family_name(namespace, name, metric_type));
        let mut claims = families
            .iter()
            .map(|family| self.0.claim(family, suffixes(metric_type), ()));
        claims.all(|claim| claim.is_ok())
    }
}
