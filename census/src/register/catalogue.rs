//! The catalogue: every measure, tag key and view of the program, validated as a whole.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock};

use super::interest::{self, MeasureViews};
use super::views::Views;
use super::{CatalogueError, Problem, ProblemKind, validate};
use crate::aggregate::LiveView;
use crate::calls::BUILT_IN;
#[cfg(feature = "prometheus")]
use crate::declare::ValueKind;
use crate::declare::{
    ByName, Difference, Handle, MEASURES, MeasureCell, Origin, TAG_KEYS, TagKeyCell, VIEWS,
    ViewSpec, elements, has_second_copy,
};
use crate::sync::{Mutex, MutexGuard};

/// Built from the slices when it is first needed: at the first measurement, registration, check, snapshot or scrape.
static CATALOGUE: LazyLock<Mutex<Catalogue>> = LazyLock::new(|| Mutex::new(Catalogue::build()));

#[derive(Default)]
struct Catalogue {
    measures: ByName<MeasureCell>,
    keys: ByName<TagKeyCell>,
    views: Views,
    /// The problems of declarations in statics. A problem of a registration at run time is returned to its caller.
    problems: Vec<Problem>,
}

/// Builds the catalogue, unless it was built before. If it does not have the measure, adds it: the linker does not find
/// the declarations of every part of a program (`declare/slices.rs` says of which).
pub(super) fn adopt(measure: &Handle<MeasureCell>) {
    let mut catalogue = lock();
    // Relaxed: the version is stored under the lock.
    if measure.version.load(Ordering::Relaxed) != MeasureCell::NEW {
        return;
    }
    match catalogue.add_measure(measure) {
        Ok(()) => catalogue.change_views(&measure.descriptor.name, |_| {}),
        Err(problem) if catalogue.problems.contains(&problem) => {}
        Err(problem) => catalogue.problems.push(problem),
    }
}

/// Checks everything that the program declares, as [`build`](crate::prometheus::ExporterBuilder::build) does, without
/// an exporter.
///
/// ```standalone_crate
/// // in a test of the application
/// assert_eq!(census::check(), Ok(()));
/// ```
///
/// # Errors
/// Every problem of the catalogue, with both places. A rejected view has no rows, and measurements of a rejected
/// measure are not recorded. All other declarations work.
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

/// Registers a view. If a view of the same definition is registered already, it stays as it is.
pub(super) fn register_view(view: ViewSpec) -> Result<(), CatalogueError> {
    let mut catalogue = lock();
    let added = catalogue.add_view(view);
    let added = added.map_err(|problems| CatalogueError { problems })?;
    if let Some(live) = added {
        let measure = &live.spec.measure.descriptor.name;
        catalogue.change_views(measure, |views| {
            views.insert(Arc::clone(&live));
        });
    }
    Ok(())
}

/// Unregisters the view of this definition, with its rows. Returns whether there was one.
pub(crate) fn unregister_view(view: &ViewSpec) -> bool {
    let mut catalogue = lock();
    let Some(live) = catalogue.views.remove(view) else {
        return false;
    };
    catalogue.change_views(&view.measure.descriptor.name, |views| {
        views.remove(live.id());
    });
    true
}

/// Registers a measure. Returns the one that is registered already, if it has the same definition.
pub(super) fn register_measure(
    cell: Handle<MeasureCell>,
) -> Result<Handle<MeasureCell>, CatalogueError> {
    let mut catalogue = lock();
    if let Some(first) = catalogue.measures.first(&cell.descriptor.name)
        && first.descriptor.is_same_definition(&cell.descriptor)
    {
        return Ok(first);
    }
    catalogue.add_measure(&cell)?;
    // The new cell gets the version of the views, too.
    catalogue.change_views(&cell.descriptor.name, |_| {});
    Ok(cell)
}

/// Registers a tag key. Returns the one of this name that is registered already, if there is one.
pub(super) fn register_key(cell: Handle<TagKeyCell>) -> Result<Handle<TagKeyCell>, CatalogueError> {
    let mut catalogue = lock();
    if let Some(first) = catalogue.keys.first(cell.name())
        && first.is_local() == cell.is_local()
    {
        return Ok(first);
    }
    catalogue.add_key(&cell)?;
    Ok(cell)
}

/// From now on, measurements of measures with views that keep exemplars ask the source of exemplars.
pub(crate) fn ask_for_exemplars() {
    let catalogue = lock();
    interest::ask_for_exemplars();
    for name in catalogue.measures.names() {
        catalogue.change_views(&name, |_| {});
    }
}

/// The names of the viewed measures whose values can be rejected, each with the number of rejected values.
#[cfg(feature = "prometheus")]
pub(crate) fn rejected_values() -> Vec<(String, u64)> {
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
    let rejected_count = |name| {
        let cells = catalogue.measures.named(name);
        cells.map(|cell| cell.rejected_values()).sum()
    };
    measures
        .into_iter()
        .map(|name| (name.to_owned(), rejected_count(name)))
        .collect()
}

fn lock() -> MutexGuard<'static, Catalogue> {
    CATALOGUE.lock()
}

