//! The checks of a view that need no other declaration.

use std::collections::{HashMap, HashSet};

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
    let mut keys = HashSet::new();
    let (view, columns) = (&view.name, view.columns.iter());
    for (key, label) in columns.map(|column| (column.key(), column.label())) {
        let name = key.name();
        match name::label_problem(label, is_histogram) {
            Some(LabelProblem::Reserved) => report(format!(
                "view `{view}`: the column `{name}` has the label `{label}`, and Prometheus reserves labels beginning with \
                 `__`",
            )),
            Some(LabelProblem::BucketBound) => report(format!(
                "view `{view}`: the column `{name}` of a distribution cannot have the label `le`, which is the label of \
                 its buckets",
            )),
            None => {}
        }
        if !keys.insert(name) {
            report(format!("view `{view}` has the column `{name}` twice"));
        } else if let Some(other) = labels.insert(label, key) {
            let other = other.name();
            report(format!(
                "view `{view}`: the columns `{other}` and `{name}` both have the label `{label}`",
            ));
        }
    }
    problems
}
