//! Targets found by the texts of a measurement's tags.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use crate::aggregate::Target;
use crate::declare::ValueBits;
use crate::register::ViewsVersion;
use crate::tags::Tag;

/// How many sets of tags a thread remembers, of all measures together: about 1.2 megabytes. More are thrown away and met
/// anew.
const MAX_SETS: usize = 8192;

/// How many slots there are for each set, at least: most sets lie at their hash. To look further is a branch that is hard
/// to predict, and costs as much as all else.
const ROOM: usize = 8;

/// The number in a slot that is free.
const FREE: u16 = u16::MAX;
const _: () = assert!(MAX_SETS <= FREE as usize);

/// So many tags of a set lie in it.
const INLINE: usize = 3;

/// A length is a byte.
const MAX_LEN: usize = 255;

/// A text of at most so many bytes is known by its [`Ends`].
const SHORT: usize = 16;

/// A tag to be looked up: the place of its key, and its text.
pub(super) type Text<'a> = (usize, &'a [u8]);

/// Sets of tags, and where the measurements with them go.
#[derive(Default)]
pub(super) struct Texts {
    /// The numbers of sets: each at the set's hash, or at the next place that was free.
    slots: Box<[u16]>,
    sets: Vec<Set>,
    hasher: RandomState,
}

/// Where the measurements with some tags go. What tells one or two tags lies in one line of the processor's cache, and the
/// rest in the next.
#[repr(C, align(64))]
pub(super) struct Set {
    version: ViewsVersion,
    /// See [`lens`].
    lens: u64,
    /// The place of each key, and what tells its text.
    tags: [(usize, Ends); INLINE],
    first: Target,
    more: Option<Box<More>>,
    hash: u64,
}

/// Of a [short](SHORT) text the first and the last bytes, which may be partly the same: together with its length they are
/// the text. Of a longer one a hash.
type Ends = [u64; 2];

/// What does not lie in a set.
struct More {
    /// Texts that are not short, and the tags after the third.
    texts: Box<[(usize, Box<[u8]>)]>,
    targets: Box<[Target]>,
}

