//! A tag on its way into a measurement or a [`TagMap`](super::TagMap).

use std::marker::PhantomData;

use super::{AsTagValue, TagValueRef};
use crate::declare::check_places::TypedTagKey;
use crate::declare::{Address, Handle, HasEveryText, InSet, TagKey, TagKeyCell};

/// A key and a borrowed value: what the code that `record!` and `tags!` generate passes on.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'a> {
    pub(crate) key: &'a Handle<TagKeyCell>,
    pub(crate) value: TagValueRef<'a>,
    /// The address of the key's static. It is a field and not a method, because the compiler often knows it where the
    /// tag is made, and not where the tag is used.
    pub(crate) key_address: Address,
    /// The address of the static that holds the value; see `key_address`.
    pub(crate) value_address: Address,
}

/// A tag with any value.
#[inline]
pub fn tag<'a, K: TypedTagKey>(
    key: &'a K,
    value: &'a (impl AsTagValue + InSet<K::Values> + ?Sized),
) -> Tag<'a> {
    Tag::new(key.typed(), value.as_tag_value())
}

/// A borrowed value whose type was `T`.
#[derive(Debug)]
pub struct TypedValue<'a, T: ?Sized> {
    value: TagValueRef<'a>,
    ty: PhantomData<fn(&T)>,
}

/// A value of a tag. The value is asked once for each `record!`, so that all its measurements have the same tags.
#[inline]
pub fn tag_value<T: AsTagValue + ?Sized>(value: &T) -> TypedValue<'_, T> {
    TypedValue {
        value: value.as_tag_value(),
        ty: PhantomData,
    }
}

/// A tag with a value that [`tag_value`] has given.
#[inline]
#[must_use]
pub fn known_tag<'a, K: TypedTagKey, T: InSet<K::Values> + ?Sized>(
    key: &'a K,
    value: &TypedValue<'a, T>,
) -> Tag<'a> {
    Tag::new(key.typed(), value.value)
}

/// A tag whose value is a literal.
#[inline]
#[must_use]
pub fn literal_tag<'a, K: TypedTagKey<Values: HasEveryText>>(
    key: &'a K,
    value: &'static &'static str,
) -> Tag<'a> {
    Tag::new(key.typed(), TagValueRef::literal(value))
}

impl<'a> Tag<'a> {
    #[inline]
    #[must_use]
    pub(crate) fn new<S>(key: &'a TagKey<S>, value: TagValueRef<'a>) -> Self {
        let key = key.handle();
        Self {
            key,
            value,
            key_address: key.address(),
            value_address: value.address(),
        }
    }
}
