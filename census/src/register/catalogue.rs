//! The catalogue: every measure and view of the program, validated whole.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::exported::{Claims, family_name, metric_type};
use super::slices::{CENSUS_0_1_MEASURES, CENSUS_0_1_TAG_KEYS, CENSUS_0_1_VIEWS};
use super::{CatalogueError, Problem, ProblemKind, validate};
use crate::aggregate::LiveView;
#[cfg(feature = "prometheus")]
use crate::declare::Kind;
use crate::declare::{Handle, MeasureCell, Origin, TagKeyCell, ViewSpec};

/// Built from the slices when it is first needed: at the first measurement, check, snapshot or scrape.
static CATALOGUE: LazyLock<Mutex<Catalogue>> = LazyLock::new(|| Mutex::new(Catalogue::build()));

/// How many rows a view keeps that does not say.
static DEFAULT_MAX_SERIES: AtomicUsize = AtomicUsize::new(crate::DEFAULT_MAX_SERIES);

#[derive(Default)]
struct Catalogue {
    /// By name, the first declared first. Those of one name are one measure: they feed the same views.
    measures: HashMap<String, Vec<Handle<MeasureCell>>>,
    views: Vec<Arc<LiveView>>,
    claims: Claims<Origin>,
    problems: Vec<Problem>,
}

/// Builds the catalogue, if that has not been done.
pub(crate) fn ensure() {
    drop(lock());
}

/// Checks everything that the program declares: what [`build`](crate::prometheus::ExporterBuilder::build) checks,
/// without an exporter.
///
/// ```
/// # fn the_catalogue_is_sound() {
/// // in a test of the application
/// assert_eq!(census::check(), Ok(()));
/// # }
/// # the_catalogue_is_sound();
/// ```
///
/// # Errors
/// Every problem of the catalogue, with both places. What was refused is not recorded; the rest works.
pub fn check() -> Result<(), CatalogueError> {
    match lock().problems.clone() {
        problems if problems.is_empty() => Ok(()),
        problems => Err(CatalogueError { problems }),
    }
}

/// The views, in the order of their declarations.
pub(crate) fn views() -> Vec<Arc<LiveView>> {
    lock().views.clone()
}

/// The measures whose values can be refused and that are viewed, and how many were.
#[cfg(feature = "prometheus")]
pub(crate) fn refused() -> Vec<(String, u64)> {
    let catalogue = lock();
    let mut measures: Vec<_> = catalogue
        .views
        .iter()
        .map(|live| &live.spec.measure.descriptor)
        .filter(|measure| measure.kind == Kind::F64)
        .map(|measure| measure.name.as_ref())
        .collect();
    measures.sort_unstable();
    measures.dedup();
    let count = |name| catalogue.measures.get(name).into_iter().flatten().map(|cell| cell.wiring.refused()).sum();
    measures.into_iter().map(|name| (name.to_owned(), count(name))).collect()
}

/// How many rows a view keeps that does not say; for all exporters of the program.
#[cfg(feature = "prometheus")]
pub(crate) fn set_default_max_series(rows: usize) {
    DEFAULT_MAX_SERIES.store(rows.max(1), Ordering::Relaxed);
}

/// See [`set_default_max_series`].
pub(crate) fn default_max_series() -> usize {
    DEFAULT_MAX_SERIES.load(Ordering::Relaxed)
}

