//! Sets of tags.

use std::sync::Arc;

use super::{AsTagValue, TagStr, TagValue};
use crate::declare::TagKey;

/// A set of tags: each key has one value. Cheap to clone. Made by [`tags!`](macro@crate::tags).
///
/// The operations are OpenCensus's (`tags/TagMap.md`):
///
/// ```
/// use census::{TagKey, TagMap, TagValue, tag};
///
/// #[tag]
/// static TENANT: TagKey;
///
/// let mut tags = TagMap::empty();
/// tags.update(&TENANT, TagValue::new("acme")?); // only what is there
/// assert_eq!(tags.get(&TENANT), None);
/// tags.insert(&TENANT, TagValue::new("acme")?);
/// tags.insert(&TENANT, TagValue::new("other")?); // keeps what is there
/// assert_eq!(tags.get(&TENANT).map(TagValue::as_str), Some("acme"));
/// tags.upsert(&TENANT, TagValue::new("other")?); // in any case
/// tags.delete(&TENANT);
/// assert!(tags.is_empty());
/// # Ok::<(), census::InvalidTagValue>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagMap {
    /// Sorted by key.
    tags: Arc<Vec<(TagKey, TagValue)>>,
}

impl TagMap {
    /// No tags.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Tags that are sorted by key, each key once.
    pub(super) fn from_sorted(tags: Vec<(TagKey, TagValue)>) -> Self {
        debug_assert!(tags.is_sorted_by(|(a, _), (b, _)| a < b));
        Self {
            tags: Arc::new(tags),
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &TagKey) -> Option<&TagValue> {
        let index = self.find(key).ok()?;
        self.tags.get(index).map(|(_, value)| value)
    }

    /// The tags, ordered by key.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&TagKey, &TagValue)> {
        self.tags.iter().map(|(key, value)| (key, value))
    }

    /// How many tags there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Adds a tag unless its key has a value already.
    pub fn insert(&mut self, key: &TagKey, value: TagValue) {
        if let Err(index) = self.find(key) {
            Arc::make_mut(&mut self.tags).insert(index, (key.clone(), value));
        }
    }

    /// Replaces the value of a key that has one.
    pub fn update(&mut self, key: &TagKey, value: TagValue) {
        if let Ok(index) = self.find(key) {
            self.replace(index, key, value);
        }
    }

    /// Adds a tag, or replaces the value that its key has.
    pub fn upsert(&mut self, key: &TagKey, value: TagValue) {
        match self.find(key) {
            Ok(index) => self.replace(index, key, value),
            Err(index) => Arc::make_mut(&mut self.tags).insert(index, (key.clone(), value)),
        }
    }

    /// Removes a tag, if it is there.
    pub fn delete(&mut self, key: &TagKey) {
        if let Ok(index) = self.find(key) {
            Arc::make_mut(&mut self.tags).remove(index);
        }
    }

    /// This set and `tags` over it: what `tags!` does.
    pub(crate) fn with(mut self, tags: &[Tag<'_>]) -> Self {
        for tag in tags {
            if let Some(value) = tag.value.get() {
                self.upsert(tag.key, TagValue::cut(value));
            }
        }
        self
    }

    fn find(&self, key: &TagKey) -> Result<usize, usize> {
        self.tags.binary_search_by(|(other, _)| other.cmp(key))
    }

    /// The newest tag replaces the key too: it says whether the tag is local.
    fn replace(&mut self, index: usize, key: &TagKey, value: TagValue) {
        if let Some(tag) = Arc::make_mut(&mut self.tags).get_mut(index) {
            *tag = (key.clone(), value);
        }
    }
}

/// A tag as `record!` and `tags!` hand it over.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    pub(crate) key: &'a TagKey,
    pub(crate) value: TagStr<'a>,
    /// The places of a key that is a `static`, and of a value that is a literal; 0 of others. They tell the tag from all
    /// others. Taken here, where the compiler may know them.
    pub(crate) places: (usize, usize),
}

/// A tag.
#[inline]
pub fn tag<'a>(key: &'a TagKey, value: &'a (impl AsTagValue + ?Sized)) -> Tag<'a> {
    Tag::new(key, value.as_tag_value())
}

/// A tag whose value is a literal.
#[inline]
#[must_use]
pub fn literal_tag<'a>(key: &'a TagKey, value: &'static &'static str) -> Tag<'a> {
    Tag::new(key, TagStr::literal(value))
}

impl<'a> Tag<'a> {
    #[inline]
    #[must_use]
    pub(crate) fn new(key: &'a TagKey, value: TagStr<'a>) -> Self {
        Self {
            key,
            value,
            places: (
                key.place().unwrap_or_default(),
                value.place().unwrap_or_default(),
            ),
        }
    }
}

/// What `tags!` makes: the current tags and these over them.
#[must_use]
pub fn tags(tags: &[Tag<'_>]) -> TagMap {
    TagMap::current().with(tags)
}
