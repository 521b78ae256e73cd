//! A tag on its way into a measurement or a [`TagMap`](super::TagMap).

use super::{AsTagValue, TagValueRef};
use crate::declare::{Address, TagKey};

/// A key and a borrowed value: what the code that `record!` and `tags!` generate passes on.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    pub(crate) key: &'a TagKey,
    pub(crate) value: TagValueRef<'a>,
    /// The address of the key's static. It is a field and not a method, because the compiler often knows it where the
    /// tag is made, and not where the tag is used.
    pub(crate) key_address: Address,
    /// The address of the static that holds the value; see `key_address`.
    pub(crate) value_address: Address,
}

/// A tag with any value.
#[inline]
pub fn tag<'a>(key: &'a TagKey, value: &'a (impl AsTagValue + ?Sized)) -> Tag<'a> {
    Tag::new(key, value.as_tag_value())
}

/// A value of a tag. The value is asked once for each `record!`, so that all its measurements have the same tags.
#[inline]
pub fn tag_value(value: &(impl AsTagValue + ?Sized)) -> TagValueRef<'_> {
    value.as_tag_value()
}

/// A tag with a value that [`tag_value`] has given.
#[inline]
#[must_use]
pub fn known_tag<'a>(key: &'a TagKey, value: TagValueRef<'a>) -> Tag<'a> {
    Tag::new(key, value)
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
            key_address: key.address(),
            value_address: value.address(),
        }
    }
}
