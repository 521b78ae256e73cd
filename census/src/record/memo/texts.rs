//! Targets found by the texts of a measurement's tags.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;

use crate::aggregate::{Index, Target};
use crate::tags::Tag;

/// How many sets of tags a thread remembers, of all measures together: about a megabyte. More are thrown away and met
/// anew.
const MAX_SETS: usize = 8192;

/// The longest text that a length of one byte tells.
const MAX_LEN: usize = 255;

/// Sets of tags, and where the measurements with them go.
#[derive(Default)]
pub(super) struct Texts {
    index: Index,
    sets: Vec<Set>,
    hasher: RandomState,
}

/// Where the measurements with some tags go. All that is looked at lies together, in two lines of the processor's cache.
pub(super) struct Set {
    version: u64,
    tags: Packed,
    first: Target,
    rest: Box<[Target]>,
}

/// For each tag the place of its key, the length of its text, and the text.
enum Packed {
    Inline(u8, [u8; INLINE]),
    Boxed(Box<[u8]>),
}

/// Enough for two or three short tags.
const INLINE: usize = 62;

impl Texts {
    /// Where a measurement with these tags goes.
    #[inline]
    pub(super) fn find(&self, version: u64, tags: &[Tag<'_>]) -> Option<&Set> {
        let hash = self.hash(version, tags)?;
        for number in self.index.candidates(hash) {
            let set = self.sets.get(number as usize)?;
            if set.version == version && set.tags.are(tags) {
                return Some(set);
            }
        }
        None
    }

    /// `None` if there is a tag that is not set, or too long: such are not known.
    #[inline]
    fn hash(&self, version: u64, tags: &[Tag<'_>]) -> Option<u64> {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u64(version);
        for tag in tags {
            let text = tag.value.bytes()?;
            if text.len() > MAX_LEN {
                return None;
            }
            hasher.write(text);
        }
        Some(hasher.finish())
    }

    /// Whether measurements with these tags can be remembered: all keys have places, and all values are set and not too
    /// long.
    pub(super) fn may_know(tags: &[Tag<'_>]) -> bool {
        let short = |text: &[u8]| text.len() <= MAX_LEN;
        let mut tags = tags.iter();
        tags.all(|tag| tag.places.0 != 0 && tag.value.bytes().is_some_and(short))
    }

    /// Remembers the targets of a measurement, if [that is possible](Self::may_know).
    pub(super) fn insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) {
        if self.sets.len() >= MAX_SETS {
            *self = Self::default();
        }
        let _ = self.try_insert(version, tags, targets);
    }

    fn try_insert(&mut self, version: u64, tags: &[Tag<'_>], targets: &[Target]) -> Option<()> {
        let hash = self.hash(version, tags)?;
        let number = u32::try_from(self.sets.len()).ok()?;
        let tags = Packed::new(tags)?;
        let (first, rest) = targets.split_first()?;
        self.sets.push(Set {
            version,
            tags,
            first: first.clone(),
            rest: rest.into(),
        });
        self.index.insert(hash, number);
        Some(())
    }
}

impl Set {
    /// Adds a measurement.
    #[inline]
    pub(super) fn record(&self, bits: u64) {
        self.first.record(bits);
        for target in &self.rest {
            target.record(bits);
        }
    }

    /// Calls `f` for each target.
    pub(super) fn each(&self, f: &mut impl FnMut(&Target)) {
        f(&self.first);
        self.rest.iter().for_each(f);
    }
}

impl Packed {
    fn new(tags: &[Tag<'_>]) -> Option<Self> {
        let mut len = 0;
        for tag in tags {
            if tag.places.0 == 0 {
                return None;
            }
            len += size_of::<usize>() + 1 + tag.value.bytes()?.len();
        }
        let mut inline = [0; INLINE];
        if let (Some(room), Ok(len)) = (inline.get_mut(..len), u8::try_from(len)) {
            Self::write(tags, room)?;
            return Some(Self::Inline(len, inline));
        }
        let mut boxed = vec![0; len];
        Self::write(tags, &mut boxed)?;
        Some(Self::Boxed(boxed.into()))
    }

    fn write(tags: &[Tag<'_>], mut room: &mut [u8]) -> Option<()> {
        for tag in tags {
            let text = tag.value.bytes()?;
            let key = tag.places.0.to_ne_bytes();
            for part in [&key, &[u8::try_from(text.len()).ok()?] as &[_], text] {
                let (here, rest) = room.split_at_mut_checked(part.len())?;
                here.copy_from_slice(part);
                room = rest;
            }
        }
        Some(())
    }

    #[inline]
    fn are(&self, tags: &[Tag<'_>]) -> bool {
        let mut rest = match self {
            Self::Inline(len, bytes) => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Boxed(bytes) => bytes,
        };
        for tag in tags {
            let Some((key, more)) = rest.split_first_chunk() else {
                return false;
            };
            let Some((len, more)) = more.split_first() else {
                return false;
            };
            let Some((known, more)) = more.split_at_checked(usize::from(*len)) else {
                return false;
            };
            let Some(text) = tag.value.bytes() else {
                return false;
            };
            if usize::from_ne_bytes(*key) != tag.places.0 || !same(known, text) {
                return false;
            }
            rest = more;
        }
        rest.is_empty()
    }
}

/// Whether two texts are the same. Most are short, and not worth the call that compares long ones.
#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && match (
            a.first_chunk::<8>(),
            b.first_chunk(),
            a.last_chunk::<8>(),
            b.last_chunk(),
        ) {
            (Some(a_first), Some(b_first), Some(a_last), Some(b_last)) => {
                a_first == b_first && a_last == b_last && (a.len() <= 16 || a == b)
            }
            _ => a.iter().zip(b).all(|(a, b)| a == b),
        }
}
