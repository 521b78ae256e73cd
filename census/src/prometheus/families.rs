//! The families of one scrape: which views are exported, and which cannot be.

use super::config::ExporterConfig;
use super::counts::Counts;
use super::escaping::Escaping;
use super::family::{Family, escaped_label, escaped_name};
use super::self_metrics::{self, SelfFamily, SelfMetrics};
use super::written::WrittenFamily;
use crate::aggregate::metric_type;
use crate::collect::{CollectedView, Collection};
use crate::declare::{Origin, ViewSpec};
use crate::register::{Claims, Problem, ProblemKind, suffixes};

/// The families of a collection's views under an exporter's settings, with names of one escaping, in no format yet. They
/// hold no view, so they may be kept for the next scrape.
///
/// A family is exported in all escapings or in none: two names that are different may become one name in another escaping.
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

/// The names that are taken, in each escaping.
struct ClaimsByEscaping(Vec<(Escaping, Claims<Owner>)>);

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
    /// registry. Their problems are the same in all escapings.
    pub(super) fn new(
        collection: &Collection,
        config: &ExporterConfig,
        written: &[WrittenFamily],
        escaping: Escaping,
    ) -> Self {
        let mut claims = ClaimsByEscaping::new(config);
        let mut families = Self::default();
        for family in written {
            // A registry that writes a family twice is invalid by itself, which is not the exporter's problem.
            let _ = claims.claim(|_| family.name.clone(), family.suffixes, Owner::Registry);
        }
        for (name, metric_type) in self_metrics::names(!config.build_info.is_empty()) {
            // The registry has it already if another exporter was registered into that registry.
            match claims.claim(|_| name.to_owned(), suffixes(metric_type), Owner::Census) {
                Ok(()) => families.self_names.push(name),
                Err(_) => families.left_out.push(name.to_owned()),
            }
        }
        for (index, view) in collection.views().enumerate() {
            families.add(index, view.spec(), config, escaping, &mut claims);
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
        view: &ViewSpec,
        config: &ExporterConfig,
        escaping: Escaping,
        claims: &mut ClaimsByEscaping,
    ) {
        let mut escapings = config.escapings().iter();
        if let Some(problem) = escapings.find_map(|it| label_problem(view, config, *it)) {
            self.problems.push(problem);
            return;
        }
        let name = |escaping| escaped_name(view, config, escaping);
        let suffixes = suffixes(metric_type(view));
        match claims.claim(name, suffixes, Owner::View(view.origin)) {
            Ok(()) => {
                let family = Family::new(view_index, view, config, escaping);
                self.valid.push(family);
            }
            Err((_, Owner::Registry)) => self.left_out.push(name(escaping)),
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

impl ClaimsByEscaping {
    fn new(config: &ExporterConfig) -> Self {
        let escapings = config.escapings().iter();
        Self(escapings.map(|it| (*it, Claims::default())).collect())
    }

    /// Takes the names of a family in all escapings. `name` is its name in one. If one is taken already, returns that name
    /// and its owner, and takes none.
    fn claim(
        &mut self,
        name: impl Fn(Escaping) -> String,
        suffixes: &[&str],
        owner: Owner,
    ) -> Result<(), (String, Owner)> {
        for index in 0..self.0.len() {
            let (claimed, rest) = self.0.split_at_mut(index);
            let Some((escaping, claims)) = rest.first_mut() else {
                break;
            };
            if let Err(taken) = claims.claim(&name(*escaping), suffixes, owner) {
                for (escaping, claims) in claimed {
                    claims.release(&name(*escaping), suffixes);
                }
                return Err(taken);
            }
        }
        Ok(())
    }
}

/// The problem of the labels that a view's columns have in an exporter. Other problems of its columns were found when it
/// was registered.
fn label_problem(view: &ViewSpec, config: &ExporterConfig, escaping: Escaping) -> Option<Problem> {
    let problem = |message: String, kept_at| Problem {
        kind: ProblemKind::InvalidView,
        message,
        rejected_at: view.origin,
        kept_at,
    };
    let view_name = &view.name;
    let const_labels = config.const_labels(escaping);
    let mut earlier: Vec<String> = Vec::new();
    for column in view.columns.iter() {
        let label = escaped_label(column, config, escaping);
        if let Some(clash) = const_labels.iter().find(|it| it.name == label) {
            let message =
                format!("view `{view_name}` has a column `{label}`, which is also a const label");
            return Some(problem(message, Some(clash.origin)));
        }
        // Dots doubles every `_`, so that a label may begin with two.
        let is_reserved = label.starts_with("__") && escaping == Escaping::Underscores;
        if is_reserved || earlier.contains(&label) {
            let column = column.full_label();
            let reason = if is_reserved {
                "which Prometheus reserves"
            } else {
                "which another column has"
            };
            let message = format!(
                "view `{view_name}`: the column `{column}` has the label `{label}` with `escaping={}`, {reason}",
                escaping.word()
            );
            return Some(problem(message, None));
        }
        earlier.push(label);
    }
    None
}
