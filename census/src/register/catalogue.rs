//! The catalogue: every measure, tag key and view of the program, validated as a whole.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::built_in::BUILT_IN;
use super::interest::{self, Change, MeasureViews, version};
use super::views::{Holder, Views};
use super::{CatalogueError, Problem, ProblemKind, validate};
#[cfg(feature = "prometheus")]
use crate::aggregate;
use crate::aggregate::LiveView;
#[cfg(feature = "prometheus")]
use crate::declare::ValueKind;
use crate::declare::{
    ByName, Difference, Handle, MEASURES, MeasureCell, Origin, TAG_KEYS, TagKeyCell, VIEWS,
    ViewCell, ViewSpec, elements, has_second_copy, in_order_of_places,
};
use crate::id::ViewId;
use crate::sync::Mutex;
use crate::tags::with_part;

#[derive(Default)]
pub(super) struct Catalogue {
    pub(super) measures: ByName<MeasureCell>,
    pub(super) keys: ByName<TagKeyCell>,
    pub(super) views: Views,
    /// The views in `static`s, in the order of their places, the optional ones among them.
    pub(super) declared_views: Vec<DeclaredView>,
    /// The problems of declarations in statics. A problem of a registration at run time is returned to its caller.
    pub(super) problems: Vec<Problem>,
}

/// A view in a `static`.
pub(super) struct DeclaredView {
    pub(super) cell: Handle<ViewCell>,
    /// Whether it was to be registered from the start, and was rejected.
    pub(super) is_rejected: bool,
}

/// A view that is registered.
pub(super) enum AddedView {
    /// It was added. Its measure does not have it yet.
    New(Arc<LiveView>),
    /// It was there before.
    Found(ViewId),
}

impl AddedView {
    fn id(&self) -> ViewId {
        match self {
            Self::New(live) => live.id(),
            Self::Found(id) => *id,
        }
    }
}

/// Builds the catalogue, unless it was built before. If it does not have the measure, adds it: the linker does not find
/// the declarations of every part of a program (`declare/slices.rs` says of which).
pub(super) fn adopt(measure: &Handle<MeasureCell>) {
    with_catalogue(|catalogue| {
        // The version is stored under the lock.
        if version(measure) != MeasureCell::NEW {
            return;
        }
        match catalogue.add_measure(measure) {
            Ok(()) => catalogue.change_views(&measure.descriptor.name, Change::None),
            Err(problem) if catalogue.problems.contains(&problem) => {}
            Err(problem) => catalogue.problems.push(problem),
        }
    });
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
    match with_catalogue(|catalogue| catalogue.problems.clone()) {
        problems if problems.is_empty() => Ok(()),
        problems => Err(CatalogueError { problems }),
    }
}

/// The views, in the order of their declarations, then of their registration.
pub(crate) fn views() -> Vec<Arc<LiveView>> {
    with_catalogue(|catalogue| catalogue.views.iter().cloned().collect())
}

/// The registered view of this definition.
pub(crate) fn find(view: &ViewSpec) -> Option<Arc<LiveView>> {
    with_catalogue(|catalogue| catalogue.views.find(view).cloned())
}

/// Registers a measure. Returns the one that is registered already, if it has the same definition.
pub(super) fn register_measure(
    cell: Handle<MeasureCell>,
) -> Result<Handle<MeasureCell>, CatalogueError> {
    with_catalogue(|catalogue| {
        if let Some(first) = catalogue.measures.first(&cell.descriptor.name)
            && first.descriptor.is_same_definition(&cell.descriptor)
        {
            return Ok(first);
        }
        catalogue.add_measure(&cell)?;
        // The new cell gets the version of the views, too.
        catalogue.change_views(&cell.descriptor.name, Change::None);
        Ok(cell)
    })
}

/// Registers a tag key. Returns the one of this name that is registered already, if there is one.
pub(super) fn register_key(cell: Handle<TagKeyCell>) -> Result<Handle<TagKeyCell>, CatalogueError> {
    with_catalogue(|catalogue| {
        let values = cell.values().sorted();
        let mut of_name = catalogue.keys.named(cell.name());
        let equal = of_name.find(|key| {
            key.is_local() == cell.is_local()
                && (values.is_none() || key.values().sorted() == values)
        });
        drop(of_name);
        if let Some(equal) = equal {
            return Ok(equal);
        }
        catalogue.add_key(&cell)?;
        drop(values);
        Ok(cell)
    })
}

