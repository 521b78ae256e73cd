//! Some rows' words, and one place in them.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Weak};

use super::LiveView;
use super::exemplar::ExemplarLabels;
use super::recipe::{Op, Recipe, Recorder};
use super::write::{Anyone, Owner, Writer as _};

/// The words of a few rows in succession, as one thread writes them, or all.
#[derive(Debug)]
pub(crate) struct Chunk {
    recipe: Arc<Recipe>,
    /// Weak: an unregistered view is to be gone, with its rows, though threads may still remember some chunks.
    view: Weak<LiveView>,
    /// Which rows: see [`Layout`](super::layout::Layout).
    pub(super) number: usize,
    /// The number of the thread that it belongs to, or [`EVERYBODY`].
    owner: u64,
    /// Adds to a row.
    recorder: Recorder,
    words: Box<[AtomicU64]>,
}

/// The owner of a chunk that every thread writes.
pub(crate) const EVERYBODY: u64 = 0;

impl Chunk {
    pub(super) fn new(view: &Arc<LiveView>, number: usize, owner: u64) -> Arc<Self> {
        let recipe = Arc::clone(&view.rows.recipe);
        let words = recipe.words_of_a_chunk(number);
        Arc::new(Self {
            view: Arc::downgrade(view),
            number,
            owner,
            recorder: if owner == EVERYBODY {
                recipe.recorder::<Anyone>()
            } else {
                recipe.recorder::<Owner>()
            },
            words: (0..words).map(|_| AtomicU64::new(0)).collect(),
            recipe,
        })
    }

    /// The words of its rows, from the one at this place on.
    pub(super) fn rows_from(&self, place: usize) -> impl Iterator<Item = &[AtomicU64]> {
        self.words.chunks_exact(self.recipe.words).skip(place)
    }

    /// Adds what it holds to another one, of the same rows.
    pub(super) fn fold_into(&self, other: &Self) {
        for (from, into) in self.rows_from(0).zip(other.rows_from(0)) {
            self.recipe.fold::<Anyone>(from, into);
        }
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

/// Where measurements go: a row's words in a chunk.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    chunk: Arc<Chunk>,
    /// Of the first word.
    start: u32,
    /// How many words; 0 stands for one, this thread's own, that counts.
    len: u32,
}

impl Target {
    pub(super) fn new(chunk: &Arc<Chunk>, place: usize) -> Self {
        let recipe = &chunk.recipe;
        let start = place * recipe.words;
        let counts = recipe.op == Op::Count && chunk.owner != EVERYBODY;
        let len = if counts { 0 } else { recipe.words };
        Self {
            start: u32::try_from(start).unwrap_or_default(),
            len: u32::try_from(len).unwrap_or_default(),
            chunk: Arc::clone(chunk),
        }
    }

    /// Adds a measurement. To be called only by a thread that [may](Self::may_be_written_by).
    #[inline]
    pub(crate) fn record(&self, bits: u64) {
        let start = self.start as usize;
        if self.len == 0 {
            if let Some(count) = self.chunk.words.get(start) {
                Owner::add(count, 1);
            }
            return;
        }
        if let Some(words) = self.chunk.words.get(start..start + self.len as usize) {
            (self.chunk.recorder)(&self.chunk.recipe, words, bits);
        }
    }

    /// The word that counts, if recording does only that, and the word is a thread's own.
    pub(crate) fn counter(&self) -> Option<usize> {
        (self.len == 0).then_some(self.start as usize)
    }

    /// Adds to this word, if there is such: what [`record`](Self::record) does, given the [counter](Self::counter).
    #[inline]
    pub(crate) fn count(&self, counter: usize) -> bool {
        let word = self.chunk.words.get(counter);
        word.map(|word| Owner::add(word, 1)).is_some()
    }

    /// Keeps an exemplar for the bucket of this value.
    pub(crate) fn keep_exemplar(&self, bits: u64, labels: &ExemplarLabels<'_>) {
        let recipe = &self.chunk.recipe;
        if recipe.op == Op::Distribution {
            let buckets = recipe.bounds.buckets();
            let bucket = recipe.bounds.bucket(bits);
            recipe
                .exemplars
                .set(self.row(), buckets, bucket, bits, labels);
        }
    }

    /// Whether the thread of this number may record here.
    pub(crate) fn may_be_written_by(&self, thread: u64) -> bool {
        [EVERYBODY, thread].contains(&self.chunk.owner)
    }

    /// The row's number in its view.
    pub(crate) fn row(&self) -> usize {
        let recipe = &self.chunk.recipe;
        recipe.layout.rows_of(self.chunk.number).start + self.start as usize / recipe.words
    }

    /// The view's number.
    pub(crate) fn view_number(&self) -> u64 {
        self.chunk.recipe.number
    }

    /// The view, if it is still there.
    pub(crate) fn view(&self) -> Option<Arc<LiveView>> {
        self.chunk.view.upgrade()
    }
}
