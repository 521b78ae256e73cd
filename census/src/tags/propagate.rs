//! The parts that the binary format and W3C baggage share.

use std::fmt;

use super::{TagMap, TagValue, declared_keys};
use crate::declare::{TagKey, name};

/// The limit of both formats in bytes. In the binary format it holds for the keys and values together (OpenCensus,
/// `tags/TagMap.md`, "Limits"), in W3C baggage for the whole header.
pub(super) const MAX_BYTES: usize = 8192;

/// Tags in the form in which they are sent, and the numbers of the tags that are not sent. Made by [`TagMap::encode`]
/// (a `Vec<u8>`) and [`TagMap::to_baggage`] (a `String`).
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
/// # assert_eq!((baggage.len(), baggage.is_empty()), (16, false));
/// # assert_eq!(baggage.as_bytes(), baggage.as_str().as_bytes());
/// assert_eq!(baggage.into_inner(), String::from("city=Z%C3%BCrich"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded<T> {
    encoded: T,
    omitted: Omitted,
}

/// The numbers of tags that are not sent, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Omitted {
    /// Tags whose keys are local (`#[tag(local)]`).
    pub local: usize,
    /// Tags whose values are not printable ASCII. The binary format has no other values.
    pub not_ascii: usize,
    /// Tags that would exceed the limits of W3C baggage.
    pub over_limit: usize,
}

impl<T> Encoded<T> {
    pub(super) const fn new(encoded: T, omitted: Omitted) -> Self {
        Self { encoded, omitted }
    }

    /// The `Vec<u8>` or `String` to send.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.encoded
    }

    /// The numbers of tags that are not sent.
    #[must_use]
    pub const fn omitted(&self) -> Omitted {
        self.omitted
    }
}

impl<T: AsRef<[u8]>> Encoded<T> {
    /// The bytes to send.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.encoded.as_ref()
    }

    /// The number of bytes to send.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there are no bytes to send. (In the binary format there is always at least one.)
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

impl Encoded<String> {
    /// The header's value to send.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.encoded
    }
}

impl<T: AsRef<[u8]>> AsRef<[u8]> for Encoded<T> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl<T: fmt::Display> fmt::Display for Encoded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.encoded.fmt(f)
    }
}

impl Omitted {
    /// The number of all tags that are not sent.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.local + self.not_ascii + self.over_limit
    }
}

/// Whether the tags of this key never leave the process: this handle or the declaration of its name is local.
///
/// The two can differ. The handle may come from a tag that was received before the local key was made, or from a second
/// declaration of the name, which the catalogue rejects.
pub(super) fn is_local_anywhere(key: &TagKey) -> bool {
    key.is_local() || declared_keys::find(key.name()).is_some_and(|declared| declared.is_local())
}

impl TagMap {
    /// The names and values of the tags that may leave the process. The iterator counts the local tags in `omitted`.
    pub(super) fn propagated<'a>(
        &'a self,
        omitted: &'a mut Omitted,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let tags = self.iter().filter(|(key, _)| {
            let is_local = is_local_anywhere(key);
            omitted.local += usize::from(is_local);
            !is_local
        });
        tags.map(|(key, value)| (key.name(), value.as_str()))
    }

    /// The map of received tags, in the order in which they were received: of several tags of one name the last counts.
    /// All names must be valid.
    ///
    /// The tags are sorted once, and keys and values are made only for the tags that are kept. So a sender that repeats
    /// a name costs no more time and memory than one that does not.
    pub(super) fn from_wire<S: AsRef<str>>(mut tags: Vec<(S, S)>) -> Self {
        tags.reverse();
        // The sort is stable, so the last received tag of a name is now the first of that name, which `dedup_by` keeps.
        tags.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
        tags.dedup_by(|(a, _), (b, _)| a.as_ref() == b.as_ref());
        let to_tag = |(name, value): (S, S)| {
            let (name, value) = (name.as_ref(), value.as_ref());
            debug_assert!(name::is_valid(name));
            let key = declared_keys::find(name).unwrap_or_else(|| TagKey::undeclared(name));
            (key, TagValue::truncated(value))
        };
        Self::from_sorted(tags.into_iter().map(to_tag).collect())
    }
}
