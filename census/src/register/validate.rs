//! The checks of a view that need no other declaration.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Problem, ProblemKind};
use crate::aggregate::{MetricType, metric_type};
use crate::declare::name::{self, LabelProblem};
use crate::declare::{TagKey, ViewSpec};

/// All problems of a view's columns.
pub(super) fn column_problems(view: &ViewSpec) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report = |message: String| {
        problems.push(Problem {
            kind: ProblemKind::InvalidView,
            message,
            rejected_at: view.origin,
            kept_at: None,
        });
    };
    let is_histogram = metric_type(view) == MetricType::Histogram;
    let mut labels: HashMap<&str, &TagKey> = HashMap::new();
    for column in view.columns.iter() {
        let (key, label) = (column.key(), column.label());
        match name::label_problem(key.name(), is_histogram) {
            Some(LabelProblem::Reserved) => report(format!(
                "view `{}`: the column `{}` becomes the label `{label}`, and Prometheus reserves labels beginning with \
                 `__`",
                view.name,
                key.name()
            )),
            Some(LabelProblem::BucketBound) => report(format!(
                "view `{}`: a distribution cannot have the column `{}`, because `le` is the label of its buckets",
                view.name,
                key.name()
            )),
            None => {}
        }
        match labels.entry(label) {
            Entry::Vacant(vacant) => {
                vacant.insert(key);
            }
            Entry::Occupied(entry) if *entry.get() == key => report(format!(
                "view `{}` has the column `{}` twice",
                view.name,
                key.name()
            )),
            Entry::Occupied(entry) => report(format!(
                "view `{}`: the columns `{}` and `{}` both become the label `{}`",
                view.name,
                entry.get().name(),
                key.name(),
                entry.key()
            )),
        }
    }
    problems
}
