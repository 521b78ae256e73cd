//! The families of one scrape: which views are exported, and which cannot be.

use super::config::ExporterConfig;
use super::counts::Counts;
use super::family::Family;
use super::self_metrics::{self, SelfFamily, SelfMetrics};
use super::written::WrittenFamily;
use crate::collect::{CollectedView, Collection};
use crate::declare::Origin;
use crate::register::{Claims, Problem, ProblemKind, suffixes};

/// The families of a collection's views under an exporter's settings, in no format yet. They hold no view, so they may
/// be kept for the next scrape.
#[derive(Debug, Default)]
pub(super) struct Families {
    /// The families of the views that can be exported, in the order of the views.
    pub(super) valid: Vec<Family>,
    /// The problems of the views that cannot be exported.
    pub(super) problems: Vec<Problem>,
    /// The names of the families in which the library reports on itself, without those that another registry has.
    self_names: Vec<&'static str>,
    /// The names of the families that are not exported, because another registry has samples of their names.
    left_out: Vec<String>,
}

/// The owner of a name of a family or of its samples.
#[derive(Clone, Copy)]
enum Owner {
    /// The families in which the library reports on itself.
    Census,
    /// Another registry.
    Registry,
    /// The view declared there.
    View(Origin),
}

impl Families {
    /// The families of the collection's views, without those that clash with the families `written` by another
    /// registry.
    pub(super) fn new(
        collection: &Collection,
        config: &ExporterConfig,
        written: &[WrittenFamily],
    ) -> Self {
        let mut claims = Claims::default();
        let mut families = Self::default();
        for family in written {
            // A registry that writes a family twice is invalid by itself, which is not the exporter's problem.
            let _ = claims.claim(&family.name, family.suffixes, Owner::Registry);
        }
        for (name, metric_type) in self_metrics::names(!config.build_info.is_empty()) {
            // The registry has it already if another exporter was registered into that registry.
            match claims.claim(name, suffixes(metric_type), Owner::Census) {
                Ok(()) => families.self_names.push(name),
                Err(_) => families.left_out.push(name.to_owned()),
            }
        }
        for (index, view) in collection.views().enumerate() {
            families.add(index, view, config, &mut claims);
        }
        // Two views may have one name here.
        families.left_out.sort_unstable();
        families.left_out.dedup();
        families
    }

    /// The families, each with its view. `collection` is one of the views that the families were made from.
    pub(super) fn with_views<'a>(
        &'a self,
        collection: &'a Collection,
    ) -> impl Iterator<Item = (&'a Family, CollectedView<'a>)> + Clone {
        let with_view = |family: &'a Family| Some((family, collection.view(family.view_index)?));
        self.valid.iter().filter_map(with_view)
    }

    /// The families in which the library reports on itself. `other_problems` is how many problems the exporter has
    /// beside those of these families.
    pub(super) fn self_families<'a>(
        &'a self,
        collection: &'a Collection,
        config: &'a ExporterConfig,
        other_problems: usize,
        counts: &'a Counts,
    ) -> Vec<SelfFamily<'a>> {
        let self_metrics = SelfMetrics {
            names: &self.self_names,
            build_info: &config.build_info,
            views: self.with_views(collection).map(|(_, view)| view),
            problems: other_problems + self.problems.len(),
            left_out: &self.left_out,
            counts,
        };
        self_metrics.families()
    }

    fn add(
        &mut self,
        view_index: usize,
        view: CollectedView<'_>,
        config: &ExporterConfig,
        claims: &mut Claims<Owner>,
    ) {
        let view = view.spec();
        let mut const_labels = config.const_labels.iter();
        let clash = const_labels.find(|label| {
            let mut columns = view.columns.iter();
            columns.any(|column| column.label() == label.name)
        });
        if let Some(label) = clash {
            self.problems.push(Problem {
                kind: ProblemKind::InvalidView,
                message: format!(
                    "view `{}` has a column `{}`, which is also a const label",
                    view.name, label.name
                ),
                rejected_at: view.origin,
                kept_at: Some(label.origin),
            });
            return;
        }
        let family = Family::new(view_index, view, &config.namespace);
        let suffixes = suffixes(family.metric_type);
        match claims.claim(&family.name, suffixes, Owner::View(view.origin)) {
            Ok(()) => self.valid.push(family),
            Err((_, Owner::Registry)) => self.left_out.push(family.name),
            Err((sample, owner)) => {
                let (clash, kept_at) = match owner {
                    Owner::View(origin) => ("another view exports", Some(origin)),
                    Owner::Census | Owner::Registry => ("the library exports itself", None),
                };
                self.problems.push(Problem {
                    kind: ProblemKind::Conflict,
                    message: format!(
                        "view `{}` would export `{sample}`, which {clash}",
                        view.name
                    ),
                    rejected_at: view.origin,
                    kept_at,
                });
            }
        }
    }
}
