//! Sets of tags.

use std::fmt;
use std::iter::Map;
use std::slice;
use std::sync::Arc;

use super::{AsTagValue, TagValue, TagValueRef};
use crate::declare::TagKey;

/// A set of tags: each key has one value. Cheap to clone. Made by [`tags!`](macro@crate::tags).
///
/// Measurements have the tags of the set that is [`current`](Self::current). A set is made current by
/// [`scope`](Self::scope), [`enter`](Self::enter) and, for futures, [`with_tags`](crate::WithTags::with_tags). It goes to
/// other processes by [`to_baggage`](Self::to_baggage) and [`encode`](Self::encode), and comes from them by
/// [`from_baggage`](Self::from_baggage) and [`decode`](Self::decode).
///
/// The operations are OpenCensus's (`tags/TagMap.md`):
///
/// ```
/// use census::{TagKey, TagMap, TagValue, tag};
///
/// #[tag]
/// static TENANT: TagKey;
///
/// let mut tags = TagMap::new();
/// tags.update(&TENANT, TagValue::new("acme")?); // only what is there
/// assert_eq!(tags.get(&TENANT), None);
/// tags.insert(&TENANT, TagValue::new("acme")?);
/// tags.insert(&TENANT, TagValue::new("other")?); // keeps what is there
/// assert_eq!(tags.get(&TENANT).map(TagValue::as_str), Some("acme"));
/// tags.upsert(&TENANT, TagValue::new("other")?); // in any case
/// tags.delete(&TENANT);
/// assert!(tags.is_empty());
/// # Ok::<(), census::TagValueError>(())
/// ```
#[derive(Clone, Default)]
pub struct TagMap {
    /// Sorted by key. `None` is one way to say that there are none: it allocates nothing.
    tags: Option<Arc<Vec<(TagKey, TagValue)>>>,
}

// Sent along with tasks and to threads.
const _: () = {
    const fn is_shared<T: Clone + Send + Sync + Unpin + 'static>() {}
    is_shared::<TagMap>();
};

/// So many tags are looked at before names are compared.
const FEW: usize = 8;

impl TagMap {
    /// No tags.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tags that are sorted by key, each key once.
    pub(super) fn from_sorted(tags: Vec<(TagKey, TagValue)>) -> Self {
        debug_assert!(tags.is_sorted_by(|(a, _), (b, _)| a < b));
        Self {
            tags: Some(Arc::new(tags)),
        }
    }

