//! Adds values to the words of a row.

use std::sync::atomic::Ordering;

use super::moments::SCALE;
use super::native::{Cell, NativeWords};
use super::words::{HEADER, Words, load_float};
use crate::aggregate::row_format::RowFormat;
use crate::aggregate::write::{self, Exclusive, Shared, Writer};
use crate::declare::{Bounds, NativeIndex, SortKey, Value, ValueBits, ValueKind};
use crate::sync::AtomicU64;

/// Adds a value of type `T`, if these are the words of a row without native buckets. Returns whether they are. `FAR_APART` may be true if the bounds [are](Bounds::are_far_apart).
pub(super) fn record<W: Writer, T: Value, const FAR_APART: bool>(
    bounds: &Bounds,
    words: &[AtomicU64],
    bits: ValueBits,
) -> bool {
    let Some(named) = Words::new(words) else {
        return false;
    };
    if !(W::EXCLUSIVE && named.is_in_fast_range(bits)) {
        return record_any::<W, T>(bounds, words, bits);
    }
    let value = T::KIND.to_f64_below_2_63(bits);
    let Some(bucket) = bounds.bucket_below_2_63::<FAR_APART>(bits, value) else {
        return record_any::<W, T>(bounds, words, bits);
    };
    add_fast::<W, T>(&named, bits, value);
    named.count::<W>(bucket);
    true
}

/// Adds a value of type `T`, if these are the words of a thread for a row with native buckets. Returns whether they are.
pub(super) fn record_native<T: Value>(
    bounds: &Bounds,
    words: &[AtomicU64],
    bits: ValueBits,
) -> bool {
    // Once, so that the number of words is compared once.
    let Some(fixed) = words.first_chunk::<{ HEADER + NativeWords::FIXED }>() else {
        return false;
    };
    let (Some(named), Some(index)) = (Words::new(fixed), bounds.native()) else {
        return false;
    };
    let Some(native) = NativeWords::new(named.buckets) else {
        return false;
    };
    if !named.is_in_fast_range(bits) {
        return record_any::<Exclusive, T>(bounds, words, bits);
    }
    let value = T::KIND.to_f64_below_2_63(bits);
    let place = index.place_of(T::KIND, value, native.halvings());
    let Some((cell, count)) = native.populated_cell(place) else {
        return record_any::<Exclusive, T>(bounds, words, bits);
    };
    add_fast::<Exclusive, T>(&named, bits, value);
    // The last write: see `Words::count`.
    cell.store(count.wrapping_add(1), Ordering::Release);
    true
}

/// Adds a value in the fast range to the sums: the same as [`add_any`], without the cases that the range excludes. The
/// extremes stay, and no sum becomes infinite.
#[inline]
fn add_fast<W: Writer, T: Value>(words: &Words<'_>, bits: ValueBits, value: f64) {
    let kind = T::KIND;
    let deviation = value * SCALE - load_float(words.shift);
    let add = |word, more: f64| W::update(word, |sum| (f64::from_bits(sum) + more).to_bits());
    match kind {
        ValueKind::F64 => add(words.sum, value),
        ValueKind::U64 | ValueKind::I64 | ValueKind::Duration => {
            write::add_value::<W>(kind, words.sum, bits);
        }
    }
    add(words.shifted_sum, deviation);
    add(words.shifted_squares, deviation * deviation);
}

/// Adds any value, for any writer but one of shared native buckets, if these are the words of a row. Returns whether they
/// are.
#[inline(never)]
pub(super) fn record_any<W: Writer, T: Value>(
    bounds: &Bounds,
    words: &[AtomicU64],
    bits: ValueBits,
) -> bool {
    let Some(words) = Words::new(words) else {
        return false;
    };
    add_any::<W, T>(&words, bits);
    match bounds.native() {
        Some(index) => count_native::<T>(bounds, index, &words, bits),
        None => words.count::<W>(bounds.bucket(bits)),
    }
    true
}

/// Adds any value to the shared words of a row with native buckets.
pub(super) fn record_shared_native<T: Value>(
    format: &RowFormat,
    words: &[AtomicU64],
    bits: ValueBits,
) {
    let (Some(words), Some(index)) = (Words::new(words), format.bounds.native()) else {
        return;
    };
    add_any::<Shared, T>(&words, bits);
    let _writing = format.shared_native.lock();
    count_native::<T>(&format.bounds, index, &words, bits);
}

/// Adds any value to the sums and the extremes.
fn add_any<W: Writer, T: Value>(words: &Words<'_>, bits: ValueBits) {
    let kind = T::KIND;
    let value = kind.to_f64(bits);
    let deviation = value * SCALE - words.shift_or(value * SCALE);
    write::add_value::<W>(kind, words.sum, bits);
    W::update(words.shifted_sum, |sum| {
        (f64::from_bits(sum) + deviation).to_bits()
    });
    write::add_float::<W>(words.shifted_squares, deviation * deviation);
    let SortKey(key) = bits.sort_key(kind);
    let is_extreme = write::raise::<W>(words.greatest, key) | write::raise::<W>(words.least, !key);
    if W::EXCLUSIVE && is_extreme {
        words.update_fast_range(kind);
    }
}

/// Counts a value, as the only writer of the counts.
fn count_native<T: Value>(
    bounds: &Bounds,
    index: &NativeIndex,
    words: &Words<'_>,
    bits: ValueBits,
) {
    if let Some(native) = NativeWords::new(words.buckets) {
        let cell = Cell {
            place: index.place(T::KIND, bits),
            halvings: 0,
            bucket: bounds.bucket(bits),
        };
        native.add(index, cell, 1);
    }
}

/// Adds the counts of words that no thread writes any more to shared ones. The resolution becomes the lower one of both, so
/// that of the row's total does not rise.
pub(super) fn fold_native(
    format: &RowFormat,
    index: &NativeIndex,
    from: &Words<'_>,
    into: &Words<'_>,
) {
    let words = NativeWords::new(from.buckets).zip(NativeWords::new(into.buckets));
    if let Some((from, into)) = words {
        let _writing = format.shared_native.lock();
        let halvings = from.halvings();
        into.halve_to(index, halvings);
        from.for_each_cell(index, halvings, |cell, count| into.add(index, cell, count));
    }
}
