//! The checks of a view that need no other declaration.

use super::{Problem, ProblemKind};
use crate::aggregate::{MetricType, metric_type};
use crate::declare::ViewSpec;
use crate::declare::name::{self, LabelProblem};

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
    let (view, columns) = (&view.name, &view.columns);
    for (index, column) in columns.iter().enumerate() {
        let (name, label) = (column.key().name(), column.label());
        let mut earlier = columns.iter().take(index);
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
        if earlier.clone().any(|other| other.key().name() == name) {
            report(format!("view `{view}` has the column `{name}` twice"));
        } else if let Some(other) = earlier.rfind(|other| other.label() == label) {
            let other = other.key().name();
            report(format!(
                "view `{view}`: the columns `{other}` and `{name}` both have the label `{label}`",
            ));
        }
    }
    problems
}
