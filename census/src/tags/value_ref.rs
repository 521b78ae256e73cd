//! The borrowed tag value.

use super::inline::InlineStr;
use crate::declare::Address;

/// A tag value that is borrowed for one measurement. Made by [`AsTagValue`](super::AsTagValue), without an allocation.
///
/// It may be longer than 255 bytes; it is shortened where it becomes a [`TagValue`](super::TagValue) or a row's label.
#[derive(Clone, Copy, Debug)]
pub struct TagValueRef<'a>(Content<'a>);

#[derive(Clone, Copy, Debug)]
enum Content<'a> {
    Unset,
    /// A static holds the value. Its address identifies the value, so the value itself need not be read to find its row again.
    Static(&'static &'static str),
    Borrowed(&'a str),
    Inline(InlineStr),
}

impl<'a> TagValueRef<'a> {
    /// No value: the tag is not set, as if it were not written.
    #[must_use]
    pub const fn unset() -> Self {
        Self(Content::Unset)
    }

    /// A value that is borrowed from elsewhere.
    #[must_use]
    pub const fn borrowed(value: &'a str) -> Self {
        Self(Content::Borrowed(value))
    }

    /// A number or a character, formatted.
    #[inline]
    pub(super) const fn inline(value: InlineStr) -> Self {
        Self(Content::Inline(value))
    }

    /// The static text, if a static holds the value.
    pub(super) fn static_text(&self) -> Option<&'static str> {
        match self.0 {
            Content::Static(value) => Some(value),
            _ => None,
        }
    }

    /// The address of the static that holds the value.
    #[inline]
    pub(super) fn address(&self) -> Address {
        match self.0 {
            Content::Static(value) => Address::of(value),
            _ => Address::NONE,
        }
    }

    /// The value's bytes; `None` if there is no value. Unlike [`get`](Self::get) it does not check a formatted number
    /// for UTF-8.
    #[inline]
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Content::Static(value) => Some(value.as_bytes()),
            Content::Borrowed(value) => Some(value.as_bytes()),
            Content::Inline(value) => Some(value.bytes()),
            Content::Unset => None,
        }
    }

    /// Whether there is a value.
    pub(crate) const fn is_set(&self) -> bool {
        !matches!(self.0, Content::Unset)
    }

    /// The value; `None` if the tag is not set.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        match &self.0 {
            Content::Unset => None,
            Content::Static(value) => Some(value),
            Content::Borrowed(value) => Some(value),
            Content::Inline(value) => Some(value.as_str()),
        }
    }
}

impl TagValueRef<'static> {
    /// The element of `values` at `index`; not set if `values` is too short.
    ///
    /// `#[derive(TagValue)]` calls it with the names of an enum's variants. A measurement is fastest if each of its tag
    /// values is such an element or a literal, because its row is then found by addresses.
    ///
    /// ```
    /// use census::{AsTagValue, TagValueRef};
    ///
    /// struct Shard(usize);
    ///
    /// impl AsTagValue for Shard {
    ///     fn as_tag_value(&self) -> TagValueRef<'_> {
    ///         static NAMES: [&str; 4] = ["a", "b", "c", "d"];
    ///         TagValueRef::one_of(&NAMES, self.0)
    ///     }
    /// }
    ///
    /// assert_eq!(Shard(2).as_tag_value().get(), Some("c"));
    /// assert_eq!(Shard(4).as_tag_value().get(), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn one_of(values: &'static [&'static str], index: usize) -> Self {
        match values.split_at_checked(index) {
            Some((_, [value, ..])) => Self::literal(value),
            _ => Self::unset(),
        }
    }

    /// A value that a `static` holds.
    pub(super) const fn literal(value: &'static &'static str) -> Self {
        Self(Content::Static(value))
    }
}
