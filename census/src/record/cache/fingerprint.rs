//! Fingerprints: 16 bytes and a length in place of a text, so that most texts are compared without a loop over their
//! bytes.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use super::tag_text::TagText;

/// The fingerprint of a text of at most so many bytes is exact.
pub(super) const MAX_EXACT_LEN: usize = 16;

/// A longer text is not cached: [`TextLengths`] has a byte for each length.
pub(super) const MAX_LEN: usize = 255;

/// How many tags an entry holds in itself, and not behind a pointer.
pub(super) const INLINE_TAGS: usize = 3;

/// Of a text of up to [`MAX_EXACT_LEN`] bytes: the first and the last eight bytes, which overlap in a text of less than
/// 16 bytes. Two such texts of equal length are equal if and only if their fingerprints are. Of a longer text: a hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint([u64; 2]);

impl Fingerprint {
    /// The fingerprint of a text that is not too long for an exact one.
    #[inline]
    pub(super) fn exact(text: &[u8]) -> Option<Self> {
        if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            let words = [u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)];
            return (text.len() <= MAX_EXACT_LEN).then_some(Self(words));
        }
        if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
            let words = [*first, *last].map(|bytes| u64::from(u32::from_ne_bytes(bytes)));
            return Some(Self(words));
        }
        // At most three bytes: the first, the middle and the last one are all of them.
        let byte = |index: usize| text.get(index).copied().map_or(0, u64::from);
        let (middle, last) = (text.len() / 2, text.len().saturating_sub(1));
        Some(Self([byte(0), byte(middle) << 8 | byte(last)]))
    }

    /// The fingerprint of any text: an exact one if possible, otherwise a hash.
    pub(super) fn of(text: &[u8], hasher: &RandomState) -> Self {
        let hash = || {
            let mut hasher = hasher.build_hasher();
            hasher.write(text);
            hasher.finish()
        };
        Self::exact(text).unwrap_or_else(|| Self([hash(), 0]))
    }

    #[inline]
    pub(super) fn hash_into(self, hasher: &mut impl Hasher) {
        let Self([first, last]) = self;
        hasher.write_u128(u128::from(first) | u128::from(last) << 64);
    }
}

/// The lengths of the first [`INLINE_TAGS`] texts, a byte for each; above these bytes, the number of all tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextLengths(u64);

impl TextLengths {
    /// The lengths of `tags` empty texts.
    #[inline]
    pub(super) const fn of_empty(tags: usize) -> Self {
        Self((tags as u64) << (8 * INLINE_TAGS))
    }

    /// Sets the length of the text with this index, which was 0 before.
    #[inline]
    pub(super) const fn set(&mut self, index: usize, len: usize) {
        self.0 |= (len as u64) << (8 * index);
    }

    /// The lengths of any number of texts.
    #[inline]
    pub(super) fn of<'t>(texts: impl Iterator<Item = TagText<'t>>) -> Self {
        let (mut lengths, mut count) = (Self(0), 0);
        for text in texts {
            if count < INLINE_TAGS {
                lengths.set(count, text.bytes.len());
            }
            count += 1;
        }
        Self(lengths.0 | Self::of_empty(count).0)
    }

    #[inline]
    pub(super) const fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_short_text_changes_its_fingerprint() {
        for len in 0..=MAX_EXACT_LEN {
            let text = vec![b'a'; len];
            assert!(Fingerprint::exact(&text).is_some());
            for changed in 0..len {
                let mut other = text.clone();
                *other.get_mut(changed).expect("it is there") = b'b';
                let (text, other) = (Fingerprint::exact(&text), Fingerprint::exact(&other));
                assert_ne!(text, other, "byte {changed} of {len}");
            }
        }
        assert_eq!(Fingerprint::exact(&[b'a'; MAX_EXACT_LEN + 1]), None);
    }

    #[test]
    fn lengths_set_one_by_one_equal_those_of_all_texts() {
        let texts = ["a", "", "abc"];
        let mut lengths = TextLengths::of_empty(texts.len());
        for (index, text) in texts.iter().enumerate() {
            lengths.set(index, text.len());
        }
        let texts = texts
            .iter()
            .map(|text| TagText::of_column(1, text.as_bytes()));
        assert_eq!(lengths, TextLengths::of(texts.clone()));
        assert_ne!(lengths, TextLengths::of(texts.take(2)));
    }
}
