//! The map from tag keys to tag values.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "testing")]
use super::isolation::Place;
use super::tag::Tag;
use super::{TagMapIter, TagValue};
use crate::declare::{AnyTagKey, Handle, TagKey, TagKeyCell, ValueSet};

/// A map from tag keys to tag values. Cheap to clone. Made by [`tags!`](macro@crate::tags).
///
/// Measurements have the tags of the map that is [`current`](Self::current). A map is made current by
/// [`scope`](Self::scope), [`enter`](Self::enter) and, for futures, [`with_tags`](super::WithTags::with_tags).
/// [`to_baggage`](Self::to_baggage) and [`encode`](Self::encode) write a map for other processes;
/// [`from_baggage`](Self::from_baggage) and [`decode`](Self::decode) read one that another process has written.
///
/// The operations are those of OpenCensus (`tags/TagMap.md`):
///
/// ```
/// use census::{TagKey, TagMap, TagValue, tag};
///
/// #[tag]
/// static TENANT: TagKey;
///
/// let mut tags = TagMap::new();
/// assert!(!tags.update(&TENANT, TagValue::new("acme")?)); // there is no value to replace
/// assert!(tags.insert(&TENANT, TagValue::new("acme")?));
/// assert!(!tags.insert(&TENANT, TagValue::new("other")?)); // the key has a value, which stays
/// assert_eq!(tags.get(&TENANT).map(TagValue::as_str), Some("acme"));
/// tags.upsert(&TENANT, TagValue::new("other")?); // inserts or replaces
/// assert!(tags.delete(&TENANT));
/// assert!(tags.is_empty());
/// # Ok::<(), census::TagValueError>(())
/// ```
#[must_use = "tags have no effect until they are current: `.scope(|| …)`, `.enter()`, or `.with_tags(tags)` of a future"]
#[derive(Clone, Default)]
pub struct TagMap {
    /// Sorted by key, each key once. `None` and an empty vector both mean no tags; `None` needs no allocation.
    tags: Option<Arc<Vec<(TagKey, TagValue)>>>,
    /// Where the map is current: if there is nothing, wherever it is entered. It is no part of the map's value: two maps are
    /// equal if their tags are.
    #[cfg(feature = "testing")]
    place: Option<Place>,
}

// Programs move maps into tasks and threads.
const _: () = {
    const fn is_shared<T: Clone + Send + Sync + Unpin + 'static>() {}
    is_shared::<TagMap>();
};

/// Without the feature `testing`, a map carries nothing but tags.
#[cfg(not(feature = "testing"))]
const _: () = assert!(size_of::<TagMap>() == size_of::<usize>());

/// The number of tags whose handles a look-up compares, one after the other, before it compares names. Most maps are
/// smaller.
const LINEAR_SCAN_LIMIT: usize = 8;

impl TagMap {
    /// A map without tags.
    pub fn new() -> Self {
        Self::default()
    }

    /// A map of tags that are sorted by key, each key once.
    pub(super) fn from_sorted(tags: Vec<(TagKey, TagValue)>) -> Self {
        debug_assert!(tags.is_sorted_by(|(a, _), (b, _)| a < b));
        Self {
            tags: Some(Arc::new(tags)),
            #[cfg(feature = "testing")]
            place: None,
        }
    }

    /// What the map carries.
    #[cfg(feature = "testing")]
    pub(super) fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// This map, which carries the place.
    #[cfg(feature = "testing")]
    pub(crate) fn carrying(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The value of a key, if it has one.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &(impl AnyTagKey + ?Sized)) -> Option<&TagValue> {
        self.get_by_handle(key.key_handle())
    }

    #[inline]
    fn get_by_handle(&self, key: &Handle<TagKeyCell>) -> Option<&TagValue> {
        let tags = self.as_slice();
        let is_same_handle = |(other, _): &&(TagKey, TagValue)| other.handle().ptr_eq(key);
        let (_, value) = match tags.iter().take(LINEAR_SCAN_LIMIT).find(is_same_handle) {
            Some(tag) => tag,
            None => self.get_by_name(key)?,
        };
        Some(value)
    }

    /// The tag of a key. Out of line, to keep [`get`](Self::get) small where it is inlined.
    #[inline(never)]
    fn get_by_name(&self, key: &Handle<TagKeyCell>) -> Option<&(TagKey, TagValue)> {
        self.as_slice().get(self.find(key).ok()?)
    }