/// From now on, measurements of measures with views that keep exemplars ask the source of exemplars.
pub(crate) fn ask_for_exemplars() {
    with_catalogue(|catalogue| {
        interest::ask_for_exemplars();
        for name in catalogue.measures.names() {
            catalogue.change_views(&name, Change::None);
        }
    });
}

/// The names of the viewed measures whose values can be rejected, each with the number of rejected values.
#[cfg(feature = "prometheus")]
pub(crate) fn rejected_values() -> Vec<(String, u64)> {
    with_catalogue(|catalogue| {
        let mut measures: Vec<_> = catalogue
            .views
            .iter()
            .map(|live| &live.spec.measure.descriptor)
            .filter(|measure| measure.kind == ValueKind::F64)
            .map(|measure| measure.name.as_ref())
            .collect();
        measures.sort_unstable();
        measures.dedup();
        let rejected_count =
            |name| aggregate::rejected_values(name, catalogue.measures.named(name));
        measures
            .into_iter()
            .map(|name| (name.to_owned(), rejected_count(name)))
            .collect()
    })
}

/// Calls `f` with the catalogue of the program, or of the isolation that this thread is within. It is locked meanwhile, so
/// `f` drops no view.
///
/// It is built from the slices when it is first needed: at the first measurement, registration, check, snapshot or scrape;
/// that of an isolation when the isolation begins.
pub(super) fn with_catalogue<R>(f: impl FnOnce(&mut Catalogue) -> R) -> R {
    static CATALOGUE: LazyLock<Mutex<Catalogue>> = LazyLock::new(new);
    fn new() -> Mutex<Catalogue> {
        Mutex::new(Catalogue::build())
    }
    with_part(|| &*CATALOGUE, new, |catalogue| f(&mut catalogue.lock()))
}

/// Builds the catalogue of the isolation that this thread is within. Called before other threads can be within it.
#[cfg(feature = "testing")]
pub(crate) fn begin_isolation() {
    with_catalogue(|_| {});
}

