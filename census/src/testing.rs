//! For tests of a program's metrics. With the feature `testing`.

mod isolate;
mod line;
mod metrics;
mod missing;

use std::fmt;
use std::sync::Arc;

pub use isolate::{Isolated, assert_metrics, assert_nothing, isolate, isolated};
pub use metrics::{Metrics, metrics};

use crate::collect::Collection;
use crate::declare::Origin;

/// What [`lint`] finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    kind: FindingKind,
    view: String,
    measure: String,
    origin: Origin,
}

/// The kind of a [`Finding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// A view exports an empty HELP: neither the view nor its measure has a description.
    NoDescription,
}

impl Finding {
    /// The kind of finding.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The name of the view.
    #[must_use]
    pub fn view(&self) -> &str {
        &self.view
    }

    /// Where the view is.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            view,
            measure,
            origin,
        } = self;
        match kind {
            FindingKind::NoDescription => write!(
                f,
                "the view `{view}` has no description, so its HELP is empty: write a doc comment above the view, or above \
                 its measure `{measure}`\n    view: {origin}"
            ),
        }
    }
}

/// What would be better in the views of this program, in the order of their names: today, views that export an empty HELP.
/// A view that is not valid is a problem of [`check`](crate::check) instead.
///
/// For a test of an application, in one line:
///
/// ```standalone_crate
/// # use census::{Measure, measure, view};
/// # /// Jobs done.
/// # #[measure]
/// # static JOBS: Measure<u64>;
/// # view! { static JOBS_DONE: Count<JOBS>; }
/// assert_eq!(census::testing::lint(), []);
/// ```
#[must_use]
pub fn lint() -> Vec<Finding> {
    let collection = Collection::of_definitions();
    let views = collection.views().map(|view| Arc::clone(view.spec()));
    let mut specs: Vec<_> = views
        .filter(|spec| spec.description.trim().is_empty())
        .collect();
    specs.sort_by(|a, b| a.name.cmp(&b.name));
    let findings = specs.iter().map(|spec| Finding {
        kind: FindingKind::NoDescription,
        view: spec.name.clone().into_owned(),
        measure: spec.measure.descriptor.name.clone().into_owned(),
        origin: spec.origin,
    });
    findings.collect()
}
