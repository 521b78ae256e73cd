//! Sets of views.

use std::fmt;
use std::iter::FusedIterator;
use std::slice;

use self::sealed::{CellRef, Sealed};
use super::{Handle, Origin, View, ViewCell, ViewSpec};

/// A [`View`] of any aggregation: `&dyn AnyView` is what a [`ViewSet`] has.
///
/// No other type implements this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a view",
    label = "expected a `View`",
    note = "a set is of references to views: `ViewSet::new(&[&REQUEST_SECONDS, &ACTIVE_REQUESTS])`"
)]
pub trait AnyView: Sealed + Send + Sync {
    /// The view's [name](View::name).
    fn name(&self) -> &str;

    /// Where the view was [declared](View::origin).
    fn origin(&self) -> Origin;
}

mod sealed {
    use super::{Handle, ViewCell};

    pub trait Sealed {
        fn cell(&self) -> CellRef<'_>;
    }

    /// Hides the type of the reference, which is not public.
    pub struct CellRef<'v>(pub(super) &'v Handle<ViewCell>);
}

impl<A> Sealed for View<A> {
    fn cell(&self) -> CellRef<'_> {
        CellRef(self.handle())
    }
}

#[diagnostic::do_not_recommend]
impl<A> AnyView for View<A> {
    fn name(&self) -> &str {
        self.name()
    }

    fn origin(&self) -> Origin {
        self.origin()
    }
}

impl Sealed for Handle<ViewCell> {
    fn cell(&self) -> CellRef<'_> {
        CellRef(self)
    }
}

#[diagnostic::do_not_recommend]
impl AnyView for Handle<ViewCell> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn origin(&self) -> Origin {
        (**self).origin()
    }
}

impl dyn AnyView + '_ {
    pub(crate) fn spec(&self) -> ViewSpec {
        self.cell().0.spec()
    }
}

impl fmt::Debug for dyn AnyView + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("View").field(&self.name()).finish()
    }
}

/// Views of any aggregations that are registered together, on request.
///
/// A library declares views that most programs want, as `#[optional]` ones, and gives them away as a set. A program that
/// wants them registers the set, or gives it to an exporter. An optional view costs nothing before.
///
/// ```standalone_crate
/// use std::time::Duration;
/// use census::{Measure, ViewSet, measure, view};
///
/// // A library:
/// #[measure]
/// static LATENCY: Measure<Duration>;
/// #[measure]
/// static ACTIVE: Measure<i64>;
///
/// view! {
///     /// How long requests take.
///     #[optional]
///     pub static REQUEST_SECONDS: Distribution<LATENCY>;
///     /// Requests in flight.
///     #[optional]
///     pub static ACTIVE_REQUESTS: Sum<ACTIVE>;
/// }
///
/// /// What most programs want to see of their servers.
/// pub static SERVER_VIEWS: ViewSet = ViewSet::new(&[&REQUEST_SECONDS, &ACTIVE_REQUESTS]);
///
/// // A program:
/// assert!(!LATENCY.is_viewed());
/// SERVER_VIEWS.register()?;
/// assert!(LATENCY.is_viewed());
/// # Ok::<(), census::CatalogueError>(())
/// ```
///
/// A set may have a view twice, and views that are not optional: these are registered from the start.
///
/// # Sets that are made at run time
///
/// ```standalone_crate
/// use census::{Measure, View, ViewSet};
///
/// let jobs = Measure::<u64>::builder("jobs").register()?;
/// let (count, sum) = (View::count("jobs", &jobs).build()?, View::sum("work", &jobs).build()?);
/// let mut views = ViewSet::of(&[&count, &sum]);
/// views.insert(&View::distribution("sizes", &jobs, [1, 10]).build()?);
/// assert!(views.names().eq(["jobs", "work", "sizes"]));
/// views.register()?;
/// assert!(views.iter().all(|view| view.is_registered()));
/// # Ok::<(), census::CatalogueError>(())
/// ```
///
/// # Who holds a view
///
/// A view is registered as long as it has a holder:
///
/// - the program, from the start for a view that is not optional, and from [`register`](Self::register) or
///   [`View::register`] on for any view;
/// - each exporter that was given the view (`ExporterBuilder::views`), until its last clone and the last server, handle,
///   filter or collector that was made from it is gone.
///
/// [`unregister`](Self::unregister) and [`View::unregister`] remove a view at once, whatever holders it has. If the view is
/// registered again after that, it has new rows, and only those hold it that register it then: an exporter that held it
/// before neither keeps nor removes it.
#[derive(Clone)]
pub struct ViewSet(Views);

