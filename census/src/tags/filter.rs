//! Filters of the tags that leave the process and of the tags that enter it.

use super::TagMap;
use super::propagate::is_local_anywhere;
use crate::declare::TagKey;

/// One rule of a list for [`TagMap::outgoing`] or [`TagMap::incoming`]. It includes or excludes the keys that match a
/// condition on their names.
///
/// The first rule that a key matches decides. A key that matches no rule is excluded. (OpenCensus, `tags/TagMap.md`,
/// "`TagPropagationFilter`".)
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
    /// Whether keys that match are included. Otherwise they are excluded.
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
    /// Includes the key of this name: OpenCensus's `Include`, `EQUAL`.
    #[must_use]
    pub const fn include(name: &'a str) -> Self {
        Self::new(true, Condition::Equal(name))
    }

    /// Includes every key except the one of this name, for which the next rule decides: `Include`, `NOTEQUAL`.
    #[must_use]
    pub const fn include_all_but(name: &'a str) -> Self {
        Self::new(true, Condition::NotEqual(name))
    }

    /// Includes the keys whose names begin with `prefix`; `""` includes all keys: `Include`, `HAS_PREFIX`.
    #[must_use]
    pub const fn include_prefix(prefix: &'a str) -> Self {
        Self::new(true, Condition::HasPrefix(prefix))
    }

    /// Excludes the key of this name: `Exclude`, `EQUAL`.
    #[must_use]
    pub const fn exclude(name: &'a str) -> Self {
        Self::new(false, Condition::Equal(name))
    }

    /// Excludes every key except the one of this name, for which the next rule decides: `Exclude`, `NOTEQUAL`.
    #[must_use]
    pub const fn exclude_all_but(name: &'a str) -> Self {
        Self::new(false, Condition::NotEqual(name))
    }

    /// Excludes the keys whose names begin with `prefix`; `""` excludes all keys: `Exclude`, `HAS_PREFIX`.
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

    fn matches(&self, key_name: &str) -> bool {
        match self.condition {
            Condition::Equal(name) => key_name == name,
            Condition::NotEqual(name) => key_name != name,
            Condition::HasPrefix(prefix) => key_name.starts_with(prefix),
        }
    }
}

impl TagMap {
    /// The tags of this map that may leave the process: the tags that the filters include and that are not local.
    /// Without filters, all tags that are not local.
    ///
    /// Call it before [`encode`](Self::encode) or [`to_baggage`](Self::to_baggage), which send all tags of a map that
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
    /// // A filter that includes a local tag has no effect.
    /// assert!(tags.outgoing(&[TagFilter::include("session")]).is_empty());
    /// ```
    pub fn outgoing(&self, filters: &[TagFilter<'_>]) -> Self {
        self.filtered(|key| !is_local_anywhere(key) && is_included(filters, key))
    }

    /// The tags of this map, which was received, that the filters include. Without filters, all tags.
    ///
    /// ```
    /// use census::{TagFilter, TagMap};
    ///
    /// let received = TagMap::from_baggage("myorg%2Ftenant=acme,userId=alice");
    /// let tags = received.incoming(&[TagFilter::include_prefix("myorg/")]);
    /// assert_eq!(tags.len(), 1);
    /// ```
    pub fn incoming(&self, filters: &[TagFilter<'_>]) -> Self {
        self.filtered(|key| is_included(filters, key))
    }

    fn filtered(&self, keep: impl Fn(&TagKey) -> bool) -> Self {
        let tags = self.iter().filter(|(key, _)| keep(key));
        Self::from_sorted(
            tags.map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    }
}

fn is_included(filters: &[TagFilter<'_>], key: &TagKey) -> bool {
    let first_match = filters.iter().find(|filter| filter.matches(key.name()));
    first_match.map_or(filters.is_empty(), |filter| filter.includes)
}
