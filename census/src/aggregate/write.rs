//! The two ways to write a word: its only writer's, and everybody's.

use std::sync::atomic::{AtomicU64, Ordering};

/// How a word is changed. Readers see either the old value or the new one.
pub(super) trait Writer {
    /// Whether nobody else writes meanwhile.
    const ALONE: bool;

    /// Replaces the word by what `f` makes of it.
    fn update(word: &AtomicU64, f: impl Fn(u64) -> u64);

    /// Adds, wrapping around. Where anyone does, with Release, so that who sees it (with Acquire) sees what was recorded
    /// before.
    fn add(word: &AtomicU64, value: u64);

    /// Replaces the word by a greater one.
    fn raise(word: &AtomicU64, to: u64);

    /// Counts one more. With Release, so that who sees it (with Acquire) sees what this thread wrote before.
    fn count(word: &AtomicU64);
}

/// The thread that the words belong to: nobody else writes them, so a load and a store will do. Several times as fast
/// as a locked instruction, and the cache line stays with this thread.
pub(super) struct Owner;

/// Any thread.
pub(super) struct Anyone;

impl Writer for Owner {
    const ALONE: bool = true;

    #[inline]
    fn update(word: &AtomicU64, f: impl Fn(u64) -> u64) {
        word.store(f(word.load(Ordering::Relaxed)), Ordering::Relaxed);
    }

    #[inline]
    fn add(word: &AtomicU64, value: u64) {
        Self::update(word, |now| now.wrapping_add(value));
    }

    #[inline]
    fn raise(word: &AtomicU64, to: u64) {
        word.store(to, Ordering::Relaxed);
    }

    #[inline]
    fn count(word: &AtomicU64) {
        let now = word.load(Ordering::Relaxed);
        word.store(now.wrapping_add(1), Ordering::Release);
    }
}

impl Writer for Anyone {
    const ALONE: bool = false;

    fn update(word: &AtomicU64, f: impl Fn(u64) -> u64) {
        let _ = word.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(f(now)));
    }

    fn add(word: &AtomicU64, value: u64) {
        word.fetch_add(value, Ordering::Release);
    }

    fn raise(word: &AtomicU64, to: u64) {
        word.fetch_max(to, Ordering::Relaxed);
    }

    fn count(word: &AtomicU64) {
        word.fetch_add(1, Ordering::Release);
    }
}

/// Adds floats: their bits are the word's. The result is finite: infinity would never be left again.
#[inline]
pub(super) fn add_float<W: Writer>(word: &AtomicU64, value: f64) {
    W::update(word, |now| sum(f64::from_bits(now), value).to_bits());
}

/// The sum of two floats, at most the largest.
#[inline]
pub(super) fn sum(a: f64, b: f64) -> f64 {
    let sum = a + b;
    // Not `is_finite`: two comparisons are quicker than a look at the bits.
    if (f64::MIN..=f64::MAX).contains(&sum) {
        return sum;
    }
    std::hint::cold_path();
    sum.clamp(f64::MIN, f64::MAX)
}
