//! Tag keys.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use super::{Address, Handle, OpenSet, Origin, name};

/// A tag key: the name of a dimension, such as `frontend`. Declared with [`#[tag]`](macro@crate::tag).
///
/// A cheap handle. Keys of one name are one key, wherever they were declared.
///
/// ```
/// use census::{TagKey, tag};
///
/// /// Which client the video came from.
/// #[tag]
/// pub static FRONTEND: TagKey;
///
/// assert_eq!(FRONTEND.name(), "frontend");
/// assert_eq!(FRONTEND.description(), "Which client the video came from.");
/// ```
///
/// # Closed sets of values
///
/// A `TagKey` can have any text as its value. A program that knows all values of a tag beforehand says so with the key's
/// type. Then a value of another type is a compile error, and the views know the values:
///
/// ```standalone_crate
/// use census::{Measure, TagKey, TagMap, TagValue, measure, record, tag, tags, view};
///
/// #[derive(TagValue)]
/// enum Method {
///     Get,
///     Post,
/// }
///
/// #[tag]
/// static METHOD: TagKey<Method>;
/// #[tag]
/// static TENANT: TagKey;
/// #[measure]
/// static REQUESTS: Measure<u64>;
///
/// view! {
///     static BY_METHOD: Count<REQUESTS> by (METHOD);
///     static BY_TENANT: Count<REQUESTS> by (TENANT, METHOD) { max_series: 2 }
/// }
///
/// // All columns of `BY_METHOD` are closed, so it has its rows from the start, with zeros.
/// assert_eq!(BY_METHOD.data().get(&tags!(METHOD = Method::Post)), Some(&0));
///
/// for tenant in ["a", "b", "c", "d"] {
///     record!(REQUESTS = 1, tags(TENANT = tenant, METHOD = Method::Get));
/// }
/// // The overflow row keeps its closed columns.
/// let overflow = tags!(TENANT = "_overflow", METHOD = Method::Get);
/// assert_eq!(BY_TENANT.data().get(&overflow), Some(&2));
///
/// // Text from another process can be anything. In a closed column, a value outside of the set is `_other`.
/// TagMap::from_baggage("method=brew").scope(|| record!(REQUESTS = 1));
/// # #[tag(name = "method")]
/// # static PLAIN: TagKey;
/// assert_eq!(BY_METHOD.data().get(&tags!(PLAIN = "_other")), Some(&1));
/// ```
///
/// The set belongs to the *name* of the key: a column is closed if any key of its name is. Two keys of one name with
/// different sets clash, which [`check`](crate::check) reports. So another crate's plain key of the name has this set, too:
/// a name of your own, such as `#[tag(name = "shop/kind")]`, keeps them apart. In the columns of measured functions
/// ([`FUNCTION`](crate::calls::FUNCTION), [`MODULE`](crate::calls::MODULE) and [`RESULT`](crate::calls::RESULT)), the values
/// that functions give stay as they are, also if the program closes the name.
///
/// A tag that is not set is one value more. [`view!`](macro@crate::view#more-rows-than-max_series) says how many rows views
/// with closed columns have.
pub struct TagKey<S = OpenSet> {
    cell: Handle<TagKeyCell>,
    values: PhantomData<fn() -> S>,
}

/// A tag key, whatever its values: for functions that take any key, and for lists of several keys.
///
/// ```
/// use census::{AnyTagKey, TagKey, tag};
///
/// #[tag]
/// static RETRIED: TagKey<bool>;
/// #[tag]
/// static TENANT: TagKey;
///
/// static KEYS: [&dyn AnyTagKey; 2] = [&RETRIED, &TENANT];
/// assert!(KEYS.iter().map(|key| key.untyped()).eq([RETRIED.untyped(), TENANT.clone()]));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tag key",
    label = "expected a `TagKey`",
    note = "declare one: `#[tag] static FRONTEND: TagKey;`"
)]
pub trait AnyTagKey: Send + Sync {
    /// The key, as one that can have any value.
    #[must_use]
    fn untyped(&self) -> TagKey {
        TagKey::from_handle(self.key_handle().clone())
    }

    #[doc(hidden)]
    fn key_handle(&self) -> &Handle<TagKeyCell>;
}

impl<S> AnyTagKey for TagKey<S> {
    #[inline]
    fn key_handle(&self) -> &Handle<TagKeyCell> {
        &self.cell
    }
}

#[diagnostic::do_not_recommend]
impl<P: Deref<Target: AnyTagKey> + Send + Sync> AnyTagKey for P {
    #[inline]
    fn key_handle(&self) -> &Handle<TagKeyCell> {
        (**self).key_handle()
    }
}

/// A tag key's definition, to which its `static` refers.
#[doc(hidden)]
#[derive(Debug)]
pub struct TagKeyCell {
    name: Cow<'static, str>,
    description: Cow<'static, str>,
    local: bool,
    values: KeyValues,
    origin: Origin,
}

/// The values that a tag key declares.
#[derive(Debug)]
pub(crate) enum KeyValues {
    Open,
    Static(&'static [&'static str]),
    Owned(Box<[String]>),
}

impl KeyValues {
    /// The values in alphabetical order, if the set is closed.
    pub(crate) fn sorted(&self) -> Option<Vec<&str>> {
        let mut values: Vec<&str> = match self {
            Self::Open => return None,
            Self::Static(values) => values.to_vec(),
            Self::Owned(values) => values.iter().map(String::as_str).collect(),
        };
        values.sort_unstable();
        Some(values)
    }
}

