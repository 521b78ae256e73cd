//! Tags as pairs of an address and a text, which is all that a look-up by text needs of them.

use crate::declare::Address;
use crate::declare::TagKey;
use crate::tags::Tag;

/// A tag key, known by its address, and the bytes of the tag value.
#[derive(Clone, Copy)]
pub(super) struct TagText<'a> {
    /// The address of the key, or a stand-in for a column: see [`of_column`](Self::of_column).
    pub(super) key: Address,
    pub(super) bytes: &'a [u8],
}

impl TagText<'_> {
    /// No tag: the initial content of arrays.
    pub(super) const NONE: Self = Self {
        key: Address::NONE,
        bytes: &[],
    };
}

impl<'a> TagText<'a> {
    /// The value of a column. Columns are numbered from 1 on.
    #[inline]
    pub(super) const fn of_column(column: usize, bytes: &'a [u8]) -> Self {
        Self {
            key: Address::stand_in(column),
            bytes,
        }
    }
}

/// A measurement's own tags. A tag that is not set has the empty text.
#[inline]
pub(super) fn own_texts<'a>(tags: &'a [Tag<'_>]) -> impl Iterator<Item = TagText<'a>> + Clone {
    tags.iter().map(|tag| TagText {
        key: tag.key_address,
        bytes: tag.value.bytes().unwrap_or_default(),
    })
}

/// The values of all columns of a measure's views, in the columns' order.
#[inline]
pub(super) fn column_texts<'a>(values: &'a [&str]) -> impl Iterator<Item = TagText<'a>> + Clone {
    let numbered = values.iter().zip(1..);
    numbered.map(|(value, column)| TagText::of_column(column, value.as_bytes()))
}

/// The value of a key in a measurement's own tags. Several tags may have the key: the last one that is set counts, as
/// in `tags!`.
pub(super) fn last_set<'a>(tags: &'a [Tag<'_>], key: &TagKey) -> Option<&'a str> {
    let mut of_key = tags.iter().rev().filter(|tag| tag.key == key.handle());
    of_key.find_map(|tag| tag.value.get())
}