fn lock() -> MutexGuard<'static, Catalogue> {
    CATALOGUE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Catalogue {
    fn build() -> Self {
        let mut catalogue = Self::default();
        // The linker's order is no order, and may differ from build to build: the first declaration stays.
        let mut measures: Vec<_> = CENSUS_0_1_MEASURES.iter().copied().collect();
        measures.sort_by_key(|cell| cell.descriptor.origin.rank());
        for cell in measures {
            catalogue.report(|catalogue| catalogue.add_measure(&Handle::Static(cell)).map_err(|problem| vec![problem]));
        }
        catalogue.problems.extend(conflicting_keys());
        let mut views: Vec<_> = CENSUS_0_1_VIEWS.iter().copied().collect();
        views.sort_by_key(|cell| cell.origin().rank());
        for cell in views {
            catalogue.report(|catalogue| {
                let live = catalogue.add_view(cell.spec())?;
                // It fails only where it was set: no cell is in the slice twice.
                let _ = cell.live.set(live);
                Ok(())
            });
        }
        catalogue.wire();
        catalogue
    }

    fn report(&mut self, add: impl FnOnce(&mut Self) -> Result<(), Vec<Problem>>) {
        if let Err(problems) = add(self) {
            self.problems.extend(problems);
        }
    }

    fn add_measure(&mut self, cell: &Handle<MeasureCell>) -> Result<(), Problem> {
        let same_name = self.measures.entry(cell.descriptor.name.to_string()).or_default();
        match same_name.first() {
            Some(first) if !first.descriptor.same(&cell.descriptor) => Err(Problem {
                kind: ProblemKind::Conflict,
                message: format!("measure `{}` is declared twice, with different definitions", cell.descriptor.name),
                refused: cell.descriptor.origin,
                first: Some(first.descriptor.origin),
            }),
            _ => {
                same_name.push(cell.clone());
                Ok(())
            }
        }
    }

    fn add_view(&mut self, view: ViewSpec) -> Result<Arc<LiveView>, Vec<Problem>> {
        if let Some(first) = self.views.iter().find(|live| live.spec.name == view.name) {
            if first.spec.same(&view) {
                return Ok(Arc::clone(first));
            }
            return Err(vec![Problem {
                kind: ProblemKind::Conflict,
                message: format!("view `{}` is declared twice, with different definitions", view.name),
                refused: view.origin,
                first: Some(first.spec.origin),
            }]);
        }
        let mut problems = validate::columns(&view);
        problems.extend(self.measure_problem(&view));
        if !problems.is_empty() {
            return Err(problems);
        }
        // Any namespace would do: two families clash under one if they clash under the other.
        let metric_type = metric_type(&view);
        let family = family_name("", &view.name, metric_type);
        if let Err((sample, first)) = self.claims.claim(&family, metric_type, view.origin) {
            return Err(vec![Problem {
                kind: ProblemKind::Conflict,
                message: format!("view `{}` would export `{sample}`, which another view exports", view.name),
                refused: view.origin,
                first: Some(first),
            }]);
        }
        let live = Arc::new(LiveView::new(view));
        self.views.push(Arc::clone(&live));
        Ok(live)
    }

    /// A view over a measure that was refused would stay empty for ever.
    fn measure_problem(&mut self, view: &ViewSpec) -> Option<Problem> {
        let known = self.measures.get(&*view.measure.descriptor.name);
        if known.is_some_and(|cells| cells.iter().any(|cell| cell.same(&view.measure))) {
            return None;
        }
        // The linker left it out (a measure of a dynamic library, say), so it is new; or it was refused.
        let refused = self.add_measure(&view.measure).err()?;
        Some(Problem {
            kind: ProblemKind::InvalidView,
            message: format!(
                "view `{}` is over the measure `{}`, which was refused",
                view.name, view.measure.descriptor.name
            ),
            refused: view.origin,
            first: refused.first,
        })
    }

    /// Tells each measure its views.
    fn wire(&self) {
        let mut views: HashMap<&str, Vec<Arc<LiveView>>> = HashMap::new();
        for live in &self.views {
            views.entry(&live.spec.measure.descriptor.name).or_default().push(Arc::clone(live));
        }
        for (name, cells) in &self.measures {
            let views = views.remove(name.as_str()).unwrap_or_default();
            for cell in cells {
                cell.wiring.set(views.clone());
            }
        }
    }
}

/// Keys of one name are one key, so they must agree on whether their tags may leave the process.
fn conflicting_keys() -> Vec<Problem> {
    let mut keys: Vec<&TagKeyCell> = CENSUS_0_1_TAG_KEYS.iter().copied().collect();
    keys.sort_by_key(|cell| cell.origin().rank());
    let mut first: HashMap<&str, &TagKeyCell> = HashMap::new();
    let mut problems = Vec::new();
    for key in keys {
        let first = *first.entry(key.name()).or_insert(key);
        if first.is_local() != key.is_local() {
            problems.push(Problem {
                kind: ProblemKind::Conflict,
                message: format!("tag key `{}` is declared `local` in one place and not in the other", key.name()),
                refused: key.origin(),
                first: Some(first.origin()),
            });
        }
    }
    problems
}
