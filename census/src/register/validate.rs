//! What a view must be, by itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Problem, ProblemKind};
use crate::declare::{AggregationKind, TagKey, ViewSpec, name};

/// Says what is wrong with a view's columns, all of it.
pub(super) fn columns(view: &ViewSpec) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut problem = |message: String| {
        problems.push(Problem {
            kind: ProblemKind::InvalidView,
            message,
            rejected_at: view.origin,
            kept_at: None,
        });
    };
    let mut labels: HashMap<String, &TagKey> = HashMap::new();
    for key in view.columns.iter() {
        let label = name::sanitize(key.name()).into_owned();
        if name::is_reserved_label(key.name()) {
            problem(format!(
                "view `{}`: the column `{}` becomes the label `{label}`, and Prometheus keeps labels beginning with \
                 `__` for itself",
                view.name,
                key.name()
            ));
        }
        if label == "le" && view.aggregation.kind() == AggregationKind::Distribution {
            problem(format!(
                "view `{}`: a distribution cannot have the column `{}`, because `le` is the label of its buckets",
                view.name,
                key.name()
            ));
        }
        match labels.entry(label) {
            Entry::Vacant(free) => {
                free.insert(key);
            }
            Entry::Occupied(taken) if *taken.get() == key => problem(format!(
                "view `{}` has the column `{}` twice",
                view.name,
                key.name()
            )),
            Entry::Occupied(taken) => problem(format!(
                "view `{}`: the columns `{}` and `{}` both become the label `{}`",
                view.name,
                taken.get().name(),
                key.name(),
                taken.key()
            )),
        }
    }
    problems
}
