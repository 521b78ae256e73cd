//! The views of the catalogue, found by name and by measure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::family_names::{Claims, MetricType, family_name, metric_type};
use super::{Problem, ProblemKind};
use crate::aggregate::LiveView;
use crate::declare::ViewSpec;

/// The registered views. Each has a number that no other has, or had.
#[derive(Default)]
pub(super) struct Views {
    /// In the order of registration.
    by_number: BTreeMap<u64, Arc<LiveView>>,
    by_name: HashMap<String, u64>,
    by_measure: HashMap<String, BTreeSet<u64>>,
    claims: Claims<u64>,
    next: u64,
}

impl Views {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<LiveView>> {
        self.by_number.values()
    }

    /// The view of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<LiveView>> {
        self.by_number.get(self.by_name.get(name)?)
    }

    /// The view of this definition.
    pub(super) fn find(&self, view: &ViewSpec) -> Option<&Arc<LiveView>> {
        self.named(&view.name)
            .filter(|live| live.spec.is_same_definition(view))
    }

    /// The views over this measure.
    pub(super) fn over(&self, measure: &str) -> Vec<Arc<LiveView>> {
        let numbers = self.by_measure.get(measure).into_iter().flatten();
        numbers
            .filter_map(|number| self.by_number.get(number).cloned())
            .collect()
    }

    /// Adds a view, unless its samples' names are taken.
    pub(super) fn add(&mut self, view: ViewSpec) -> Result<(), Problem> {
        let number = self.next;
        let (family, metric_type) = family(&view);
        if let Err((sample, other)) = self.claims.claim(&family, metric_type.suffixes(), number) {
            let first = self.by_number.get(&other).map(|live| &live.spec);
            let sample = sample.strip_prefix(PREFIX).unwrap_or(&sample);
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
        self.next += 1;
        self.by_name.insert(view.name.to_string(), number);
        let measure = view.measure.descriptor.name.to_string();
        self.by_measure.entry(measure).or_default().insert(number);
        self.by_number.insert(number, Arc::new(LiveView::new(view)));
        Ok(())
    }

    /// Removes the view of this definition; whether there was one.
    pub(super) fn remove(&mut self, view: &ViewSpec) -> bool {
        if self.find(view).is_none() {
            return false;
        }
        let Some(number) = self.by_name.remove(&*view.name) else {
            return false;
        };
        self.by_number.remove(&number);
        let measure = &*view.measure.descriptor.name;
        if let Some(numbers) = self.by_measure.get_mut(measure) {
            numbers.remove(&number);
            if numbers.is_empty() {
                self.by_measure.remove(measure);
            }
        }
        let (family, metric_type) = family(view);
        self.claims.release(&family, metric_type.suffixes());
        true
    }
}

/// Stands for any namespace: whoever has none looks again, because of leading digits.
const PREFIX: &str = "n_";

fn family(view: &ViewSpec) -> (String, MetricType) {
    let metric_type = metric_type(view);
    (family_name("n", &view.name, metric_type), metric_type)
}
