//! The memory of words. It is never given back to the allocator, but used again.
//!
//! A thread records most measurements by a reference to a word that lives until the program ends ([`OwnRow`]). Such a reference
//! can be copied out of a thread-local, where one that counts references would have to be taken out and put back: a third of the
//! cost of a measurement.
//!
//! The words of a chunk are still owned by the chunk, and a chunk is freed when nothing refers to it any more. Then its words
//! are free: the next chunk with as many words gets them, maybe on another thread. So the memory is that of the most words that
//! there were at one time, for each size of chunks.
//!
//! *Invariant:* a thread that has a reference to words has the chunk of these words in its shards. Before a thread drops a chunk
//! of its own, it empties the table of such references (`record/cache/hot.rs`). So no thread writes words that are free, or
//! belong to another chunk.
//!
//! [`OwnRow`]: super::row_writer::OwnRow

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::Ordering;

use crate::sync::{AtomicU64, Mutex};

/// Words that no chunk has.
#[derive(Debug)]
pub(super) struct WordPool {
    /// By their number.
    free: Mutex<BTreeMap<usize, Vec<&'static [AtomicU64]>>>,
}

/// The words of a chunk. They are free when this is dropped.
#[derive(Debug)]
pub(super) struct PooledWords {
    words: &'static [AtomicU64],
    pool: &'static WordPool,
}

impl WordPool {
    pub(super) const fn new() -> Self {
        Self {
            free: Mutex::new(BTreeMap::new()),
        }
    }

    /// The pool of a new view: there is one for all.
    #[cfg(not(all(test, census_model)))]
    pub(super) fn of_new_view() -> &'static Self {
        static POOL: WordPool = WordPool::new();
        &POOL
    }

    /// The pool of a new view. In a model each view has its own, because words of `loom` live as long as one run of the model.
    #[cfg(all(test, census_model))]
    pub(super) fn of_new_view() -> &'static Self {
        Box::leak(Box::new(Self::new()))
    }

    /// So many words, which are zero.
    pub(super) fn take(&'static self, len: usize) -> PooledWords {
        let free = self.free.lock().get_mut(&len).and_then(Vec::pop);
        let words = match free {
            Some(words) => {
                for word in words {
                    // Relaxed: all former writes happened before, because their threads have dropped the chunk. An exchange and
                    // not a store, because `Arc` orders these, which models do not see.
                    word.swap(0, Ordering::Relaxed);
                }
                words
            }
            None => Box::leak((0..len).map(|_| AtomicU64::new(0)).collect()),
        };
        PooledWords { words, pool: self }
    }
}

impl PooledWords {
    /// The words. A reference that is kept for longer than the chunk lives must not be used: see the invariant of this module.
    pub(super) const fn leaked(&self) -> &'static [AtomicU64] {
        self.words
    }
}

impl Deref for PooledWords {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        self.words
    }
}

impl Drop for PooledWords {
    fn drop(&mut self) {
        let mut free = self.pool.free.lock();
        free.entry(self.words.len()).or_default().push(self.words);
    }
}

#[cfg(all(test, not(census_model)))]
mod tests {
    use super::*;

    fn pool() -> &'static WordPool {
        Box::leak(Box::new(WordPool::new()))
    }

    #[test]
    fn words_are_used_again_by_as_many_and_are_zero() {
        let pool = pool();
        let words = pool.take(8);
        words
            .iter()
            .for_each(|word| word.store(7, Ordering::Relaxed));
        let address = words.as_ptr();
        drop(words);
        let of_other_length = pool.take(4);
        assert_ne!(of_other_length.as_ptr(), address);
        let again = pool.take(8);
        assert_eq!(again.as_ptr(), address);
        assert!(again.iter().all(|word| word.load(Ordering::Relaxed) == 0));
        // They are not free now.
        assert_ne!(pool.take(8).as_ptr(), address);
    }
}
