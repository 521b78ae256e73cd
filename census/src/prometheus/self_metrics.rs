//! The families in which the library reports on itself.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::config::ConstLabel;
use super::failure::FailedScrapes;
use super::written::WrittenRegistry;
use crate::aggregate::{
    DROPPED_BUSY, DROPPED_INVALID, DROPPED_PANICKED, DROPPED_TOO_LONG, MetricType, Removal,
};
use crate::collect::CollectedView;
use crate::observe::{self, Reason};
use crate::register;

const OVERFLOWED: &str = "census_overflowed_measurements";
const REMOVED: &str = "census_removed_rows";
const REJECTED: &str = "census_refused_measurements";
const DROPPED: &str = "census_dropped_exemplars";
const PROBLEMS: &str = "census_catalogue_problems";
const LEFT_OUT: &str = "census_left_out_families";
const FAILED: &str = "census_failed_scrapes";
const FAILED_OBSERVATIONS: &str = "census_failed_observations";

/// Autometrics's name for the family of the program's version, commit and branch. It exists only on request.
const BUILD_INFO: &str = "build_info";

/// The names and types of the families, which no view may have.
pub(super) fn names(has_build_info: bool) -> impl Iterator<Item = (&'static str, MetricType)> {
    let build_info = has_build_info.then_some((BUILD_INFO, MetricType::Gauge));
    [
        (OVERFLOWED, MetricType::Counter),
        (REMOVED, MetricType::Counter),
        (REJECTED, MetricType::Counter),
        (DROPPED, MetricType::Counter),
        (PROBLEMS, MetricType::Gauge),
        (LEFT_OUT, MetricType::Gauge),
        (FAILED, MetricType::Counter),
        (FAILED_OBSERVATIONS, MetricType::Counter),
    ]
    .into_iter()
    .chain(build_info)
}

/// The state that the families report on, at one scrape.
pub(super) struct SelfMetrics<'a, V> {
    /// The families to export: those whose names no other family has.
    pub(super) names: &'a [&'static str],
    /// The labels of `build_info`.
    pub(super) build_info: &'a [ConstLabel],
    /// The exported views.
    pub(super) views: V,
    /// How many problems the catalogue and the exporter have.
    pub(super) problems: usize,
    /// The families that the scrape lacks, because another registry has samples of their names.
    pub(super) left_out: &'a [String],
    /// The exporter's scrapes that failed.
    pub(super) failed: &'a FailedScrapes,
}

/// A family that the library reports on itself, in no format yet.
pub(super) struct SelfFamily<'a> {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) metric_type: MetricType,
    /// At least one.
    pub(super) samples: Vec<SelfSample<'a>>,
}

/// A sample of a [`SelfFamily`].
#[derive(PartialEq)]
pub(super) struct SelfSample<'a> {
    pub(super) labels: Vec<(&'a str, Cow<'a, str>)>,
    pub(super) value: u64,
}

impl<'a, V: Iterator<Item = CollectedView<'a>> + Clone> SelfMetrics<'a, V> {
    /// The families in the order in which they are exported, without those that have no samples.
    pub(super) fn families(self) -> Vec<SelfFamily<'a>> {
        let build_info = SelfSample {
            labels: self
                .build_info
                .iter()
                .map(|label| (label.name.as_str(), Cow::Borrowed(label.value.as_str())))
                .collect(),
            value: 1,
        };
        let failed_observations = failed_observations(self.views.clone());
        // A view without columns has one row and cannot overflow. Nor can a view that never had a row.
        let overflowed = self
            .views
            .clone()
            .filter(|view| !view.spec().columns.is_empty())
            .filter(|view| view.has_had_rows() || view.overflowed() > 0)
            .map(|view| {
                let name = Cow::Borrowed(&*view.spec().name);
                SelfSample::labeled("view", name, view.overflowed())
            });
        let removed = removed_rows(self.views.clone());
        let rejected = register::rejected_values()
            .into_iter()
            .map(|(measure, count)| SelfSample::labeled("measure", Cow::Owned(measure), count));
        let dropped = [
            ("busy", &DROPPED_BUSY),
            ("invalid", &DROPPED_INVALID),
            ("panicked", &DROPPED_PANICKED),
            ("too_long", &DROPPED_TOO_LONG),
        ];
        // Relaxed: a count orders no other memory.
        let dropped = dropped.into_iter().map(|(reason, count)| {
            let count = count.load(Ordering::Relaxed);
            SelfSample::labeled("reason", Cow::Borrowed(reason), count)
        });
        let failed = self.failed.iter();
        let failed = failed
            .map(|(reason, count)| SelfSample::labeled("reason", Cow::Borrowed(reason), count));
        let left_out = self.left_out.iter();
        let left_out = left_out.map(|family| SelfSample::left_out(family));
        let problems = u64::try_from(self.problems).unwrap_or(u64::MAX);
        let mut families = vec![
            SelfFamily {
                name: BUILD_INFO,
                help: "What the program was built from.",
                metric_type: MetricType::Gauge,
                samples: vec![build_info],
            },
            SelfFamily {
                name: OVERFLOWED,
                help: "Measurements that went to overflow rows, because their view had as many rows as it may have.",
                metric_type: MetricType::Counter,
                samples: overflowed.collect(),
            },
            SelfFamily {
                name: REMOVED,
                help: "Rows that were removed, because they were idle, or by the program.",
                metric_type: MetricType::Counter,
                samples: removed,
            },
            SelfFamily {
                name: REJECTED,
                help: "Measurements and readings that were NaN or infinite, and totals that were negative.",
                metric_type: MetricType::Counter,
                samples: rejected.collect(),
            },
            SelfFamily {
                name: DROPPED,
                help: "Exemplars that were dropped.",
                metric_type: MetricType::Counter,
                samples: dropped.collect(),
            },
            SelfFamily {
                name: PROBLEMS,
                help: "Declarations that the catalogue or the exporter rejected.",
                metric_type: MetricType::Gauge,
                samples: vec![SelfSample::unlabeled(problems)],
            },
            left_out_family(left_out.collect()),
            SelfFamily {
                name: FAILED,
                help: "Scrapes that were answered without an exposition.",
                metric_type: MetricType::Counter,
                samples: failed.collect(),
            },
            SelfFamily {
                name: FAILED_OBSERVATIONS,
                help: "Readings of observed measures that failed, so that a scrape lacked families of the measure.",
                metric_type: MetricType::Counter,
                samples: failed_observations,
            },
        ];
        families.retain(|family| self.names.contains(&family.name) && !family.samples.is_empty());
        families
    }
}

