//! The views of the catalogue, found by name, and who holds each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::column_values::{column_sets, too_many_combinations, too_many_rows};
use super::family_names::{Claims, family_name, suffixes};
use super::initial_rows::initial_keys;
use super::{Problem, ProblemKind};
use crate::aggregate::{LiveView, MetricType, metric_type};
use crate::declare::{ByName, TagKeyCell, ViewSpec};
use crate::id::ViewId;

/// The registered views.
#[derive(Default)]
pub(super) struct Views {
    /// In the order of registration.
    by_id: BTreeMap<ViewId, Arc<LiveView>>,
    by_name: HashMap<String, Held>,
    claims: Claims<ViewId>,
}

/// A registered view. It stays as long as it has a holder.
struct Held {
    id: ViewId,
    /// Whether the program has registered it. It was not if an exporter did.
    by_program: bool,
    /// How many times exporters hold it.
    #[cfg(feature = "prometheus")]
    by_exporters: usize,
}

/// Who holds a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// The program, until it unregisters the view.
    Program,
    /// An exporter, which releases the view when it is dropped. Each of its holds counts.
    #[cfg(feature = "prometheus")]
    Exporter,
}

impl Views {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<LiveView>> {
        self.by_id.values()
    }

    /// The view of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<LiveView>> {
        self.live(self.by_name.get(name)?.id)
    }

    fn live(&self, id: ViewId) -> Option<&Arc<LiveView>> {
        self.by_id.get(&id)
    }

    /// The view of this definition.
    pub(super) fn find(&self, view: &ViewSpec) -> Option<&Arc<LiveView>> {
        self.named(&view.name)
            .filter(|live| live.spec.is_same_definition(view))
    }

    /// Adds a view, unless the names of its samples are taken, or its closed columns have too many values. It has no
    /// holder yet.
    pub(super) fn add(
        &mut self,
        view: ViewSpec,
        tag_keys: &ByName<TagKeyCell>,
    ) -> Result<&Arc<LiveView>, Problem> {
        let columns = column_sets(tag_keys, &view);
        if let Some(problem) = too_many_combinations(&view, &columns) {
            return Err(problem);
        }
        let keys = initial_keys(&view, &columns).map_err(|rows| too_many_rows(&view, rows))?;
        let id = ViewId::next();
        let (family, metric_type) = family(&view);
        if let Err((sample, other)) = self.claims.claim(&family, suffixes(metric_type), id) {
            let first = self.live(other).map(|live| &live.spec);
            let sample = sample.strip_prefix(NAMESPACE_PREFIX).unwrap_or(&sample);
            return Err(Problem {
                kind: ProblemKind::Conflict,
                message: format!(
                    "view `{}` would export `{sample}`, which belongs to view `{}`",
                    view.name,
                    first.map_or("", |first| &first.name)
                ),
                rejected_at: view.origin,
                kept_at: first.map(|first| first.origin),
            });
        }
        let held = Held {
            id,
            by_program: false,
            #[cfg(feature = "prometheus")]
            by_exporters: 0,
        };
        self.by_name.insert(view.name.to_string(), held);
        let live = Arc::new(LiveView::new(id, view, columns, &keys));
        Ok(self.by_id.entry(id).insert_entry(live).into_mut())
    }

    fn held(&mut self, id: ViewId) -> Option<&mut Held> {
        let name = &self.by_id.get(&id)?.spec.name;
        self.by_name.get_mut(&**name)
    }

    /// Gives a view a holder.
    pub(super) fn hold(&mut self, id: ViewId, holder: Holder) {
        let Some(held) = self.held(id) else {
            return;
        };
        match holder {
            Holder::Program => held.by_program = true,
            #[cfg(feature = "prometheus")]
            Holder::Exporter => held.by_exporters += 1,
        }
    }

    /// Takes one hold of an exporter from a registration of a view, which may be gone. If it was the last hold, removes
    /// the view, and returns it.
    #[cfg(feature = "prometheus")]
    pub(super) fn release(&mut self, id: ViewId) -> Option<Arc<LiveView>> {
        let held = self.held(id)?;
        held.by_exporters = held.by_exporters.saturating_sub(1);
        if held.by_program || held.by_exporters > 0 {
            return None;
        }
        self.remove(id)
    }

    /// Removes a registration of a view, whatever holders it has, and returns it.
    pub(super) fn remove(&mut self, id: ViewId) -> Option<Arc<LiveView>> {
        let live = self.by_id.remove(&id)?;
        self.by_name.remove(&*live.spec.name);
        let (family, metric_type) = family(&live.spec);
        self.claims.release(&family, suffixes(metric_type));
        Some(live)
    }
}

/// Stands for any namespace. Each exporter checks the names again with its own: without a namespace, `1st` and `_1st`
/// clash, and a view outside the namespace may clash with one inside.
const NAMESPACE_PREFIX: &str = "n_";

fn family(view: &ViewSpec) -> (String, MetricType) {
    let metric_type = metric_type(view);
    (family_name("n", &view.name, metric_type), metric_type)
}