impl TagKeyCell {
    /// The cell of a static's key. A closed set has `values`.
    #[track_caller]
    pub(super) const fn new(
        name: &'static str,
        description: &'static str,
        local: bool,
        values: Option<&'static [&'static str]>,
        origin: Origin,
    ) -> Self {
        assert!(
            name::is_valid(name),
            "the name of a tag key is 1 to 255 bytes of printable ASCII"
        );
        if let Some(values) = values {
            check_values(values);
        }
        Self {
            name: Cow::Borrowed(name),
            description: Cow::Borrowed(description),
            local,
            values: match values {
                Some(values) => KeyValues::Static(values),
                None => KeyValues::Open,
            },
            origin,
        }
    }

    pub(crate) const fn owned(
        name: String,
        local: bool,
        values: KeyValues,
        origin: Origin,
    ) -> Self {
        Self {
            name: Cow::Owned(name),
            description: Cow::Borrowed(""),
            local,
            values,
            origin,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    pub(crate) const fn is_local(&self) -> bool {
        self.local
    }

    pub(crate) const fn values(&self) -> &KeyValues {
        &self.values
    }

    pub(crate) const fn origin(&self) -> Origin {
        self.origin
    }
}

/// Checks the values of a closed set.
#[track_caller]
const fn check_values(values: &[&str]) {
    assert!(
        !values.is_empty(),
        "a closed set has at least one value: give the enum a variant"
    );
    let mut rest = values;
    while let [value, others @ ..] = rest {
        assert!(
            !value.is_empty() && value.len() <= name::MAX_LEN,
            "the values of a closed set have 1 to 255 bytes"
        );
        assert!(
            !is_reserved(value),
            "`_other` and `_overflow` are values that views give: give the enum's variant another value, with \
             `#[tag_value(\"…\")]`"
        );
        rest = others;
    }
}

/// Whether this value is one that views give: `_other` of a closed column, or `_overflow`.
pub(crate) const fn is_reserved(value: &str) -> bool {
    matches!(value.as_bytes(), b"_other" | b"_overflow")
}

impl<S> TagKey<S> {
    /// The name: 1 to 255 bytes of printable ASCII (OpenCensus, `tags/TagMap.md`).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.cell.name
    }

    /// The description: the first paragraph of the doc comment. Empty for a key that was made at run time.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.cell.description
    }

    /// Whether tags of this key stay in this process: `#[tag(local)]`.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.cell.local
    }

    /// Where the key was declared. A key that came with received tags, and that this program has not declared, is from
    /// the file `<received>`, line 0.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.cell.origin
    }

    /// The key, as one that can have any value.
    #[must_use]
    pub fn untyped(&self) -> TagKey {
        TagKey::from_handle(self.cell.clone())
    }

    pub(crate) const fn handle(&self) -> &Handle<TagKeyCell> {
        &self.cell
    }

    pub(crate) const fn from_handle(cell: Handle<TagKeyCell>) -> Self {
        Self {
            cell,
            values: PhantomData,
        }
    }
}

impl TagKey {
    /// A key that came with received tags and that this program does not declare. It is not in the catalogue.
    pub(crate) fn undeclared(name: &str) -> Self {
        const RECEIVED: Origin = Origin::new("", "<received>", 0, 0);
        Self::from_handle(Handle::Shared(Arc::new(TagKeyCell::owned(
            name.to_owned(),
            false,
            KeyValues::Open,
            RECEIVED,
        ))))
    }
}

impl Handle<TagKeyCell> {
    /// The name of a key that a `static` declares.
    pub(super) const fn static_name(&self) -> Option<&'static str> {
        match self {
            Self::Static(TagKeyCell {
                name: Cow::Borrowed(name),
                ..
            }) => Some(name),
            _ => None,
        }
    }

    /// The address of the cell of a key that a `static` declares. A key made at run time has none: its cell is freed,
    /// and another one may take its address.
    #[inline]
    pub(crate) fn address(&self) -> Address {
        match self {
            Self::Static(cell) => Address::of(*cell),
            Self::Shared(_) => Address::NONE,
        }
    }
}

/// Keys of one name are one key.
impl PartialEq for Handle<TagKeyCell> {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || self.name() == other.name()
    }
}

impl Eq for Handle<TagKeyCell> {}

/// The tag key of a static's cell.
#[doc(hidden)]
#[must_use]
pub const fn static_tag_key<S>(cell: &'static TagKeyCell) -> TagKey<S> {
    TagKey::from_handle(Handle::Static(cell))
}

impl<S> Clone for TagKey<S> {
    fn clone(&self) -> Self {
        Self::from_handle(self.cell.clone())
    }
}

impl<S> fmt::Debug for TagKey<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagKey").field("cell", &self.cell).finish()
    }
}

/// Keys of one name are equal, whatever sets of values their types have.
impl<S, R> PartialEq<TagKey<R>> for TagKey<S> {
    fn eq(&self, other: &TagKey<R>) -> bool {
        self.cell == other.cell
    }
}

impl<S> Eq for TagKey<S> {}

impl<S> PartialOrd for TagKey<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S> Ord for TagKey<S> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl<S> Hash for TagKey<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}
