//! The views of the catalogue, found by name and by measure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::family_names::{Claims, family_name, suffixes};
use super::initial_rows::initial_keys;
use super::{Problem, ProblemKind};
use crate::aggregate::{LiveView, MetricType, metric_type};
use crate::declare::ViewSpec;
use crate::id::ViewId;

/// The registered views.
#[derive(Default)]
pub(super) struct Views {
    /// In the order of registration.
    by_id: BTreeMap<ViewId, Arc<LiveView>>,
    by_name: HashMap<String, ViewId>,
    by_measure: HashMap<String, BTreeSet<ViewId>>,
    claims: Claims<ViewId>,
}

impl Views {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<LiveView>> {
        self.by_id.values()
    }

    /// The view of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<LiveView>> {
        self.by_id.get(self.by_name.get(name)?)
    }

    /// The view of this definition.
    pub(super) fn find(&self, view: &ViewSpec) -> Option<&Arc<LiveView>> {
        self.named(&view.name)
            .filter(|live| live.spec.is_same_definition(view))
    }

    /// The views over the measure of this name.
    pub(super) fn for_measure(&self, measure: &str) -> Vec<Arc<LiveView>> {
        let ids = self.by_measure.get(measure).into_iter().flatten();
        ids.filter_map(|id| self.by_id.get(id).cloned()).collect()
    }

    /// Adds a view, unless the names of its samples are taken.
    pub(super) fn add(&mut self, view: ViewSpec) -> Result<(), Problem> {
        let id = ViewId::next();
        let (family, metric_type) = family(&view);
        if let Err((sample, other)) = self.claims.claim(&family, suffixes(metric_type), id) {
            let first = self.by_id.get(&other).map(|live| &live.spec);
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
        self.by_name.insert(view.name.to_string(), id);
        let measure = view.measure.descriptor.name.to_string();
        self.by_measure.entry(measure).or_default().insert(id);
        let keys = initial_keys(&view);
        self.by_id
            .insert(id, Arc::new(LiveView::new(id, view, keys)));
        Ok(())
    }

    /// Removes the view of this definition. Returns whether there was one.
    pub(super) fn remove(&mut self, view: &ViewSpec) -> bool {
        if self.find(view).is_none() {
            return false;
        }
        let Some(id) = self.by_name.remove(&*view.name) else {
            return false;
        };
        self.by_id.remove(&id);
        let measure = &*view.measure.descriptor.name;
        if let Some(ids) = self.by_measure.get_mut(measure) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_measure.remove(measure);
            }
        }
        let (family, metric_type) = family(view);
        self.claims.release(&family, suffixes(metric_type));
        true
    }
}

/// Stands for any namespace. Each exporter checks the names again with its own: without a namespace, `1st` and `_1st`
/// clash, and a view outside the namespace may clash with one inside.
const NAMESPACE_PREFIX: &str = "n_";

fn family(view: &ViewSpec) -> (String, MetricType) {
    let metric_type = metric_type(view);
    (family_name("n", &view.name, metric_type), metric_type)
}
