//! The catalogue: every measure, tag key and view of the program, validated whole.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::by_name::ByName;
use super::slices::{MEASURES, TAG_KEYS, VIEWS};
use super::views::Views;
use super::{CatalogueError, Problem, ProblemKind, validate};
use crate::aggregate::LiveView;
use crate::calls::BUILT_IN;
#[cfg(feature = "prometheus")]
use crate::declare::ValueKind;
use crate::declare::{Handle, MeasureCell, Origin, TagKeyCell, ViewSpec};

/// Built from the slices when it is first needed: at the first measurement, check, snapshot or scrape.
static CATALOGUE: LazyLock<Mutex<Catalogue>> = LazyLock::new(|| Mutex::new(Catalogue::build()));

/// How many rows a view keeps that does not say.
static DEFAULT_MAX_SERIES: AtomicUsize = AtomicUsize::new(crate::DEFAULT_MAX_SERIES);

#[derive(Default)]
struct Catalogue {
    measures: ByName<MeasureCell>,
    keys: ByName<TagKeyCell>,
    views: Views,
    /// Of what was declared in statics; who registers at run time is told at once.
    problems: Vec<Problem>,
}

/// Builds the catalogue, if that has not been done.
pub(crate) fn ensure() {
    drop(lock());
}

/// Checks everything that the program declares: what [`build`](crate::prometheus::ExporterBuilder::build) checks,
/// without an exporter.
///
/// ```standalone_crate
/// // in a test of the application
/// assert_eq!(census::check(), Ok(()));
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

/// The views, in the order of their declarations, then of their registration.
pub(crate) fn views() -> Vec<Arc<LiveView>> {
    lock().views.iter().cloned().collect()
}

/// The registered view of this definition.
pub(crate) fn find(view: &ViewSpec) -> Option<Arc<LiveView>> {
    lock().views.find(view).cloned()
}

/// Registers a view; one of the same definition is left as it is.
pub(super) fn register_view(view: ViewSpec) -> Result<(), Vec<Problem>> {
    let mut catalogue = lock();
    let measure = view.measure.descriptor.name.to_string();
    catalogue.add_view(view)?;
    catalogue.wire(&measure);
    Ok(())
}

/// Unregisters the view of this definition, with its rows. Whether there was one.
pub(super) fn unregister_view(view: &ViewSpec) -> bool {
    let mut catalogue = lock();
    let was_there = catalogue.views.remove(view);
    if was_there {
        catalogue.wire(&view.measure.descriptor.name);
    }
    was_there
}

/// Registers a measure: the one that is there already, if it is of the same definition.
pub(super) fn register_measure(cell: Handle<MeasureCell>) -> Result<Handle<MeasureCell>, Problem> {
    let mut catalogue = lock();
    if let Some(first) = catalogue.measures.first(&cell.descriptor.name)
        && first.descriptor.is_same_definition(&cell.descriptor)
    {
        return Ok(first);
    }
    catalogue.add_measure(&cell)?;
    catalogue.wire(&cell.descriptor.name);
    Ok(cell)
}

/// Registers a tag key: the one that is there already, if there is one.
pub(super) fn register_key(cell: Handle<TagKeyCell>) -> Result<Handle<TagKeyCell>, Problem> {
    let mut catalogue = lock();
    if let Some(first) = catalogue.keys.first(cell.name())
        && first.is_local() == cell.is_local()
    {
        return Ok(first);
    }
    catalogue.add_key(&cell)?;
    Ok(cell)
}

/// The measures whose values can be refused and that are viewed, and how many were.
#[cfg(feature = "prometheus")]
pub(crate) fn refused() -> Vec<(String, u64)> {
    let catalogue = lock();
    let mut measures: Vec<_> = catalogue
        .views
        .iter()
        .map(|live| &live.spec.measure.descriptor)
        .filter(|measure| measure.kind == ValueKind::F64)
        .map(|measure| measure.name.as_ref())
        .collect();
    measures.sort_unstable();
    measures.dedup();
    let count = |name| {
        let cells = catalogue.measures.named(name);
        cells.map(|cell| cell.wiring.refused()).sum()
    };
    measures
        .into_iter()
        .map(|name| (name.to_owned(), count(name)))
        .collect()
}

