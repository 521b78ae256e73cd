//! Targets found by the texts of a measurement's tags.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use crate::aggregate::Target;
use crate::tags::Tag;

/// How many sets of tags a thread remembers, of all measures together: about a megabyte. More are thrown away and met
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
    version: u64,
    tags: Tags,
    first: Target,
    more: Option<Box<More>>,
    hash: u64,
}

/// Tags, as far as they lie in a set.
#[derive(Default)]
#[repr(C)]
struct Tags {
    /// A byte for the length of each text, and above these how many tags there are in all.
    lens: u64,
    /// The place of each key, and what tells its text.
    tags: [(usize, Ends); INLINE],
}

/// Of a [short](SHORT) text the first and the last bytes, which may be partly the same: together with its length they are
/// the text. Of a longer one a hash.
type Ends = [u64; 2];

/// What does not lie in a set.
struct More {
    /// Texts that are not short, and the tags after the third.
    texts: Box<[u8]>,
    targets: Box<[Target]>,
}

impl Texts {
    /// Where a measurement with these tags goes.
    #[inline]
    pub(super) fn find<'t>(
        &self,
        version: u64,
        texts: impl Iterator<Item = Text<'t>> + Clone,
    ) -> Option<&Set> {
        let (tags, hash, all_inline) = self.read(version, texts.clone())?;
        for number in self.numbers(hash) {
            let set = self.sets.get(usize::from(number))?;
            let mut known = set.tags.tags.iter().zip(&tags.tags).zip(texts.clone());
            if set.version == version
                && set.tags.lens == tags.lens
                && known.all(|((known, tag), _)| known == tag)
                && (all_inline || set.has_more(texts.clone()))
            {
                return Some(set);
            }
        }
        None
    }

    /// The numbers at a hash, as far as there are any.
    #[inline]
    fn numbers(&self, hash: u64) -> impl Iterator<Item = u16> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = low(hash);
        // There always are free slots.
        std::iter::from_fn(move || {
            let number = *self.slots.get(at & mask)?;
            at = at.wrapping_add(1);
            (number != FREE).then_some(number)
        })
    }

    /// What tells the tags, their hash, and whether that is all; `None` if there is a text that is too long to be known.
    #[inline]
    fn read<'t>(
        &self,
        version: u64,
        texts: impl Iterator<Item = Text<'t>>,
    ) -> Option<(Tags, u64, bool)> {
        let mut hasher = self.hasher.build_hasher();
        let mut tags = Tags::default();
        let mut all_inline = true;
        let mut count = 0;
        for (key, text) in texts {
            let ends = match ends(text) {
                Some(ends) => ends,
                None if text.len() <= usize::from(u8::MAX) => {
                    all_inline = false;
                    [self.hasher.hash_one(text), 0]
                }
                None => return None,
            };
            let [first, last] = ends.map(u128::from);
            hasher.write_u128(first | last << 64);
            match tags.tags.get_mut(count) {
                Some(tag) => {
                    *tag = (key, ends);
                    tags.lens |= (text.len() as u64) << (8 * count);
                }
                None => all_inline = false,
            }
            count += 1;
        }
        tags.lens |= (count as u64) << (8 * INLINE);
        hasher.write_u64(version);
        hasher.write_u64(tags.lens);
        Some((tags, hasher.finish(), all_inline))
    }

    /// Whether measurements with these tags can be remembered: all keys have places, and all values are set and not too
    /// long.
    pub(super) fn may_know(tags: &[Tag<'_>]) -> bool {
        let short = |text: &[u8]| text.len() <= usize::from(u8::MAX);
        let mut tags = tags.iter();
        tags.all(|tag| tag.places.0 != 0 && tag.value.bytes().is_some_and(short))
    }

    /// Remembers the targets of a measurement with tags that it [may](Self::may_know).
    pub(super) fn insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) {
        if self.sets.len() >= MAX_SETS {
            *self = Self::default();
        }
        let _ = self.try_insert(version, texts(tags), targets);
    }

    fn try_insert<'t>(
        &mut self,
        version: u64,
        texts: impl Iterator<Item = Text<'t>> + Clone,
        targets: &[Target],
    ) -> Option<()> {
        let (tags, hash, all_inline) = self.read(version, texts.clone())?;
        let (first, rest) = targets.split_first()?;
        let mut beyond = Vec::new();
        each_beyond(texts, |part| {
            beyond.extend_from_slice(part);
            true
        });
        let more = More {
            texts: beyond.into(),
            targets: rest.into(),
        };
        let has_more = !all_inline || !rest.is_empty();
        self.sets.push(Set {
            version,
            tags,
            first: first.clone(),
            more: has_more.then(|| Box::new(more)),
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
    pub(super) fn record(&self, bits: u64) {
        self.first.record(bits);
        if let Some(more) = &self.more {
            more.record(bits);
        }
    }

    /// Calls `f` for each target.
    pub(super) fn each(&self, f: &mut impl FnMut(&Target)) {
        f(&self.first);
        if let Some(more) = &self.more {
            more.targets.iter().for_each(f);
        }
    }

    /// Whether what does not lie in it is the same.
    #[inline(never)]
    fn has_more<'t>(&self, texts: impl Iterator<Item = Text<'t>> + Clone) -> bool {
        let Some(more) = &self.more else { return false };
        let mut rest = &*more.texts;
        let same = each_beyond(texts, |part| {
            let Some(others) = rest.strip_prefix(part) else {
                return false;
            };
            rest = others;
            true
        });
        same && rest.is_empty()
    }
}

impl More {
    /// Apart, so that the usual case has nothing to keep for it.
    #[inline(never)]
    fn record(&self, bits: u64) {
        for target in &self.targets {
            target.record(bits);
        }
    }
}

/// The tags, which all have texts.
#[inline]
pub(super) fn texts<'a>(tags: &'a [Tag<'_>]) -> impl Iterator<Item = Text<'a>> + Clone {
    let text = |tag: &'a Tag<'_>| (tag.places.0, tag.value.bytes().unwrap_or_default());
    tags.iter().map(text)
}

/// Calls `f` with what of these tags does not lie in a [`Set`], as long as it says so; whether it always did.
fn each_beyond<'t>(
    texts: impl Iterator<Item = Text<'t>>,
    mut f: impl FnMut(&[u8]) -> bool,
) -> bool {
    texts.enumerate().all(|(number, (key, text))| {
        if number < INLINE {
            text.len() <= SHORT || f(text)
        } else {
            f(&key.to_ne_bytes()) && f(&text.len().to_ne_bytes()) && f(text)
        }
    })
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
