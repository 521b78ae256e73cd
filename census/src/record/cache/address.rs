//! Addresses of statics, by which equal keys and equal tag values are recognized without reading them.

use crate::id::BoundId;
use crate::tags::Tag;

/// The address of a `static`, or [`NONE`](Self::NONE). A static neither moves nor ends, so two statics of one type
/// never have one address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Address(usize);

impl Address {
    /// The address of no static.
    pub(super) const NONE: Self = Self(0);

    /// The address of the key of a tag, if the key is a `static`.
    #[inline]
    pub(super) const fn of_key(tag: &Tag<'_>) -> Self {
        Self(tag.places.0)
    }

    /// The address of the value of a tag, if the value is a literal or an enum's variant.
    #[inline]
    pub(super) const fn of_value(tag: &Tag<'_>) -> Self {
        Self(tag.places.1)
    }

    /// A number in the place of an address. Entries that are found by numbers must not share a
    /// [`CacheKey`](super::cache_key::CacheKey) with entries that are found by addresses.
    #[inline]
    pub(super) const fn stand_in(number: usize) -> Self {
        Self(number)
    }

    #[inline]
    pub(super) const fn is_some(self) -> bool {
        self.0 != 0
    }

    #[inline]
    pub(super) const fn get(self) -> usize {
        self.0
    }
}

/// The addresses of a tag's key and value. If both are there, they identify the tag: tags with equal addresses have
/// equal keys and values. (The opposite does not hold: equal literals may have several addresses.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::record) struct TagAddresses {
    pub(super) key: Address,
    pub(super) value: Address,
}

impl TagAddresses {
    #[inline]
    pub(in crate::record) const fn of(tag: &Tag<'_>) -> Self {
        Self {
            key: Address::of_key(tag),
            value: Address::of_value(tag),
        }
    }

    /// The single tag that stands for all tags of a [`BoundMeasure`](crate::record::BoundMeasure). No key has its
    /// address.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "no 32-bit program makes 2^32 bound measures"
    )]
    #[inline]
    pub(super) const fn of_bound(id: BoundId) -> Self {
        Self {
            key: Address::stand_in(usize::MAX),
            value: Address::stand_in(id.0 as usize),
        }
    }
}