/// Sets how many rows a view keeps that does not say: for all views of the program, from now on. The default is
/// [`DEFAULT_MAX_SERIES`](crate::DEFAULT_MAX_SERIES).
///
/// ```standalone_crate
/// census::set_default_max_series(500)?;
/// assert!(census::set_default_max_series(0).is_err());
/// # Ok::<(), census::CatalogueError>(())
/// ```
///
/// # Errors
/// If `rows` is 0. The former number stays.
#[track_caller]
pub fn set_default_max_series(rows: usize) -> Result<(), CatalogueError> {
    if rows == 0 {
        return Err(CatalogueError {
            problems: vec![Problem {
                kind: ProblemKind::InvalidView,
                message: "the default `max_series` is at least 1".to_owned(),
                rejected_at: Origin::caller(),
                kept_at: None,
            }],
        });
    }
    DEFAULT_MAX_SERIES.store(rows, Ordering::Relaxed);
    Ok(())
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
        let mut measures: Vec<_> = MEASURES.iter().copied().collect();
        measures.sort_by_key(|cell| cell.descriptor.origin.sort_key());
        for cell in measures {
            let problem = catalogue.add_measure(&Handle::Static(cell)).err();
            catalogue.problems.extend(problem);
        }
        let mut keys: Vec<_> = TAG_KEYS.iter().copied().collect();
        keys.sort_by_key(|cell| cell.origin().sort_key());
        for cell in keys {
            let problem = catalogue.add_key(&Handle::Static(cell)).err();
            catalogue.problems.extend(problem);
        }
        let declared = VIEWS.iter().map(|cell| cell.spec());
        for cell in BUILT_IN.keys {
            let problem = catalogue.add_key(cell).err();
            catalogue.problems.extend(problem);
        }
        let built_in = BUILT_IN.views.iter().map(|cell| cell.spec());
        let mut views: Vec<ViewSpec> = declared.chain(built_in).collect();
        views.sort_by_key(|view| view.origin.sort_key());
        for view in views {
            let problems = catalogue.add_view(view).err();
            catalogue.problems.extend(problems.into_iter().flatten());
        }
        for name in catalogue.measures.names() {
            catalogue.wire(&name);
        }
        catalogue
    }

    fn add_measure(&mut self, cell: &Handle<MeasureCell>) -> Result<(), Problem> {
        let descriptor = &cell.descriptor;
        let first = self.measures.first(&descriptor.name);
        if let Some(first) = first.filter(|first| !first.descriptor.is_same_definition(descriptor))
        {
            return Err(conflict(
                "measure",
                &descriptor.name,
                descriptor.origin,
                first.descriptor.origin,
            ));
        }
        self.measures.add(&descriptor.name, cell);
        Ok(())
    }

    /// Keys of one name are one key, so they must agree on whether their tags may leave the process.
    fn add_key(&mut self, cell: &Handle<TagKeyCell>) -> Result<(), Problem> {
        let first = self.keys.first(cell.name());
        if let Some(first) = first.filter(|first| first.is_local() != cell.is_local()) {
            return Err(Problem {
                message: format!(
                    "tag key `{}` is `local` in one place and not in the other",
                    cell.name()
                ),
                ..conflict("tag key", cell.name(), cell.origin(), first.origin())
            });
        }
        self.keys.add(cell.name(), cell);
        Ok(())
    }

    fn add_view(&mut self, view: ViewSpec) -> Result<(), Vec<Problem>> {
        if let Some(first) = self.views.named(&view.name) {
            if first.spec.is_same_definition(&view) {
                return Ok(());
            }
            return Err(vec![conflict(
                "view",
                &view.name,
                view.origin,
                first.spec.origin,
            )]);
        }
        let mut problems = validate::columns(&view);
        problems.extend(self.measure_problem(&view));
        if !problems.is_empty() {
            return Err(problems);
        }
        self.views.add(view).map_err(|problem| vec![problem])
    }

    /// A view over a measure that was refused would stay empty for ever.
    fn measure_problem(&mut self, view: &ViewSpec) -> Option<Problem> {
        let name = &*view.measure.descriptor.name;
        if self
            .measures
            .named(name)
            .any(|cell| cell.ptr_eq(&view.measure))
        {
            return None;
        }
        // The linker left it out (a measure of a dynamic library, say), so it is new; or it was refused.
        let rejected = self.add_measure(&view.measure).err()?;
        Some(Problem {
            kind: ProblemKind::InvalidView,
            message: format!(
                "view `{}` is over the measure `{name}`, which was refused",
                view.name
            ),
            rejected_at: view.origin,
            kept_at: rejected.kept_at,
        })
    }

    /// Tells a measure its views.
    fn wire(&self, measure: &str) {
        let views = self.views.over(measure);
        for cell in self.measures.named(measure) {
            cell.wiring.set(views.clone());
        }
    }
}

fn conflict(what: &str, name: &str, rejected_at: Origin, kept_at: Origin) -> Problem {
    Problem {
        kind: ProblemKind::Conflict,
        message: format!("{what} `{name}` is declared twice, with different definitions"),
        rejected_at,
        kept_at: Some(kept_at),
    }
}
