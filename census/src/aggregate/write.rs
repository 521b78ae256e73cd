//! The words that measurements are added to, and the two ways to write them: by their only writer, and by any thread.

use std::sync::atomic::Ordering;

use crate::declare::{ValueBits, ValueKind};
use crate::sync::AtomicU64;

/// How a word is changed. A reader sees either the old value or the new one.
pub(super) trait Writer {
    /// Whether no other thread writes the same words at the same time.
    const EXCLUSIVE: bool;

    /// Replaces the word's value by the one that `f` makes of it.
    fn update(word: &AtomicU64, f: impl Fn(u64) -> u64);

    /// Adds, wrapping around. A shared word is written with Release: pairs with the Acquire in [`load`], so that a
    /// reader that sees the addition also sees what this thread recorded before it.
    fn add(word: &AtomicU64, value: u64);

    /// Replaces the word's value by a greater one. The caller has compared them: see [`raise`].
    fn raise(word: &AtomicU64, to: u64);

    /// Adds one, with Release: pairs with the Acquire of a reader, so that a reader that sees the count also sees what
    /// this thread wrote before it.
    fn count(word: &AtomicU64);
}

/// The thread that the words belong to. No other thread writes them, so a load and a store suffice. They are several
/// times as fast as a locked instruction, and the cache line stays with the thread.
pub(super) struct Exclusive;

/// Any thread.
pub(super) struct Shared;

impl Writer for Exclusive {
    const EXCLUSIVE: bool = true;

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

impl Writer for Shared {
    const EXCLUSIVE: bool = false;

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

/// Makes a word at least `to`. Returns whether the word was less.
#[inline]
pub(super) fn raise<W: Writer>(word: &AtomicU64, to: u64) -> bool {
    let is_less = word.load(Ordering::Relaxed) < to;
    if is_less {
        W::raise(word, to);
    }
    is_less
}

/// Reads a word. Acquire: pairs with the Release in [`Shared::add`](Writer::add). Words that are read after it hold
/// what was recorded before the addition: for example a call's beginning in one thread's words, where another thread
/// has added the call's end to the shared words.
pub(super) fn load(word: &AtomicU64) -> u64 {
    word.load(Ordering::Acquire)
}

/// Adds a value to a sum.
#[inline]
pub(super) fn add_value<W: Writer>(kind: ValueKind, sum: &AtomicU64, value: ValueBits) {
    match kind {
        // Wraps around. In two's complement the addition is the same for both kinds.
        ValueKind::U64 | ValueKind::I64 => W::add(sum, value.0),
        // Ends at 584 years: the sum is exported as a counter, and must not fall.
        ValueKind::Duration => W::update(sum, |sum| sum.saturating_add(value.0)),
        ValueKind::F64 => add_float::<W>(sum, f64::from_bits(value.0)),
    }
}

/// The sum of two sums.
pub(super) fn merge_sums(kind: ValueKind, a: ValueBits, b: ValueBits) -> ValueBits {
    ValueBits(match kind {
        ValueKind::U64 | ValueKind::I64 => a.0.wrapping_add(b.0),
        ValueKind::Duration => a.0.saturating_add(b.0),
        ValueKind::F64 => merge_floats(f64::from_bits(a.0), f64::from_bits(b.0)).to_bits(),
    })
}

/// Adds a float to a word that holds a float's bits. The result is finite: a sum that became infinite would stay so.
#[inline]
pub(super) fn add_float<W: Writer>(word: &AtomicU64, value: f64) {
    W::update(word, |now| {
        merge_floats(f64::from_bits(now), value).to_bits()
    });
}

/// The sum of two floats, at most the largest float.
#[inline]
fn merge_floats(a: f64, b: f64) -> f64 {
    let sum = a + b;
    // Not `is_finite`: two comparisons are quicker than a test of the bits.
    if (f64::MIN..=f64::MAX).contains(&sum) {
        return sum;
    }
    std::hint::cold_path();
    sum.clamp(f64::MIN, f64::MAX)
}