    /// The tags, ordered by key. `for (key, value) in &tags` is the same.
    #[must_use]
    pub fn iter(&self) -> TagMapIter<'_> {
        TagMapIter::new(self.as_slice())
    }

    /// The number of tags.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are no tags.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// Adds a tag unless its key already has a value. Returns whether the tag was added.
    ///
    /// The value is a [`TagValue`]; of a key with a [closed set](TagKey#closed-sets-of-values), it is of the set's type:
    /// `tags.insert(&METHOD, Method::Get)`.
    pub fn insert<S>(&mut self, key: &TagKey<S>, value: S::Value) -> bool
    where
        S: ValueSet<Value: Into<TagValue>>,
    {
        match self.find(key.handle()) {
            Ok(_) => false,
            Err(index) => {
                let tag = (key.untyped(), value.into());
                self.make_mut().insert(index, tag);
                true
            }
        }
    }

    /// The tags of both maps. Of a key that both have, the value is that of `upper`.
    ///
    /// Tags from another process do not replace those of this one like so:
    ///
    /// ```
    /// use census::{TagKey, TagMap, WithTags as _, tag, tags};
    ///
    /// #[tag]
    /// static LISTENER: TagKey;
    /// #[tag]
    /// static TENANT: TagKey;
    ///
    /// let _scope = tags!(LISTENER = "public").enter();
    /// let received = TagMap::from_baggage("tenant=acme,listener=internal");
    /// let request = received.overridden_by(&TagMap::current());
    /// assert_eq!(request, tags!(LISTENER = "public", TENANT = "acme"));
    /// # drop(async {}.with_tags(request));
    /// ```
    pub fn overridden_by(mut self, upper: &Self) -> Self {
        #[cfg(feature = "testing")]
        if let Some(place) = upper.place() {
            self.place = Some(place.clone());
        }
        if self.is_empty() {
            self.tags.clone_from(&upper.tags);
            return self;
        }
        for (key, value) in upper {
            self.upsert(key, value.clone());
        }
        self
    }

    /// Replaces the value of a key that has one. Returns whether it was replaced.
    pub fn update<S>(&mut self, key: &TagKey<S>, value: S::Value) -> bool
    where
        S: ValueSet<Value: Into<TagValue>>,
    {
        match self.find(key.handle()) {
            Ok(index) => {
                self.replace(index, key.untyped(), value.into());
                true
            }
            Err(_) => false,
        }
    }

    /// Sets the value of a key, whether or not the key already has one.
    pub fn upsert<S>(&mut self, key: &TagKey<S>, value: S::Value)
    where
        S: ValueSet<Value: Into<TagValue>>,
    {
        self.upsert_untyped(key.untyped(), value.into());
    }

    fn upsert_untyped(&mut self, key: TagKey, value: TagValue) {
        match self.find(key.handle()) {
            Ok(index) => self.replace(index, key, value),
            Err(index) => self.make_mut().insert(index, (key, value)),
        }
    }

    /// Removes the tag of a key. Returns whether it was removed.
    pub fn delete(&mut self, key: &(impl AnyTagKey + ?Sized)) -> bool {
        match self.find(key.key_handle()) {
            Ok(index) => {
                self.make_mut().remove(index);
                true
            }
            Err(_) => false,
        }
    }

    /// This map, with the values of `tags` in place of its own. A tag that is not set leaves the map's value as it is.
    pub(super) fn overlaid(mut self, tags: &[Tag<'_>]) -> Self {
        for tag in tags {
            if let Some(value) = tag.value.get() {
                self.upsert_untyped(
                    TagKey::from_handle(tag.key.clone()),
                    TagValue::truncated(value),
                );
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

    /// The index of the key's tag, or the index at which it is to be inserted.
    fn find(&self, key: &Handle<TagKeyCell>) -> Result<usize, usize> {
        let tags = self.as_slice();
        // Usually there are few tags, and one of them has this very handle. Then no name is read.
        let is_same_handle = |(other, _): &(TagKey, TagValue)| other.handle().ptr_eq(key);
        match tags.iter().take(LINEAR_SCAN_LIMIT).position(is_same_handle) {
            Some(index) => Ok(index),
            None => tags.binary_search_by(|(other, _)| other.name().cmp(key.name())),
        }
    }

    /// Replaces the tag at `index`: the value and also the handle of the key, which says whether the tag is local.
    fn replace(&mut self, index: usize, key: TagKey, value: TagValue) {
        if let Some(tag) = self.make_mut().get_mut(index) {
            *tag = (key, value);
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
        self.iter().fmt(f)
    }
}

impl<'a> IntoIterator for &'a TagMap {
    type Item = (&'a TagKey, &'a TagValue);
    type IntoIter = TagMapIter<'a>;

    fn into_iter(self) -> TagMapIter<'a> {
        self.iter()
    }
}

/// The map that `tags!` returns: the current tags, overlaid with these.
#[must_use = "tags are current only once `scope`, `enter` or `with_tags` makes them so"]
pub fn tags(tags: &[Tag<'_>]) -> TagMap {
    TagMap::current().overlaid(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_tag(key: &TagKey) -> TagMap {
        let mut tags = TagMap::new();
        tags.insert(key, TagValue::truncated("x"));
        tags
    }

    #[test]
    fn maps_without_tags_are_equal_and_new_ones_allocate_nothing() {
        assert!(TagMap::new().tags.is_none());
        assert!(TagMap::current().overlaid(&[]).tags.is_none());
        let key = TagKey::undeclared("came_and_went");
        let mut tags = one_tag(&key);
        assert_eq!(format!("{tags:?}"), r#"{"came_and_went": "x"}"#);
        assert!((&tags).into_iter().eq([(&key, &TagValue::truncated("x"))]));
        tags.delete(&key);
        assert_eq!(tags, TagMap::new());
    }

    #[test]
    fn borrowed_scopes_clone_nothing() {
        let mut tags = one_tag(&TagKey::undeclared("borrowed"));
        let references = |tags: &TagMap| tags.tags.as_ref().map(Arc::strong_count);
        let scope = tags.enter_borrowed();
        let current = TagMap::current();
        // Two references: the scope's and `current`.
        assert_eq!(references(&current), Some(2));
        drop(scope);
        assert_eq!(references(&tags), Some(2));
    }
}