impl Texts {
    /// Where a measurement with these tags goes. Quick for a few tags, most of all if their texts are short.
    #[inline]
    pub(super) fn find<const N: usize>(
        &self,
        version: ViewsVersion,
        texts: &[Text<'_>; N],
    ) -> Option<&Set> {
        if N > INLINE {
            return self.find_any(version, &texts.iter().copied());
        }
        let mut told = [Ends::default(); N];
        let mut lens = (N as u64) << (8 * INLINE);
        for (number, (told, (_, text))) in told.iter_mut().zip(texts).enumerate() {
            let Some(ends) = ends(text) else {
                return self.find_long(version, texts);
            };
            *told = ends;
            lens |= (text.len() as u64) << (8 * number);
        }
        let hash = self.hash(version, lens, told.iter().copied());
        self.at(hash).find(|set| {
            let tags = texts.iter().zip(&told);
            set.is(version, lens, tags.map(|((key, _), told)| (*key, *told)))
        })
    }

    /// The same, of texts that are not all short. Apart, so that those which are have nothing to keep for it.
    #[inline(never)]
    fn find_long<const N: usize>(
        &self,
        version: ViewsVersion,
        texts: &[Text<'_>; N],
    ) -> Option<&Set> {
        let mut told = [Ends::default(); N];
        for (told, (_, text)) in told.iter_mut().zip(texts) {
            if text.len() > MAX_LEN {
                return None;
            }
            *told = self.told(text);
        }
        let lens = lens(texts.iter().copied());
        let hash = self.hash(version, lens, told.iter().copied());
        self.at(hash).find(|set| {
            let tags = texts.iter().zip(&told);
            set.is(version, lens, tags.map(|((key, _), told)| (*key, *told))) && set.has_long(texts)
        })
    }

    /// Where a measurement with any number of tags goes.
    #[inline(never)]
    pub(super) fn find_any<'t>(
        &self,
        version: ViewsVersion,
        texts: &(impl Iterator<Item = Text<'t>> + Clone),
    ) -> Option<&Set> {
        if texts.clone().any(|(_, text)| text.len() > MAX_LEN) {
            return None;
        }
        let lens = lens(texts.clone());
        let tags = texts.clone().map(|(key, text)| (key, self.told(text)));
        let hash = self.hash(version, lens, tags.clone().map(|(_, told)| told));
        let all_inline = beyond(texts.clone()).next().is_none();
        self.at(hash).find(|set| {
            set.is(version, lens, tags.clone()) && (all_inline || set.has(texts.clone()))
        })
    }

    /// The sets that may have this hash.
    #[inline]
    fn at(&self, hash: u64) -> impl Iterator<Item = &Set> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = low(hash);
        // It ends, because there always are free slots.
        std::iter::from_fn(move || {
            let number = *self.slots.get(at & mask)?;
            at = at.wrapping_add(1);
            // There is no set of the number that stands for none.
            self.sets.get(usize::from(number))
        })
    }

    #[inline]
    fn hash(&self, version: ViewsVersion, lens: u64, told: impl Iterator<Item = Ends>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for [first, last] in told {
            hasher.write_u128(u128::from(first) | u128::from(last) << 64);
        }
        hasher.write_u64(version.0);
        hasher.write_u64(lens);
        hasher.finish()
    }

    /// What tells a text: all of it if it is short.
    fn told(&self, text: &[u8]) -> Ends {
        let hash = || {
            let mut hasher = self.hasher.build_hasher();
            hasher.write(text);
            hasher.finish()
        };
        ends(text).unwrap_or_else(|| [hash(), 0])
    }

    /// Whether measurements with these tags can be remembered: all keys have places, and all values are set and not too
    /// long.
    pub(super) fn may_know(tags: &[Tag<'_>]) -> bool {
        let short = |text: &[u8]| text.len() <= MAX_LEN;
        let mut tags = tags.iter();
        tags.all(|tag| tag.key_address.is_some() && tag.value.bytes().is_some_and(short))
    }

    /// Remembers the targets of a measurement with tags that it [may](Self::may_know).
    pub(super) fn insert(&mut self, version: ViewsVersion, tags: &[Tag<'_>], targets: &[Target]) {
        if self.sets.len() >= MAX_SETS {
            *self = Self::default();
        }
        let _ = self.try_insert(version, texts(tags), targets);
    }

    fn try_insert<'t>(
        &mut self,
        version: ViewsVersion,
        texts: impl Iterator<Item = Text<'t>> + Clone,
        targets: &[Target],
    ) -> Option<()> {
        let lens = lens(texts.clone());
        let all = texts.clone().map(|(key, text)| (key, self.told(text)));
        let hash = self.hash(version, lens, all.clone().map(|(_, told)| told));
        let mut tags = [Default::default(); INLINE];
        for (tag, told) in tags.iter_mut().zip(all) {
            *tag = told;
        }
        let beyond: Box<[_]> = beyond(texts)
            .map(|(key, text)| (key, text.into()))
            .collect();
        let (first, rest) = targets.split_first()?;
        let has_more = !beyond.is_empty() || !rest.is_empty();
        let more = || More {
            texts: beyond,
            targets: rest.into(),
        };
        self.sets.push(Set {
            version,
            lens,
            tags,
            first: first.clone(),
            more: has_more.then(|| Box::new(more())),
            hash,
        });
        if self.sets.len() * ROOM > self.slots.len() {
            self.slots = vec![FREE; (self.slots.len() * 2).max(64)].into();
            for number in 0..self.sets.len() {
                self.put(number);
            }
        } else {
            self.put(self.sets.len() - 1);
        }
        Some(())
    }

    /// Puts the number of a set into a slot.
    fn put(&mut self, set: usize) {
        let (Some(hash), Ok(number)) = (self.sets.get(set).map(|set| set.hash), u16::try_from(set))
        else {
            return;
        };
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = low(hash) & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == FREE {
                *slot = number;
                return;
            }
            at = (at + 1) & mask;
        }
    }
}

impl Set {
    /// Adds a measurement.
    #[inline]
    pub(super) fn record(&self, bits: ValueBits) {
        self.first.record(bits);
        if let Some(more) = &self.more {
            more.record(bits);
        }
    }

