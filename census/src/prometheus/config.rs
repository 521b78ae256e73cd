//! The settings of an exporter.

use crate::declare::Origin;
use crate::declare::name::{self, LabelProblem};
use crate::register::{Problem, ProblemKind};

/// The settings that change the exported families.
#[derive(Clone, Debug, Default)]
pub(super) struct ExporterConfig {
    pub(super) namespace: String,
    pub(super) const_labels: Vec<ConstLabel>,
    /// The labels of the family `build_info`. If there are none, there is no such family.
    pub(super) build_info: Vec<(String, String)>,
}

/// A label that every series of every view has.
#[derive(Clone, Debug)]
pub(super) struct ConstLabel {
    /// The name, sanitized.
    pub(super) name: String,
    pub(super) value: String,
    /// Where the program adds it.
    pub(super) origin: Origin,
}

impl ExporterConfig {
    /// Removes the const labels that cannot be exported. Returns the problem of each.
    pub(super) fn remove_invalid_labels(&mut self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut valid: Vec<ConstLabel> = Vec::new();
        for label in std::mem::take(&mut self.const_labels) {
            let earlier = valid.iter().find(|earlier| earlier.name == label.name);
            // A const label is on histograms, too.
            let reason = match name::label_problem(&label.name, true) {
                _ if label.name.is_empty() => "has no name",
                Some(LabelProblem::BucketBound) => {
                    "has the name of the label of a histogram's buckets"
                }
                Some(LabelProblem::Reserved) => "begins with `__`, which Prometheus reserves",
                None if earlier.is_some() => "is given twice",
                None => {
                    valid.push(label);
                    continue;
                }
            };
            problems.push(Problem {
                kind: ProblemKind::InvalidExporter,
                message: format!("const label `{}` {reason}", label.name),
                rejected_at: label.origin,
                kept_at: earlier.map(|earlier| earlier.origin),
            });
        }
        self.const_labels = valid;
        problems
    }
}
