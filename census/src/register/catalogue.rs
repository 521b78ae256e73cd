//! The catalogue: every measure and view of the program, validated whole.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::exported::{Claims, family_name, metric_type};
use super::measures::Measures;
use super::slices::{CENSUS_0_1_MEASURES, CENSUS_0_1_TAG_KEYS, CENSUS_0_1_VIEWS};
use super::{CatalogueError, Problem, ProblemKind, validate};
use crate::aggregate::LiveView;
use crate::calls;
#[cfg(feature = "prometheus")]
use crate::declare::Kind;
use crate::declare::{Handle, MeasureCell, Origin, TagKeyCell, ViewSpec};

/// Built from the slices when it is first needed: at the first measurement, check, snapshot or scrape.
static CATALOGUE: LazyLock<Mutex<Catalogue>> = LazyLock::new(|| Mutex::new(Catalogue::build()));

/// How many rows a view keeps that does not say.
static DEFAULT_MAX_SERIES: AtomicUsize = AtomicUsize::new(crate::DEFAULT_MAX_SERIES);

#[derive(Default)]
struct Catalogue {
    measures: Measures,
    views: Vec<Arc<LiveView>>,
    /// How many views were ever registered.
    registered: u64,
    claims: Claims<Owner>,
    /// Of what was declared in statics; who registers at run time is told at once.
    problems: Vec<Problem>,
}

/// Who has claimed a name: a view, by its number (several may be made at one place), and where it is declared.
#[derive(Clone, Copy, PartialEq)]
struct Owner {
    number: u64,
    origin: Origin,
}

/// Builds the catalogue, if that has not been done.
pub(crate) fn ensure() {
    drop(lock());
}

/// Checks everything that the program declares: what [`build`](crate::prometheus::ExporterBuilder::build) checks,
/// without an exporter.
///
/// ```standalone_crate
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

/// The registered view of this definition.
pub(crate) fn find(view: &ViewSpec) -> Option<Arc<LiveView>> {
    lock()
        .views
        .iter()
        .find(|live| live.spec.same(view))
        .cloned()
}

/// Registers a view; one of the same definition is left as it is.
pub(super) fn register_view(view: ViewSpec) -> Result<(), Vec<Problem>> {
    let mut catalogue = lock();
    let name = view.measure.descriptor.name.to_string();
    catalogue.add_view(view)?;
    catalogue.wire(&name);
    Ok(())
}

/// Unregisters the view of this definition, with its rows. Whether there was one.
pub(super) fn unregister_view(view: &ViewSpec) -> bool {
    let mut catalogue = lock();
    let Some(index) = catalogue.views.iter().position(|live| live.spec.same(view)) else {
        return false;
    };
    let live = catalogue.views.remove(index);
    catalogue.claims.release(Owner {
        number: live.number,
        origin: live.spec.origin,
    });
    catalogue.wire(&live.spec.measure.descriptor.name);
    true
}

/// Registers a measure: the one that is there already, if it is of the same definition.
pub(super) fn register_measure(cell: Handle<MeasureCell>) -> Result<Handle<MeasureCell>, Problem> {
    let mut catalogue = lock();
    match catalogue.measures.first(&cell.descriptor.name) {
        Some(first) if first.descriptor.same(&cell.descriptor) => Ok(first),
        _ => {
            catalogue.measures.add(&cell)?;
            let name = cell.descriptor.name.to_string();
            catalogue.wire(&name);
            Ok(cell)
        }
    }
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
    let count = |name| {
        catalogue
            .measures
            .named(name)
            .map(|cell| cell.wiring.refused())
            .sum()
    };
    measures
        .into_iter()
        .map(|name| (name.to_owned(), count(name)))
        .collect()
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
            catalogue
                .problems
                .extend(catalogue.measures.add(&Handle::Static(cell)).err());
        }
        catalogue.problems.extend(conflicting_keys());
        let declared = CENSUS_0_1_VIEWS.iter().map(|cell| cell.spec());
        let mut views: Vec<ViewSpec> = declared.chain(calls::views()).collect();
        views.sort_by_key(|view| view.origin.rank());
        for view in views {
            let problems = catalogue.add_view(view).err();
            catalogue.problems.extend(problems.into_iter().flatten());
        }
        for name in catalogue.measures.names() {
            catalogue.wire(&name);
        }
        catalogue
    }

    fn add_view(&mut self, view: ViewSpec) -> Result<(), Vec<Problem>> {
        if let Some(first) = self.views.iter().find(|live| live.spec.name == view.name) {
            if first.spec.same(&view) {
                return Ok(());
            }
            return Err(vec![Problem {
                kind: ProblemKind::Conflict,
                message: format!(
                    "view `{}` is declared twice, with different definitions",
                    view.name
                ),
                refused: view.origin,
                first: Some(first.spec.origin),
            }]);
        }
        let mut problems = validate::columns(&view);
        problems.extend(self.measure_problem(&view));
        if !problems.is_empty() {
            return Err(problems);
        }
        // Under any namespace: without one, an exporter looks again, because of leading digits.
        let metric_type = metric_type(&view);
        let family = family_name("n", &view.name, metric_type);
        let owner = Owner {
            number: self.registered,
            origin: view.origin,
        };
        if let Err((_, first)) = self.claims.claim(&family, metric_type, owner) {
            return Err(vec![Problem {
                kind: ProblemKind::Conflict,
                message: format!(
                    "view `{}` would export samples of a name that another view exports",
                    view.name
                ),
                refused: view.origin,
                first: Some(first.origin),
            }]);
        }
        self.registered += 1;
        self.views.push(Arc::new(LiveView::new(view, owner.number)));
        Ok(())
    }

    /// A view over a measure that was refused would stay empty for ever.
    fn measure_problem(&mut self, view: &ViewSpec) -> Option<Problem> {
        if self
            .measures
            .named(&view.measure.descriptor.name)
            .any(|cell| cell.same(&view.measure))
        {
            return None;
        }
        // The linker left it out (a measure of a dynamic library, say), so it is new; or it was refused.
        let refused = self.measures.add(&view.measure).err()?;
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

    /// Tells a measure its views.
    fn wire(&self, measure: &str) {
        let views: Vec<_> = self
            .views
            .iter()
            .filter(|live| live.spec.measure.descriptor.name == measure)
            .cloned()
            .collect();
        for cell in self.measures.named(measure) {
            cell.wiring.set(views.clone());
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
                message: format!(
                    "tag key `{}` is declared `local` in one place and not in the other",
                    key.name()
                ),
                refused: key.origin(),
                first: Some(first.origin()),
            });
        }
    }
    problems
}