#[derive(Clone)]
enum Views {
    Static(&'static [&'static dyn AnyView]),
    Owned(Vec<Handle<ViewCell>>),
}

impl ViewSet {
    /// A set in a `static`, of views in `static`s.
    ///
    /// ```standalone_crate
    /// # use census::{Measure, ViewSet, measure, view};
    /// # #[measure]
    /// # static REQUESTS: Measure<u64>;
    /// # view! { #[optional] static REQUEST_COUNT: Count<REQUESTS>; }
    /// static VIEWS: ViewSet = ViewSet::new(&[&REQUEST_COUNT]);
    /// assert_eq!(VIEWS.len(), 1);
    /// ```
    ///
    /// In a `const` and in a function the compiler rejects the references ("temporary value dropped while borrowed"). A
    /// `static` takes the place of the `const`, and in a function [`of`](Self::of) makes the set.
    #[must_use]
    pub const fn new(views: &'static [&'static dyn AnyView]) -> Self {
        Self(Views::Static(views))
    }

    /// A set that is made at run time, of any views. It has handles of them, so the views of the slice need not live on.
    #[must_use]
    pub fn of(views: &[&dyn AnyView]) -> Self {
        views.iter().copied().collect()
    }

    /// Adds a view.
    pub fn insert(&mut self, view: &dyn AnyView) {
        self.extend([view]);
    }

    /// The views, in the order in which they were given.
    #[must_use]
    pub fn iter(&self) -> ViewSetIter<'_> {
        ViewSetIter(match &self.0 {
            Views::Static(views) => Iter::Static(views.iter()),
            Views::Owned(views) => Iter::Owned(views.iter()),
        })
    }

    /// The names of the views, in the same order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.iter().map(AnyView::name)
    }

    /// The number of views. One that the set has twice counts twice.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().len()
    }

    /// Whether the set has no views.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn specs(&self) -> impl Iterator<Item = ViewSpec> {
        self.iter().map(<dyn AnyView>::spec)
    }
}

/// An empty set.
impl Default for ViewSet {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl<'v> Extend<&'v dyn AnyView> for ViewSet {
    fn extend<I: IntoIterator<Item = &'v dyn AnyView>>(&mut self, views: I) {
        let views = views.into_iter().map(|view| view.cell().0.clone());
        match &mut self.0 {
            Views::Owned(owned) => owned.extend(views),
            Views::Static(given) => {
                let given = given.iter().map(|view| view.cell().0.clone());
                self.0 = Views::Owned(given.chain(views).collect());
            }
        }
    }
}

impl<'v> FromIterator<&'v dyn AnyView> for ViewSet {
    fn from_iter<I: IntoIterator<Item = &'v dyn AnyView>>(views: I) -> Self {
        let mut set = Self::default();
        set.extend(views);
        set
    }
}

impl<'s> IntoIterator for &'s ViewSet {
    type Item = &'s dyn AnyView;
    type IntoIter = ViewSetIter<'s>;

    fn into_iter(self) -> ViewSetIter<'s> {
        self.iter()
    }
}

/// The names of the views.
impl fmt::Debug for ViewSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ViewSet")?;
        f.debug_list().entries(self.names()).finish()
    }
}

/// An iterator over the views of a [`ViewSet`]. Made by [`ViewSet::iter`].
#[derive(Clone)]
pub struct ViewSetIter<'s>(Iter<'s>);

#[derive(Clone)]
enum Iter<'s> {
    Static(slice::Iter<'s, &'static dyn AnyView>),
    Owned(slice::Iter<'s, Handle<ViewCell>>),
}

impl<'s> Iterator for ViewSetIter<'s> {
    type Item = &'s dyn AnyView;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Iter::Static(views) => views.next().map(|view| *view as &dyn AnyView),
            Iter::Owned(views) => views.next().map(|view| view as &dyn AnyView),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Iter::Static(views) => views.size_hint(),
            Iter::Owned(views) => views.size_hint(),
        }
    }
}

impl ExactSizeIterator for ViewSetIter<'_> {}

impl FusedIterator for ViewSetIter<'_> {}

/// The names of the views that are left.
impl fmt::Debug for ViewSetIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.clone().map(AnyView::name);
        f.debug_list().entries(names).finish()
    }
}
