//! The settings of an exporter.

use std::borrow::Cow;
use std::time::Duration;

use super::escaping::{Escaping, NameKind};
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
    /// Whether names keep the characters that the legacy character set lacks, for scrapers that can read them.
    pub(super) utf8_names: bool,
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
            utf8_names: false,
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

    /// The label with its name in this escaping.
    fn escaped(&self, escaping: Escaping) -> Self {
        Self {
            name: escaping.escape(NameKind::Label, &self.given),
            ..self.clone()
        }
    }
}

impl ExporterConfig {
    /// The escapings in which names are exported.
    pub(super) const fn escapings(&self) -> &'static [Escaping] {
        if self.utf8_names {
            &Escaping::ALL
        } else {
            &[Escaping::Underscores]
        }
    }

    /// The const labels with names of this escaping.
    pub(super) fn const_labels(&self, escaping: Escaping) -> Cow<'_, [ConstLabel]> {
        if !self.utf8_names || self.const_labels.is_empty() {
            return Cow::Borrowed(&self.const_labels);
        }
        let labels = self.const_labels.iter();
        Cow::Owned(labels.map(|label| label.escaped(escaping)).collect())
    }

    /// Removes the labels that cannot be exported. Returns the problem of each.
    pub(super) fn remove_invalid_labels(&mut self) -> Vec<Problem> {
        let utf8_names = self.utf8_names;
        let is_same = |a: &ConstLabel, b: &ConstLabel| {
            let mut escapings = Escaping::ALL.iter();
            a.name == b.name
                || (utf8_names && escapings.any(|it| a.escaped(*it).name == b.escaped(*it).name))
        };
        // A const label is on histograms, too.
        let mut problems = remove_invalid(&mut self.const_labels, "const label", true, is_same);
        let of_build_info = "label of `build_info`";
        let is_same = |a: &ConstLabel, b: &ConstLabel| a.name == b.name;
        let of_build_info = remove_invalid(&mut self.build_info, of_build_info, false, is_same);
        problems.extend(of_build_info);
        problems
    }
}

fn remove_invalid(
    labels: &mut Vec<ConstLabel>,
    noun: &str,
    on_histograms: bool,
    is_same: impl Fn(&ConstLabel, &ConstLabel) -> bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut valid: Vec<ConstLabel> = Vec::new();
    for label in std::mem::take(labels) {
        let earlier = valid.iter().find(|earlier| is_same(earlier, &label));
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
