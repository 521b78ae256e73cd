//! The settings of an exporter.

use std::time::Duration;

use crate::declare::Origin;
use crate::declare::name::{self, LabelProblem};
use crate::observe;
use crate::register::{Problem, ProblemKind};

/// The settings that change the exported families.
#[derive(Clone, Debug)]
pub(super) struct ExporterConfig {
    pub(super) namespace: String,
    pub(super) const_labels: Vec<ConstLabel>,
    /// The labels of the family `build_info`. If there are none, there is no such family.
    pub(super) build_info: Vec<ConstLabel>,
    /// Whether OpenMetrics text has samples that say when rows began.
    pub(super) created_samples: bool,
    /// How long a collection waits for readings.
    pub(super) observe_within: Duration,
}

impl Default for ExporterConfig {
    fn default() -> Self {
        Self {
            namespace: String::new(),
            const_labels: Vec::new(),
            build_info: Vec::new(),
            created_samples: false,
            observe_within: observe::DEFAULT_DEADLINE,
        }
    }
}

/// A label that the program gives to the exporter: every series of every view has it, or the family `build_info`.
#[derive(Clone, Debug)]
pub(super) struct ConstLabel {
    /// The name, sanitized.
    pub(super) name: String,
    /// The name that the program gives.
    given: String,
    pub(super) value: String,
    /// Where the program adds it.
    pub(super) origin: Origin,
}

impl ConstLabel {
    pub(super) fn new(name: &str, value: String, origin: Origin) -> Self {
        Self {
            name: name::sanitize(name).into_owned(),
            given: name.to_owned(),
            value,
            origin,
        }
    }
}

impl ExporterConfig {
    /// Removes the labels that cannot be exported. Returns the problem of each.
    pub(super) fn remove_invalid_labels(&mut self) -> Vec<Problem> {
        // A const label is on histograms, too.
        let mut problems = remove_invalid(&mut self.const_labels, "const label", true);
        let of_build_info = "label of `build_info`";
        problems.extend(remove_invalid(&mut self.build_info, of_build_info, false));
        problems
    }
}

fn remove_invalid(labels: &mut Vec<ConstLabel>, noun: &str, on_histograms: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut valid: Vec<ConstLabel> = Vec::new();
    for label in std::mem::take(labels) {
        let earlier = valid.iter().find(|earlier| earlier.name == label.name);
        let reason = match name::label_problem(&label.name, on_histograms) {
            _ if label.name.is_empty() => "has no name",
            Some(LabelProblem::BucketBound) => "has the name of the label of a histogram's buckets",
            Some(LabelProblem::Reserved) => "begins with `__`, which Prometheus reserves",
            None if earlier.is_some() => "is given twice",
            None => {
                valid.push(label);
                continue;
            }
        };
        problems.push(Problem {
            kind: ProblemKind::InvalidExporter,
            message: message(noun, &label, reason, earlier),
            rejected_at: label.origin,
            kept_at: earlier.map(|earlier| earlier.origin),
        });
    }
    *labels = valid;
    problems
}

/// Says what is wrong with a label, by the name that the program gives, so that it is found there.
fn message(noun: &str, label: &ConstLabel, reason: &str, earlier: Option<&ConstLabel>) -> String {
    let given = label.given.escape_debug();
    let exported = match label.name.as_str() {
        name if name == label.given => String::new(),
        name => format!(", exported as `{name}`,"),
    };
    let first = match earlier {
        Some(earlier) if earlier.given != label.given => {
            format!(", first as `{}`", earlier.given.escape_debug())
        }
        _ => String::new(),
    };
    format!("{noun} `{given}`{exported} {reason}{first}")
}
