//! Filters: which tags may leave, and which are let in.

use super::TagMap;
use super::propagate::stays;
use crate::declare::TagKey;

/// One rule of a list that says which tags are let through: [`TagMap::outgoing`], [`TagMap::incoming`].
///
/// The first rule whose condition a key meets decides. A key that meets none is excluded. (OpenCensus,
/// `tags/TagMap.md`, "`TagPropagationFilter`".)
///
/// ```
/// use census::{TagFilter, TagKey, TagMap, TagValue, tag, tags};
///
/// #[tag(name = "myorg/tenant")]
/// static TENANT: TagKey;
/// #[tag(name = "myorg/debug")]
/// static DEBUG: TagKey;
/// #[tag]
/// static METHOD: TagKey;
///
/// const TO_PARTNERS: &[TagFilter] = &[
///     TagFilter::exclude("myorg/debug"),
///     TagFilter::include_prefix("myorg/"),
/// ];
///
/// let tags = tags!(TENANT = "acme", DEBUG = true, METHOD = "GET");
/// assert_eq!(tags.outgoing(TO_PARTNERS), tags!(TENANT = "acme"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagFilter<'a> {
    includes: bool,
    condition: Condition<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition<'a> {
    Equal(&'a str),
    NotEqual(&'a str),
    HasPrefix(&'a str),
}

impl<'a> TagFilter<'a> {
    /// Lets the key of this name through: `Include`, `EQUAL`.
    #[must_use]
    pub const fn include(name: &'a str) -> Self {
        Self::new(true, Condition::Equal(name))
    }

    /// Lets every key through but the one of this name: `Include`, `NOTEQUAL`.
    #[must_use]
    pub const fn include_all_but(name: &'a str) -> Self {
        Self::new(true, Condition::NotEqual(name))
    }

    /// Lets the keys through whose names begin so; with `""`, all: `Include`, `HAS_PREFIX`.
    #[must_use]
    pub const fn include_prefix(prefix: &'a str) -> Self {
        Self::new(true, Condition::HasPrefix(prefix))
    }

    /// Keeps the key of this name back: `Exclude`, `EQUAL`.
    #[must_use]
    pub const fn exclude(name: &'a str) -> Self {
        Self::new(false, Condition::Equal(name))
    }

    /// Keeps every key back but the one of this name, for which the next rule decides: `Exclude`, `NOTEQUAL`.
    #[must_use]
    pub const fn exclude_all_but(name: &'a str) -> Self {
        Self::new(false, Condition::NotEqual(name))
    }

    /// Keeps the keys back whose names begin so; with `""`, all: `Exclude`, `HAS_PREFIX`.
    #[must_use]
    pub const fn exclude_prefix(prefix: &'a str) -> Self {
        Self::new(false, Condition::HasPrefix(prefix))
    }

    const fn new(includes: bool, condition: Condition<'a>) -> Self {
        Self {
            includes,
            condition,
        }
    }

    fn meets(&self, key: &str) -> bool {
        match self.condition {
            Condition::Equal(name) => key == name,
            Condition::NotEqual(name) => key != name,
            Condition::HasPrefix(prefix) => key.starts_with(prefix),
        }
    }
}

impl TagMap {
    /// The tags of these that may leave the process: those that the filters let through, and that are not local. Without
    /// filters, all that are not local.
    ///
    /// To be called before [`encode`](Self::encode) or [`to_baggage`](Self::to_baggage), which without it send all that
    /// are not local. See [`TagFilter`].
    ///
    /// ```
    /// use census::{TagFilter, TagKey, tag, tags};
    ///
    /// #[tag(local)]
    /// static SESSION: TagKey;
    /// #[tag]
    /// static METHOD: TagKey;
    ///
    /// let tags = tags!(METHOD = "GET", SESSION = 7);
    /// assert_eq!(tags.outgoing(&[]), tags!(METHOD = "GET"));
    /// // No filter makes a local tag leave.
    /// assert!(tags.outgoing(&[TagFilter::include("session")]).is_empty());
    /// ```
    #[must_use]
    pub fn outgoing(&self, filters: &[TagFilter<'_>]) -> Self {
        self.only(|key| !stays(key) && lets_through(filters, key))
    }

    /// The tags of these, which came from outside, that the filters let through. Without filters, all.
    ///
    /// ```
    /// use census::{TagFilter, TagMap};
    ///
    /// let received = TagMap::from_baggage("myorg%2Ftenant=acme,userId=alice");
    /// let tags = received.incoming(&[TagFilter::include_prefix("myorg/")]);
    /// assert_eq!(tags.len(), 1);
    /// ```
    #[must_use]
    pub fn incoming(&self, filters: &[TagFilter<'_>]) -> Self {
        self.only(|key| lets_through(filters, key))
    }

    fn only(&self, stays: impl Fn(&TagKey) -> bool) -> Self {
        let tags = self.iter().filter(|(key, _)| stays(key));
        Self::from_sorted(
            tags.map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    }
}

fn lets_through(filters: &[TagFilter<'_>], key: &TagKey) -> bool {
    let decides = filters.iter().find(|filter| filter.meets(key.name()));
    decides.map_or(filters.is_empty(), |filter| filter.includes)
}
