//! What both formats of tags on their way between processes have in common.

use std::fmt;
use std::ops::Deref;

use super::{TagMap, TagValue};
use crate::declare::{TagKey, name};
use crate::register::known_key;

/// The most bytes of keys and values that go out or come in: of the binary format, by OpenCensus (`tags/TagMap.md`,
/// "Limits"). W3C baggage has the same number for the whole header.
pub(super) const MAX_BYTES: usize = 8192;

/// Tags as they are sent, and how many had to stay: made by [`TagMap::encode`], a `Vec<u8>`, and by
/// [`TagMap::to_baggage`], a `String`, which it can be used as.
///
/// ```
/// # use census::{TagKey, TagMap, tag, tags};
/// #[tag(local)]
/// static SESSION: TagKey;
/// #[tag]
/// static CITY: TagKey;
///
/// let baggage = tags!(CITY = "Zürich", SESSION = 7).to_baggage();
/// assert_eq!(baggage.as_str(), "city=Z%C3%BCrich");
/// assert_eq!(baggage.omitted().local, 1);
/// # assert_eq!(baggage.omitted().total(), 1);
/// assert_eq!(baggage.into_inner(), String::from("city=Z%C3%BCrich"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded<T> {
    wire: T,
    omitted: Omitted,
}

/// How many tags were not sent, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Omitted {
    /// Their keys are local (`#[tag(local)]`): as you wish.
    pub local: usize,
    /// Their values are not printable ASCII, which is all that the binary format can carry.
    pub not_ascii: usize,
    /// They would have been beyond the limits of W3C baggage.
    pub over_limit: usize,
}

impl<T> Encoded<T> {
    pub(super) const fn new(wire: T, omitted: Omitted) -> Self {
        Self { wire, omitted }
    }

    /// What is sent.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.wire
    }

    /// How many tags are not in it.
    #[must_use]
    pub const fn omitted(&self) -> Omitted {
        self.omitted
    }
}

impl<T> Deref for Encoded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.wire
    }
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Encoded<T> {
    fn as_ref(&self) -> &[u8] {
        self.wire.as_ref()
    }
}

impl<T: fmt::Display> fmt::Display for Encoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.wire.fmt(f)
    }
}

impl Omitted {
    /// How many there are in all.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.local + self.not_ascii + self.over_limit
    }
}

/// Whether tags of this key never leave: it is local, or else this program says so elsewhere. Keys of one name are one
/// key, and this one may be from before the other was made, or from a second declaration, which the catalogue refuses.
pub(super) fn stays(key: &TagKey) -> bool {
    key.is_local() || known_key(key.name()).is_some_and(|known| known.is_local())
}

impl TagMap {
    /// The tags whose keys are not local; the others are counted.
    pub(super) fn not_local<'a>(
        &'a self,
        omitted: &'a mut Omitted,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let tags = self.iter().filter(|(key, _)| {
            let stays = stays(key);
            omitted.local += usize::from(stays);
            !stays
        });
        tags.map(|(key, value)| (key.name(), value.as_str()))
    }

    /// Tags in the order in which they came: of one key the last counts. All names must be valid.
    ///
    /// It sorts once, and makes keys and values only of what stays: a sender cannot make it take longer or keep more.
    pub(super) fn received<S: AsRef<str>>(mut tags: Vec<(S, S)>) -> Self {
        tags.reverse();
        // A stable sort: the last that came of one name is the first of them now, which is the one that stays.
        tags.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
        tags.dedup_by(|(a, _), (b, _)| a.as_ref() == b.as_ref());
        let known = |(key, value): (S, S)| {
            let (key, value) = (key.as_ref(), value.as_ref());
            debug_assert!(name::is_valid(key));
            let key = known_key(key).unwrap_or_else(|| TagKey::received(key));
            (key, TagValue::cut(value))
        };
        Self::from_sorted(tags.into_iter().map(known).collect())
    }
}
