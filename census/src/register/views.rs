//! The views of the catalogue, found by name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::column_values::{column_values, too_many_combinations};
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
    by_name: HashMap<String, ViewId>,
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

    /// Adds a view, unless the names of its samples are taken, or its closed columns have too many values.
    pub(super) fn add(
        &mut self,
        view: ViewSpec,
        tag_keys: &ByName<TagKeyCell>,
    ) -> Result<&Arc<LiveView>, Problem> {
        let column_values = column_values(tag_keys, &view);
        if let Some(problem) = too_many_combinations(&view, &column_values) {
            return Err(problem);
        }
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
        let keys = initial_keys(&view, &column_values);
        let live = Arc::new(LiveView::new(id, view, column_values, keys));
        Ok(self.by_id.entry(id).insert_entry(live).into_mut())
    }

    /// Removes the view of this definition, and returns it.
    pub(super) fn remove(&mut self, view: &ViewSpec) -> Option<Arc<LiveView>> {
        self.find(view)?;
        let id = self.by_name.remove(&*view.name)?;
        let (family, metric_type) = family(view);
        self.claims.release(&family, suffixes(metric_type));
        self.by_id.remove(&id)
    }
}

/// Stands for any namespace. Each exporter checks the names again with its own: without a namespace, `1st` and `_1st`
/// clash, and a view outside the namespace may clash with one inside.
const NAMESPACE_PREFIX: &str = "n_";

fn family(view: &ViewSpec) -> (String, MetricType) {
    let metric_type = metric_type(view);
    (family_name("n", &view.name, metric_type), metric_type)
}
