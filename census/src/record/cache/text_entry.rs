//! An entry of the cache by text: some tags, and the targets of the measurements that have them.

use super::cache_key::CacheKey;
use super::fingerprint::{Fingerprint, INLINE_TAGS, MAX_EXACT_LEN, TextLengths};
use super::tag_text::TagText;
use crate::aggregate::{OwnRow, Target};
use crate::declare::{Address, ValueBits};
use crate::sync::AtomicU64;

/// Some tags, and the targets of the measurements that have them. Everything that a look-up compares for one or two
/// tags lies in one cache line of the processor, and the rest in the next.
#[repr(C, align(64))]
pub(super) struct TextEntry {
    pub(super) key: CacheKey,
    lengths: TextLengths,
    tags: [InlineTag; INLINE_TAGS],
    /// The word to add one to, if a measurement does nothing else. It is one of the words of `first`.
    counter: Option<&'static AtomicU64>,
    first: Target,
    /// `None` in most entries.
    overflow: Option<Box<Overflow>>,
    pub(super) hash: u64,
}

/// A tag as an entry holds it in itself.
#[derive(Clone, Copy, Default)]
struct InlineTag {
    key: Address,
    fingerprint: Fingerprint,
}

/// The parts of an entry that do not fit into it.
struct Overflow {
    /// The [`overflowing`] tags, in order.
    tags: Box<[(Address, Box<[u8]>)]>,
    /// The targets after the first.
    targets: Box<[Target]>,
}

impl TextEntry {
    /// An entry for these texts, whose fingerprints these are; `None` without a target.
    pub(super) fn new<'t>(
        key: CacheKey,
        hash: u64,
        texts: impl Iterator<Item = TagText<'t>> + Clone,
        fingerprints: impl Iterator<Item = Fingerprint>,
        targets: &[Target],
    ) -> Option<Self> {
        let (first, rest) = targets.split_first()?;
        let mut tags = [InlineTag::default(); INLINE_TAGS];
        for (tag, (text, fingerprint)) in tags.iter_mut().zip(texts.clone().zip(fingerprints)) {
            *tag = InlineTag {
                key: text.key,
                fingerprint,
            };
        }
        let overflow = Overflow {
            tags: overflowing(texts.clone())
                .map(|text| (text.key, text.bytes.into()))
                .collect(),
            targets: rest.into(),
        };
        let is_needed = !overflow.tags.is_empty() || !overflow.targets.is_empty();
        Some(Self {
            key,
            lengths: TextLengths::of(texts),
            tags,
            counter: first
                .own_row()
                .and_then(OwnRow::counter)
                .filter(|_| rest.is_empty()),
            first: first.clone(),
            overflow: is_needed.then(|| Box::new(overflow)),
            hash,
        })
    }

    /// Whether the key, the lengths and the inline tags are equal. If all texts have an exact fingerprint, and there
    /// are no more than [`INLINE_TAGS`], this is the entry of these tags.
    #[inline]
    pub(super) fn has_inline(
        &self,
        key: CacheKey,
        lengths: TextLengths,
        tags: impl Iterator<Item = (Address, Fingerprint)>,
    ) -> bool {
        let mut tags = self.tags.iter().zip(tags);
        self.key == key
            && self.lengths == lengths
            && tags
                .all(|(tag, (key, fingerprint))| tag.key == key && tag.fingerprint == fingerprint)
    }

    /// Whether the long texts are equal, given at most [`INLINE_TAGS`] tags for which [`has_inline`](Self::has_inline)
    /// holds.
    pub(super) fn has_long(&self, texts: &[TagText<'_>]) -> bool {
        let mut long = self.overflow_tags().iter();
        texts.iter().all(|text| {
            text.bytes.len() <= MAX_EXACT_LEN
                || long.next().is_some_and(|(_, bytes)| **bytes == *text.bytes)
        })
    }

    /// Whether all [`overflowing`] tags are equal, given any number of tags for which
    /// [`has_inline`](Self::has_inline) holds.
    pub(super) fn has_overflowing<'t>(&self, texts: impl Iterator<Item = TagText<'t>>) -> bool {
        let mut tags = self.overflow_tags().iter();
        let mut texts = overflowing(texts);
        let are_equal = texts.all(|text| {
            let tag = tags.next();
            tag.is_some_and(|(key, bytes)| *key == text.key && **bytes == *text.bytes)
        });
        are_equal && tags.next().is_none()
    }

    fn overflow_tags(&self) -> &[(Address, Box<[u8]>)] {
        let overflow = self.overflow.as_ref();
        overflow.map_or(&[], |overflow| &overflow.tags)
    }

    /// Records a value to all targets.
    #[inline]
    pub(super) fn record(&self, bits: ValueBits) {
        match self.counter {
            Some(counter) => OwnRow::count(counter),
            None => self.record_each(bits),
        }
    }

    /// Out of line, so that counting saves no registers for it.
    #[inline(never)]
    fn record_each(&self, bits: ValueBits) {
        self.first.record(bits);
        if let Some(overflow) = &self.overflow {
            for target in &overflow.targets {
                target.record(bits);
            }
        }
    }

    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> + Clone {
        let overflow = self.overflow.iter();
        std::iter::once(&self.first).chain(overflow.flat_map(|overflow| &overflow.targets))
    }
}

/// The tags that an entry cannot hold in itself, or not exactly: those after the first [`INLINE_TAGS`], and those with
/// long texts.
pub(super) fn overflowing<'t>(
    texts: impl Iterator<Item = TagText<'t>>,
) -> impl Iterator<Item = TagText<'t>> {
    let overflowing = texts
        .enumerate()
        .filter(|(index, text)| *index >= INLINE_TAGS || text.bytes.len() > MAX_EXACT_LEN);
    overflowing.map(|(_, text)| text)
}
