//! Which families the views become under an exporter's namespace and labels, and which cannot be exported so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::aggregate::LiveView;
use crate::aggregate::{MetricType, metric_type};
use crate::declare::Origin;
use crate::id::ViewId;
use crate::register::{Claims, Problem, ProblemKind, family_name, suffixes};

use super::bounds::BucketBound;
use super::exposition::Written;
use super::lines::Lines;
use super::{own, unit};

/// What an exporter adds to every family.
#[derive(Clone, Debug, Default)]
pub(super) struct Decoration {
    pub(super) namespace: String,
    pub(super) const_labels: Vec<ConstLabel>,
    /// The labels of `build_info`; none: no such family.
    pub(super) build_info: Vec<(String, String)>,
}

/// A label that every series has.
#[derive(Clone, Debug)]
pub(super) struct ConstLabel {
    /// A legal label name.
    pub(super) name: String,
    pub(super) value: String,
    /// Where the program says so.
    pub(super) origin: Origin,
}

/// A family to write: what a view is called. It does not hold the view, so that it may be kept.
#[derive(Debug)]
pub(super) struct Family {
    /// Which of the views it is.
    pub(super) view: usize,
    pub(super) name: String,
    /// OpenMetrics's word for the unit that the name ends in, if it does.
    pub(super) unit: Option<&'static str>,
    pub(super) metric_type: MetricType,
    pub(super) labels: Vec<String>,
    /// Of a histogram.
    pub(super) bounds: Vec<BucketBound>,
    pub(super) lines: Lines,
}

/// The families of some views, in their order, and what is wrong with the rest.
#[derive(Debug, Default)]
pub(super) struct Families {
    pub(super) valid: Vec<Family>,
    pub(super) problems: Vec<Problem>,
    /// The library's own families.
    pub(super) own: Vec<&'static str>,
    /// How many clash with families of the user's own registry.
    pub(super) left_out: u64,
}

/// Who has a name already.
#[derive(Clone, Copy)]
enum Owner {
    Census,
    Registry,
    View(Origin),
}

impl Families {
    /// Names the families of `views`; those in `registry` are there already.
    pub(super) fn new(
        views: &[Arc<LiveView>],
        decoration: &Decoration,
        registry: &[Written],
    ) -> Self {
        let mut claims = Claims::default();
        let mut families = Self::default();
        for written in registry {
            // The registry's affair, if it writes one family twice.
            let _ = claims.claim(&written.name, written.suffixes, Owner::Registry);
        }
        let build_info = (!decoration.build_info.is_empty()).then_some(own::BUILD_INFO);
        for (name, metric_type) in own::NAMES.into_iter().chain(build_info) {
            // It is in the registry if another exporter was registered into that.
            match claims.claim(name, suffixes(metric_type), Owner::Census) {
                Ok(()) => families.own.push(name),
                Err(_) => families.left_out += 1,
            }
        }
        for (number, live) in views.iter().enumerate() {
            families.add(number, live, decoration, &mut claims);
        }
        families
    }

    /// The families, each with its view: one of those that they were made from.
    pub(super) fn with<'a>(
        &'a self,
        views: &'a [Arc<LiveView>],
    ) -> impl Iterator<Item = (&'a Family, &'a Arc<LiveView>)> {
        let with_view = |family: &'a Family| Some((family, views.get(family.view)?));
        self.valid.iter().filter_map(with_view)
    }

    fn add(
        &mut self,
        number: usize,
        live: &LiveView,
        decoration: &Decoration,
        claims: &mut Claims<Owner>,
    ) {
        let view = &live.spec;
        let labels: Vec<String> = view
            .columns
            .iter()
            .map(|column| column.label().to_owned())
            .collect();
        if let Some(label) = decoration
            .const_labels
            .iter()
            .find(|label| labels.contains(&label.name))
        {
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
        let metric_type = metric_type(view);
        let namespace = if view.in_namespace {
            &decoration.namespace
        } else {
            ""
        };
        let family = family_name(namespace, &view.name, metric_type);
        match claims.claim(&family, suffixes(metric_type), Owner::View(view.origin)) {
            Ok(()) => {
                let measure = &view.measure.descriptor;
                let ucum = crate::aggregate::unit(view);
                let bounds = BucketBound::of(view, measure.time_unit());
                self.valid.push(Family {
                    view: number,
                    unit: unit::split(&family, ucum).map(|(_, unit)| unit),
                    metric_type,
                    lines: Lines::new(
                        &family,
                        metric_type,
                        &decoration.const_labels,
                        &labels,
                        &bounds,
                        measure.time_unit(),
                    ),
                    name: family,
                    labels,
                    bounds,
                });
            }
            Err((_, Owner::Registry)) => self.left_out += 1,
            Err((sample, owner)) => {
                let (whose, first) = match owner {
                    Owner::View(origin) => ("another view exports", Some(origin)),
                    Owner::Census | Owner::Registry => ("the library exports itself", None),
                };
                self.problems.push(Problem {
                    kind: ProblemKind::Conflict,
                    message: format!(
                        "view `{}` would export `{sample}`, which {whose}",
                        view.name
                    ),
                    rejected_at: view.origin,
                    kept_at: first,
                });
            }
        }
    }
}

/// The families of the last scrape: they are the same at the next one, most of the time.
#[derive(Debug, Default)]
pub(super) struct LastFamilies(Mutex<Option<Arc<Last>>>);

#[derive(Debug)]
struct Last {
    /// The views' numbers. Not the views: who unregisters one is rid of its rows at once.
    views: Vec<ViewId>,
    registry: Vec<Written>,
    families: Arc<Families>,
}

impl LastFamilies {
    /// The same as [`Families::new`], always for one decoration.
    pub(super) fn get(
        &self,
        views: &[Arc<LiveView>],
        decoration: &Decoration,
        registry: &[Written],
    ) -> Arc<Families> {
        let numbers = || views.iter().map(|live| live.id());
        let last = self.lock().clone();
        if let Some(last) = last
            && last.views.iter().copied().eq(numbers())
            && last.registry == registry
        {
            return Arc::clone(&last.families);
        }
        let families = Arc::new(Families::new(views, decoration, registry));
        *self.lock() = Some(Arc::new(Last {
            views: numbers().collect(),
            registry: registry.to_vec(),
            families: Arc::clone(&families),
        }));
        families
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Last>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Decoration {
    /// What is wrong with the const labels themselves; those are taken out.
    pub(super) fn check(&mut self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut good: Vec<ConstLabel> = Vec::new();
        for label in std::mem::take(&mut self.const_labels) {
            let earlier = good.iter().find(|other| other.name == label.name);
            let why = match label.name.as_str() {
                "" => "has no name",
                "le" => "has the name of the label of a histogram's buckets",
                name if name.starts_with("__") => {
                    "begins with `__`, which Prometheus keeps for itself"
                }
                _ if earlier.is_some() => "is given twice",
                _ => {
                    good.push(label);
                    continue;
                }
            };
            problems.push(Problem {
                kind: ProblemKind::InvalidExporter,
                message: format!("const label `{}` {why}", label.name),
                rejected_at: label.origin,
                kept_at: earlier.map(|earlier| earlier.origin),
            });
        }
        self.const_labels = good;
        problems
    }
}