impl Catalogue {
    fn build() -> Self {
        let mut catalogue = Self::default();
        catalogue.problems.extend(second_copy());
        // The linker's order means nothing, and may differ from build to build. Of two declarations that clash, the one
        // with the lesser sort key stays.
        for cell in in_order_of_places(elements(&MEASURES), |cell| cell.descriptor.origin) {
            let problem = catalogue.add_measure(&Handle::Static(cell)).err();
            catalogue.problems.extend(problem);
        }
        for cell in in_order_of_places(elements(&TAG_KEYS), |cell| cell.origin()) {
            let problem = catalogue.add_key(&Handle::Static(cell)).err();
            catalogue.problems.extend(problem);
        }
        for cell in BUILT_IN.iter().flat_map(|it| it.keys) {
            let problem = catalogue.add_key(cell).err();
            catalogue.problems.extend(problem);
        }
        let declared = elements(&VIEWS).iter().map(|cell| Handle::Static(*cell));
        let built_in = BUILT_IN.iter().flat_map(|it| it.views);
        let built_in = built_in.map(|cell| (*cell).clone());
        let views: Vec<Handle<ViewCell>> = declared.chain(built_in).collect();
        for cell in in_order_of_places(&views, |cell| cell.origin()) {
            let is_rejected = !cell.is_optional() && catalogue.add_declared_view(&cell).is_err();
            catalogue
                .declared_views
                .push(DeclaredView { cell, is_rejected });
        }
        let mut by_measure = by_measure(catalogue.views.iter());
        for name in catalogue.measures.names() {
            let views = by_measure.remove(&*name).unwrap_or_default();
            catalogue.change_views(&name, Change::Add(views));
        }
        drop(by_measure);
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

    /// Adds a tag key. Keys of one name are one key, so they must agree on whether their tags may leave the process, and
    /// those with a closed set of values on the set.
    fn add_key(&mut self, cell: &Handle<TagKeyCell>) -> Result<(), Problem> {
        self.locality_problem(cell)
            .or_else(|| self.values_problem(cell))
            .map_or(Ok(()), Err)?;
        self.keys.add(cell.name(), cell);
        Ok(())
    }

    fn locality_problem(&self, cell: &Handle<TagKeyCell>) -> Option<Problem> {
        let first = self.keys.first(cell.name());
        let first = first.filter(|first| first.is_local() != cell.is_local())?;
        let [here, there] = if cell.is_local() {
            ["`local`", "not"]
        } else {
            ["not `local`", "`local`"]
        };
        Some(Problem {
            kind: ProblemKind::Conflict,
            message: format!(
                "tag key `{}` is {here} here, and {there} there",
                cell.name()
            ),
            rejected_at: cell.origin(),
            kept_at: Some(first.origin()),
        })
    }

    fn values_problem(&self, cell: &Handle<TagKeyCell>) -> Option<Problem> {
        let here = cell.values().sorted()?;
        self.keys.named(cell.name()).find_map(|first| {
            let there = first.values().sorted()?;
            (here != there).then(|| Problem {
                kind: ProblemKind::Conflict,
                message: format!(
                    "tag key `{}` has different sets of values: only here {}, only there {}",
                    cell.name(),
                    only_in(&here, &there),
                    only_in(&there, &here),
                ),
                rejected_at: cell.origin(),
                kept_at: Some(first.origin()),
            })
        })
    }

    /// Adds a view of a `static`, which the program holds from the start.
    fn add_declared_view(&mut self, cell: &ViewCell) -> Result<(), ()> {
        match self.add_view(cell.spec()) {
            Ok(added) => {
                self.views.hold(added.id(), Holder::Program);
                Ok(())
            }
            Err(problems) => {
                self.problems.extend(problems);
                Err(())
            }
        }
    }

    /// Adds a view, or finds the one of this definition.
    pub(super) fn add_view(&mut self, view: ViewSpec) -> Result<AddedView, Vec<Problem>> {
        if let Some(first) = self.views.named(&view.name) {
            if first.spec.is_same_definition(&view) {
                return Ok(AddedView::Found(first.id()));
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
        match self.views.add(view, &self.keys) {
            Ok(live) => Ok(AddedView::New(Arc::clone(live))),
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
    pub(super) fn change_views(&self, measure: &str, change: Change<'_>) {
        interest::change_views(measure, self.measures.named(measure), change);
    }
}

/// The views, by the names of their measures.
pub(super) fn by_measure<'v>(
    views: impl IntoIterator<Item = &'v Arc<LiveView>>,
) -> HashMap<&'v str, MeasureViews> {
    let mut by_measure: HashMap<&str, MeasureViews> = HashMap::new();
    for live in views {
        let measure = &*live.spec.measure.descriptor.name;
        let views = by_measure.entry(measure).or_default();
        views.insert(Arc::clone(live));
    }
    by_measure
}

/// The values that only the first of two sorted lists has.
fn only_in(some: &[&str], others: &[&str]) -> String {
    /// How many values a message lists.
    const MAX_LISTED: usize = 5;
    let only = some.iter();
    let only = only.filter(|value| others.binary_search(value).is_err());
    let mut listed: Vec<String> = only.map(|value| format!("{value:?}")).collect();
    let further = listed.len().saturating_sub(MAX_LISTED);
    listed.truncate(MAX_LISTED);
    match (listed.as_slice(), further) {
        ([], _) => "nothing".to_owned(),
        (listed, 0) => listed.join(", "),
        (listed, further) => format!("{} and {further} more", listed.join(", ")),
    }
}

/// The problem of two copies of this library in one program.
fn second_copy() -> Option<Problem> {
    has_second_copy().then(|| Problem {
        kind: ProblemKind::Conflict,
        message: "the program has two copies of the library `census-metrics` of the same minor version, and the linker \
                  mixes their declarations, so no static counts before it registers itself: `cargo tree --duplicates` shows \
                  both"
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
