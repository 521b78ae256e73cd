//! The addresses of a tag, by which equal keys and equal values are recognized without reading them.

use crate::declare::Address;
use crate::id::BoundId;
use crate::tags::Tag;

/// The addresses of a tag's key and value. If both are there, they identify the tag: tags with equal addresses have
/// equal keys and values. (The opposite does not hold: equal literals may have several addresses.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::record) struct TagAddresses {
    pub(super) key: Address,
    pub(super) value: Address,
}

impl TagAddresses {
    /// Those of no tag.
    pub(super) const NONE: Self = Self {
        key: Address::NONE,
        value: Address::NONE,
    };

    #[inline]
    pub(in crate::record) const fn of(tag: &Tag<'_>) -> Self {
        Self {
            key: tag.key_address,
            value: tag.value_address,
        }
    }

    /// Stands for a scope, beside so many tags. It is only compared with those of other scopes.
    #[inline]
    pub(super) const fn of_scope(number: usize, tags: usize) -> Self {
        Self {
            key: Address::stand_in(tags),
            value: Address::stand_in(number),
        }
    }

    /// The single tag that stands for all tags of a [`BoundMeasure`](crate::record::BoundMeasure). It is only compared with those of
    /// other bound measures: [`CacheKey::bound`](super::cache_key::CacheKey::bound).
    #[inline]
    pub(super) const fn of_bound(id: BoundId) -> Self {
        Self {
            key: Address::NONE,
            value: Address::stand_in(id.0),
        }
    }
}