impl Catalogue {
    fn build() -> Self {
        let mut catalogue = Self::default();
        catalogue.problems.extend(second_copy());
        // The linker's order means nothing, and may differ from build to build. Of two declarations that clash, the one
        // with the lesser sort key stays.
        let mut measures = elements(&MEASURES).to_vec();
        measures.sort_by_key(|cell| cell.descriptor.origin.sort_key());
        for cell in measures {
            let problem = catalogue.add_measure(&Handle::Static(cell)).err();
            catalogue.problems.extend(problem);
        }
        let mut keys = elements(&TAG_KEYS).to_vec();
        keys.sort_by_key(|cell| cell.origin().sort_key());
        for cell in keys {
            let problem = catalogue.add_key(&Handle::Static(cell)).err();
            catalogue.problems.extend(problem);
        }
        let declared = elements(&VIEWS).iter().map(|cell| cell.spec());
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
        let mut by_measure: HashMap<&str, MeasureViews> = HashMap::new();
        for live in catalogue.views.iter() {
            let measure = &*live.spec.measure.descriptor.name;
            let views = by_measure.entry(measure).or_default();
            views.insert(Arc::clone(live));
        }
        for name in catalogue.measures.names() {
            let views = by_measure.remove(&*name).unwrap_or_default();
            catalogue.change_views(&name, |interest| *interest = views);
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
                [descriptor.origin, first.descriptor.origin],
                &descriptor.differences(&first.descriptor),
            ));
        }
        self.measures.add(&descriptor.name, cell);
        Ok(())
    }

    /// Adds a tag key. Keys of one name are one key, so they must agree on whether their tags may leave the process.
    fn add_key(&mut self, cell: &Handle<TagKeyCell>) -> Result<(), Problem> {
        let first = self.keys.first(cell.name());
        if let Some(first) = first.filter(|first| first.is_local() != cell.is_local()) {
            let [here, there] = if cell.is_local() {
                ["`local`", "not"]
            } else {
                ["not `local`", "`local`"]
            };
            return Err(Problem {
                kind: ProblemKind::Conflict,
                message: format!(
                    "tag key `{}` is {here} here, and {there} there",
                    cell.name()
                ),
                rejected_at: cell.origin(),
                kept_at: Some(first.origin()),
            });
        }
        self.keys.add(cell.name(), cell);
        Ok(())
    }

    /// Adds a view. Returns it, or `None` if it was there already.
    fn add_view(&mut self, view: ViewSpec) -> Result<Option<Arc<LiveView>>, Vec<Problem>> {
        if let Some(first) = self.views.named(&view.name) {
            if first.spec.is_same_definition(&view) {
                return Ok(None);
            }
            return Err(vec![conflict(
                "view",
                &view.name,
                [view.origin, first.spec.origin],
                &view.differences(&first.spec),
            )]);
        }
        let mut problems = validate::column_problems(&view);
        problems.extend(self.measure_problem(&view));
        if !problems.is_empty() {
            return Err(problems);
        }
        match self.views.add(view) {
            Ok(live) => Ok(Some(Arc::clone(live))),
            Err(problem) => Err(vec![problem]),
        }
    }

    /// The problem of a view over a rejected measure: such a view would stay empty.
    fn measure_problem(&mut self, view: &ViewSpec) -> Option<Problem> {
        let name = &*view.measure.descriptor.name;
        if self
            .measures
            .named(name)
            .any(|cell| cell.ptr_eq(&view.measure))
        {
            return None;
        }
        // Either the linker left the measure out (it belongs to a dynamic library, say), and it is added now, or it was
        // rejected.
        let rejected = self.add_measure(&view.measure).err()?;
        Some(Problem {
            kind: ProblemKind::InvalidView,
            message: format!(
                "view `{}` is over the measure `{name}`, which was rejected",
                view.name
            ),
            rejected_at: view.origin,
            kept_at: rejected.kept_at,
        })
    }

    /// Changes the views of the measure of this name, which gets a new version.
    fn change_views(&self, measure: &str, change: impl FnOnce(&mut MeasureViews)) {
        interest::change_views(measure, self.measures.named(measure), change);
    }
}

/// The problem of two copies of this library in one program.
fn second_copy() -> Option<Problem> {
    has_second_copy().then(|| Problem {
        kind: ProblemKind::Conflict,
        message: "the program has two copies of the library `census-metrics` of the same minor version, and the linker \
                  mixes their declarations, so none of them counts: `cargo tree --duplicates` shows both"
            .to_owned(),
        rejected_at: Origin::new(module_path!(), file!(), line!(), column!()),
        kept_at: None,
    })
}

fn conflict(
    item: &str,
    name: &str,
    [rejected_at, kept_at]: [Origin; 2],
    differences: &[Difference],
) -> Problem {
    let differences: Vec<_> = differences.iter().map(ToString::to_string).collect();
    Problem {
        kind: ProblemKind::Conflict,
        message: format!(
            "{item} `{name}` is declared twice, with different definitions: {}",
            differences.join("; ")
        ),
        rejected_at,
        kept_at: Some(kept_at),
    }
}
