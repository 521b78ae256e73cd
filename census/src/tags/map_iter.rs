//! Iteration over a [`TagMap`](super::TagMap).

use std::fmt;
use std::iter::FusedIterator;
use std::slice;

use super::TagValue;
use crate::declare::TagKey;

/// An iterator over the tags of a [`TagMap`](super::TagMap), ordered by key. Made by
/// [`TagMap::iter`](super::TagMap::iter).
///
/// ```
/// use census::TagMap;
///
/// let tags = TagMap::from_baggage("method=GET,city=Rome");
/// let mut iter = tags.iter();
/// assert_eq!(iter.len(), 2);
/// assert_eq!(iter.next_back().map(|(key, value)| (key.name(), value.as_str())), Some(("method", "GET")));
/// assert_eq!(iter.next().map(|(key, value)| (key.name(), value.as_str())), Some(("city", "Rome")));
/// assert!(iter.next().is_none());
/// ```
#[derive(Clone)]
pub struct TagMapIter<'a>(slice::Iter<'a, (TagKey, TagValue)>);

impl<'a> TagMapIter<'a> {
    pub(super) fn new(tags: &'a [(TagKey, TagValue)]) -> Self {
        Self(tags.iter())
    }
}

fn by_reference((key, value): &(TagKey, TagValue)) -> (&TagKey, &TagValue) {
    (key, value)
}

impl<'a> Iterator for TagMapIter<'a> {
    type Item = (&'a TagKey, &'a TagValue);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(by_reference)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for TagMapIter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(by_reference)
    }
}

impl ExactSizeIterator for TagMapIter<'_> {}

impl FusedIterator for TagMapIter<'_> {}

/// The tags that are left, as `{"tenant": "acme"}`.
impl fmt::Debug for TagMapIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.clone().map(|(key, value)| (key.name(), value));
        f.debug_map().entries(named).finish()
    }
}