    /// Where the measurements go.
    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> {
        let more = self.more.iter().flat_map(|more| &more.targets);
        std::iter::once(&self.first).chain(more)
    }

    /// Calls `f` for each target.
    pub(super) fn each(&self, f: &mut impl FnMut(&Target)) {
        f(&self.first);
        if let Some(more) = &self.more {
            more.targets.iter().for_each(f);
        }
    }

    /// Whether these tags are its own, as far as they lie in it.
    #[inline]
    fn is(
        &self,
        version: ViewsVersion,
        lens: u64,
        tags: impl Iterator<Item = (usize, Ends)>,
    ) -> bool {
        let mut tags = self.tags.iter().zip(tags);
        self.version == version && self.lens == lens && tags.all(|(known, tag)| *known == tag)
    }

    /// Whether the others are, of a few tags.
    fn has_long(&self, texts: &[Text<'_>]) -> bool {
        let more = self.more.as_ref().map_or(&[] as &[_], |more| &more.texts);
        let mut known = more.iter();
        texts.iter().all(|(_, text)| {
            text.len() <= SHORT || known.next().is_some_and(|(_, known)| **known == **text)
        })
    }

    /// Whether the others are.
    fn has<'t>(&self, texts: impl Iterator<Item = Text<'t>>) -> bool {
        let more = self.more.as_ref().map_or(&[] as &[_], |more| &more.texts);
        let mut more = more.iter();
        let same = beyond(texts).all(|(key, text)| {
            let known = more.next();
            known.is_some_and(|known| known.0 == key && *known.1 == *text)
        });
        same && more.next().is_none()
    }
}

impl More {
    /// Apart, so that the usual case has nothing to keep for it.
    #[inline(never)]
    fn record(&self, bits: ValueBits) {
        for target in &self.targets {
            target.record(bits);
        }
    }
}

/// The tags, which all have texts.
#[inline]
pub(super) fn texts<'a>(tags: &'a [Tag<'_>]) -> impl Iterator<Item = Text<'a>> + Clone {
    let text = |tag: &'a Tag<'_>| (tag.key_address.get(), tag.value.bytes().unwrap_or_default());
    tags.iter().map(text)
}

/// The tags that do not, or not wholly, lie in a [`Set`].
fn beyond<'t>(texts: impl Iterator<Item = Text<'t>>) -> impl Iterator<Item = Text<'t>> {
    let texts = texts.enumerate();
    let beyond = texts.filter(|(number, (_, text))| *number >= INLINE || text.len() > SHORT);
    beyond.map(|(_, text)| text)
}

/// How long the texts of tags that lie in a [`Set`] are, a byte for each; above these how many tags there are in all.
#[inline]
fn lens<'t>(texts: impl Iterator<Item = Text<'t>>) -> u64 {
    let (mut lens, mut count) = (0, 0);
    for (_, text) in texts {
        if count < INLINE {
            lens |= (text.len() as u64) << (8 * count);
        }
        count += 1;
    }
    lens | (count as u64) << (8 * INLINE)
}

/// The ends of a text, if it is short.
#[inline]
fn ends(text: &[u8]) -> Option<Ends> {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let ends = [u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)];
        return (text.len() <= SHORT).then_some(ends);
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return Some([*first, *last].map(|four| u64::from(u32::from_ne_bytes(four))));
    }
    // Three bytes at most: the middle one is one of them.
    let byte = |at: usize| text.get(at).copied().map_or(0, u64::from);
    let (middle, last) = (text.len() / 2, text.len().saturating_sub(1));
    Some([byte(0), byte(middle) << 8 | byte(last)])
}

/// As much of a hash as can be a place.
#[expect(
    clippy::cast_possible_truncation,
    reason = "only the lowest bits are wanted"
)]
const fn low(hash: u64) -> usize {
    hash as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_short_text_tells() {
        for len in 0..=SHORT {
            let text = vec![b'a'; len];
            assert!(ends(&text).is_some());
            for changed in 0..len {
                let mut other = text.clone();
                *other.get_mut(changed).expect("it is there") = b'b';
                assert_ne!(ends(&text), ends(&other), "byte {changed} of {len}");
            }
        }
        assert_eq!(ends(&[b'a'; SHORT + 1]), None);
    }
}
