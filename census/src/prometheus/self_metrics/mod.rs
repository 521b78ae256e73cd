//! The families in which the library reports on itself.

mod family;
mod heads;
mod of_exporter;
mod of_views;

pub(super) use self::family::{SelfFamily, SelfSample};
use self::heads::{BUILD_INFO, HEADS, LEFT_OUT, PROBLEMS};
use super::config::ConstLabel;
use super::counts::Counts;
use super::written::WrittenRegistry;
use crate::aggregate::MetricType;
use crate::collect::CollectedView;

/// The names and types of the families, which no view may have.
pub(super) fn names(has_build_info: bool) -> impl Iterator<Item = (&'static str, MetricType)> {
    let heads = HEADS.iter();
    let heads = heads.filter(move |head| has_build_info || head.name != BUILD_INFO.name);
    heads.map(|head| (head.name, head.metric_type))
}

/// The state that the families report on, at one scrape.
pub(super) struct SelfMetrics<'a, V> {
    /// The names of the families to export: those that no other family has.
    pub(super) names: &'a [&'static str],
    /// The labels of `build_info`.
    pub(super) build_info: &'a [ConstLabel],
    /// The exported views.
    pub(super) views: V,
    /// How many problems the catalogue and the exporter have.
    pub(super) problems: usize,
    /// The families that the scrape lacks, because another registry has samples of their names.
    pub(super) left_out: &'a [String],
    /// The exporter's scrapes.
    pub(super) counts: &'a Counts,
}

impl<'a, V: Iterator<Item = CollectedView<'a>> + Clone> SelfMetrics<'a, V> {
    /// The families in the order in which they are exported, without those that have no samples.
    pub(super) fn families(self) -> Vec<SelfFamily<'a>> {
        let build_info = self.build_info.iter();
        let build_info = build_info.map(|label| (label.name.as_str(), label.value.as_str()));
        let problems = u64::try_from(self.problems).unwrap_or(u64::MAX);
        let left_out = self.left_out.iter();
        let mut families = vec![BUILD_INFO.with([SelfSample::new(build_info, 1)])];
        families.extend(of_views::families(self.views));
        families.push(PROBLEMS.with([SelfSample::unlabeled(problems)]));
        families.push(LEFT_OUT.with(left_out.map(|family| SelfSample::left_out(family))));
        families.extend(of_exporter::families(self.counts));
        families.retain(|family| self.names.contains(&family.name) && !family.samples.is_empty());
        families
    }
}

/// Adds the families that another registry has and that are left out.
pub(super) fn add_left_out<'a>(families: &mut Vec<SelfFamily<'a>>, written: &'a WrittenRegistry) {
    let mut written_families = written.families.iter();
    if written_families.any(|family| family.name == LEFT_OUT.name) {
        // The registry has the library's own families, from an exporter that was registered into it.
        return;
    }
    let place = |name| HEADS.iter().position(|head| head.name == name);
    for name in &written.left_out {
        let sample = SelfSample::left_out(name);
        let mut existing = families.iter_mut();
        match existing.find(|family| family.name == LEFT_OUT.name) {
            None => {
                let before = |family: &SelfFamily<'_>| place(family.name) < place(LEFT_OUT.name);
                let index = families.partition_point(before);
                families.insert(index, LEFT_OUT.with([sample]));
            }
            // The registry may have several families of this name, and so may the views.
            Some(family) if family.samples.contains(&sample) => {}
            Some(family) => family.samples.push(sample),
        }
    }
}
