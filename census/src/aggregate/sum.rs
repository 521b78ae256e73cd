//! A sum: of integers, of a duration's nanoseconds, or of floats. One word, zero at first.

use std::sync::atomic::{AtomicU64, Ordering};

use super::write::{self, Writer};
use crate::declare::ValueKind;

/// Adds a value to a word.
#[inline]
pub(super) fn add<W: Writer>(kind: ValueKind, word: &AtomicU64, bits: u64) {
    match kind {
        // Wraps around. Two's complement: the same addition for both.
        ValueKind::U64 | ValueKind::I64 => W::add(word, bits),
        // Ends at 584 years: it is exported as a counter, and must not fall.
        ValueKind::Duration => W::update(word, |sum| sum.saturating_add(bits)),
        ValueKind::F64 => write::add_float::<W>(word, f64::from_bits(bits)),
    }
}

/// The sum of two sums.
pub(super) fn plus(kind: ValueKind, a: u64, b: u64) -> u64 {
    match kind {
        ValueKind::U64 | ValueKind::I64 => a.wrapping_add(b),
        ValueKind::Duration => a.saturating_add(b),
        ValueKind::F64 => write::sum(f64::from_bits(a), f64::from_bits(b)).to_bits(),
    }
}

/// Reads a word. With Acquire (which pairs with the Release in `Anyone::add`), so that the words that are read after it
/// hold what was recorded before: a call that one thread began, where another has counted its end.
pub(super) fn load(word: &AtomicU64) -> u64 {
    word.load(Ordering::Acquire)
}
