//! Tag keys.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Address, Handle, Origin, name};

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
#[derive(Clone, Debug)]
pub struct TagKey {
    cell: Handle<TagKeyCell>,
}

/// A tag key's definition, to which its `static` refers.
#[doc(hidden)]
#[derive(Debug)]
pub struct TagKeyCell {
    name: Cow<'static, str>,
    description: Cow<'static, str>,
    local: bool,
    origin: Origin,
}

impl TagKeyCell {
    pub(crate) const fn owned(name: String, local: bool, origin: Origin) -> Self {
        Self {
            name: Cow::Owned(name),
            description: Cow::Borrowed(""),
            local,
            origin,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn is_local(&self) -> bool {
        self.local
    }

    pub(crate) const fn origin(&self) -> Origin {
        self.origin
    }
}

impl TagKey {
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

    /// The name of a key that a `static` declares.
    pub(super) const fn static_name(&self) -> Option<&'static str> {
        match &self.cell {
            Handle::Static(TagKeyCell {
                name: Cow::Borrowed(name),
                ..
            }) => Some(name),
            _ => None,
        }
    }

    pub(crate) const fn handle(&self) -> &Handle<TagKeyCell> {
        &self.cell
    }

    /// The address of the cell of a key that a `static` declares. A key made at run time has none: its cell is freed,
    /// and another one may take its address.
    #[inline]
    pub(crate) fn address(&self) -> Address {
        match self.cell {
            Handle::Static(cell) => Address::of(cell),
            Handle::Shared(_) => Address::NONE,
        }
    }

    /// A key that came with received tags and that this program does not declare. It is not in the catalogue.
    pub(crate) fn undeclared(name: &str) -> Self {
        const RECEIVED: Origin = Origin::new("", "<received>", 0, 0);
        Self::from_handle(Handle::Shared(Arc::new(TagKeyCell::owned(
            name.to_owned(),
            false,
            RECEIVED,
        ))))
    }

    pub(crate) const fn from_handle(cell: Handle<TagKeyCell>) -> Self {
        Self { cell }
    }
}

/// The cell of a tag key, checked.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn tag_key_cell(
    name: &'static str,
    description: &'static str,
    local: bool,
    origin: Origin,
) -> TagKeyCell {
    assert!(
        name::is_valid(name),
        "the name of a tag key is 1 to 255 bytes of printable ASCII"
    );
    TagKeyCell {
        name: Cow::Borrowed(name),
        description: Cow::Borrowed(description),
        local,
        origin,
    }
}

/// The tag key of a static's cell.
#[doc(hidden)]
#[must_use]
pub const fn static_tag_key(cell: &'static TagKeyCell) -> TagKey {
    TagKey::from_handle(Handle::Static(cell))
}

impl PartialEq for TagKey {
    fn eq(&self, other: &Self) -> bool {
        self.cell.ptr_eq(&other.cell) || self.name() == other.name()
    }
}

impl Eq for TagKey {}

impl PartialOrd for TagKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for TagKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl Hash for TagKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}