    /// The value of a key.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &TagKey) -> Option<&TagValue> {
        let tags = self.as_slice();
        let same = |(other, _): &&(TagKey, TagValue)| other.handle().ptr_eq(key.handle());
        let (_, value) = match tags.iter().take(FEW).find(same) {
            Some(tag) => tag,
            None => self.get_by_name(key)?,
        };
        Some(value)
    }

    /// The tag of a key, and the key as it is here.
    #[inline(never)]
    fn get_by_name(&self, key: &TagKey) -> Option<&(TagKey, TagValue)> {
        self.as_slice().get(self.find(key).ok()?)
    }

    /// The tags, ordered by key. `for (key, value) in &tags` does it, too.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&TagKey, &TagValue)> {
        self.into_iter()
    }

    /// How many tags there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Adds a tag unless its key has a value already. Returns whether the tag was added.
    pub fn insert(&mut self, key: &TagKey, value: TagValue) -> bool {
        match self.find(key) {
            Ok(_) => false,
            Err(index) => {
                self.make_mut().insert(index, (key.clone(), value));
                true
            }
        }
    }

    /// Replaces the value of a key that has one. Returns whether the key had one.
    pub fn update(&mut self, key: &TagKey, value: TagValue) -> bool {
        match self.find(key) {
            Ok(index) => {
                self.replace(index, key, value);
                true
            }
            Err(_) => false,
        }
    }

    /// Sets the value of a key, whether it has one or not.
    pub fn upsert(&mut self, key: &TagKey, value: TagValue) {
        match self.find(key) {
            Ok(index) => self.replace(index, key, value),
            Err(index) => self.make_mut().insert(index, (key.clone(), value)),
        }
    }

    /// Removes the tag of a key. Returns whether there was one.
    pub fn delete(&mut self, key: &TagKey) -> bool {
        match self.find(key) {
            Ok(index) => {
                self.make_mut().remove(index);
                true
            }
            Err(_) => false,
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

    fn as_slice(&self) -> &[(TagKey, TagValue)] {
        self.tags.as_deref().map_or(&[], Vec::as_slice)
    }

    fn make_mut(&mut self) -> &mut Vec<(TagKey, TagValue)> {
        Arc::make_mut(self.tags.get_or_insert_default())
    }

    fn find(&self, key: &TagKey) -> Result<usize, usize> {
        let tags = self.as_slice();
        // Mostly there are few tags, and one has this very key: no name need be read.
        let same = |(other, _): &(TagKey, TagValue)| other.handle().ptr_eq(key.handle());
        match tags.iter().take(FEW).position(same) {
            Some(index) => Ok(index),
            None => tags.binary_search_by(|(other, _)| other.cmp(key)),
        }
    }

    /// The newest tag replaces the key too: it says whether the tag is local.
    fn replace(&mut self, index: usize, key: &TagKey, value: TagValue) {
        if let Some(tag) = self.make_mut().get_mut(index) {
            *tag = (key.clone(), value);
        }
    }
}

impl PartialEq for TagMap {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for TagMap {}

/// `{"tenant": "acme"}`
impl fmt::Debug for TagMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.iter().map(|(key, value)| (key.name(), value));
        f.debug_map().entries(named).finish()
    }
}

type Pair<'a> = (&'a TagKey, &'a TagValue);

impl<'a> IntoIterator for &'a TagMap {
    type Item = Pair<'a>;
    type IntoIter =
        Map<slice::Iter<'a, (TagKey, TagValue)>, fn(&'a (TagKey, TagValue)) -> Pair<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter().map(|(key, value)| (key, value))
    }
}

/// A tag as `record!` and `tags!` hand it over.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    pub(crate) key: &'a TagKey,
    pub(crate) value: TagValueRef<'a>,
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
    Tag::new(key, TagValueRef::literal(value))
}

impl<'a> Tag<'a> {
    #[inline]
    #[must_use]
    pub(crate) fn new(key: &'a TagKey, value: TagValueRef<'a>) -> Self {
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
#[must_use = "tags are current only once `scope`, `enter` or `with_tags` makes them so"]
pub fn tags(tags: &[Tag<'_>]) -> TagMap {
    TagMap::current().with(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tags_are_equal_however_they_came_about_and_need_no_memory() {
        assert!(TagMap::new().tags.is_none());
        assert!(TagMap::current().with(&[]).tags.is_none());
        let key = TagKey::new("came_and_went").expect("a valid name");
        let mut tags = TagMap::new();
        tags.insert(&key, TagValue::cut("x"));
        assert_eq!(format!("{tags:?}"), r#"{"came_and_went": "x"}"#);
        assert!((&tags).into_iter().eq([(&key, &TagValue::cut("x"))]));
        tags.delete(&key);
        assert_eq!(tags, TagMap::new());
    }

    #[test]
    fn lending_clones_nothing() {
        let key = TagKey::new("lent").expect("a valid name");
        let mut tags = TagMap::new();
        tags.insert(&key, TagValue::cut("x"));
        let lent = tags.lend();
        // That of the scope, and this one.
        let current = TagMap::current();
        assert_eq!(current.tags.as_ref().map(Arc::strong_count), Some(2));
        drop(lent);
        assert_eq!(tags.tags.as_ref().map(Arc::strong_count), Some(2));
    }
}