/// Adds the families that another registry has and that are left out.
pub(super) fn add_left_out<'a>(families: &mut Vec<SelfFamily<'a>>, written: &'a WrittenRegistry) {
    if written
        .families
        .iter()
        .any(|family| family.name == LEFT_OUT)
    {
        // The registry has the library's own families, from an exporter that was registered into it.
        return;
    }
    for name in &written.left_out {
        let sample = SelfSample::left_out(name);
        match families.iter_mut().find(|family| family.name == LEFT_OUT) {
            None => {
                let before = families.iter().position(|family| family.name == FAILED);
                let index = before.unwrap_or(families.len());
                families.insert(index, left_out_family(vec![sample]));
            }
            // The registry may have several families of this name, and so may the views.
            Some(family) if family.samples.contains(&sample) => {}
            Some(family) => family.samples.push(sample),
        }
    }
}

fn left_out_family(samples: Vec<SelfSample<'_>>) -> SelfFamily<'_> {
    SelfFamily {
        name: LEFT_OUT,
        help: "Families left out of this scrape, because of invalid names, or because another registry has samples of their names.",
        metric_type: MetricType::Gauge,
        samples,
    }
}

/// How many rows were removed. Views whose rows go when they are idle have zeros for that.
fn removed_rows<'a>(views: impl Iterator<Item = CollectedView<'a>>) -> Vec<SelfSample<'a>> {
    let samples = views.flat_map(|view| {
        Removal::ALL.into_iter().filter_map(move |reason| {
            let value = view.removed_rows(reason);
            let is_shown = value > 0 || reason == Removal::Idle && view.has_idle();
            is_shown.then(|| SelfSample {
                labels: vec![
                    ("view", Cow::Borrowed(&*view.spec().name)),
                    ("reason", Cow::Borrowed(reason.label())),
                ],
                value,
            })
        })
    });
    samples.collect()
}

/// How often readings have failed. The observed measures of these views have zeros for the reasons that a reading itself can have.
fn failed_observations<'a>(
    views: impl Iterator<Item = CollectedView<'a>>,
) -> Vec<SelfSample<'static>> {
    let measures = views.map(|view| &view.spec().measure.descriptor);
    let observed = measures.filter(|measure| measure.source.is_observed());
    let zeros = observed.flat_map(|measure| {
        [Reason::Deadline, Reason::Panic].map(|reason| ((measure.name.to_string(), reason), 0))
    });
    let mut counts: BTreeMap<(String, Reason), u64> = zeros.collect();
    let failures = observe::failures().into_iter();
    counts.extend(failures.map(|(measure, reason, count)| ((measure, reason), count)));
    let samples = counts
        .into_iter()
        .map(|((measure, reason), value)| SelfSample {
            labels: vec![
                ("measure", Cow::Owned(measure)),
                ("reason", Cow::Borrowed(reason.label())),
            ],
            value,
        });
    samples.collect()
}

impl<'a> SelfSample<'a> {
    fn left_out(family: &'a str) -> Self {
        Self::labeled("family", Cow::Borrowed(family), 1)
    }

    const fn unlabeled(value: u64) -> Self {
        Self {
            labels: Vec::new(),
            value,
        }
    }

    fn labeled(label: &'a str, label_value: Cow<'a, str>, value: u64) -> Self {
        Self {
            labels: vec![(label, label_value)],
            value,
        }
    }
}
