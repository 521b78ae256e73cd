//! All ways to record a value leave the same words.

mod native;

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::record::record_any;
use super::*;
use crate::aggregate::aggregation::row_format;
use crate::aggregate::write::{Exclusive, Shared};
use crate::declare::{NativeSpec, TimeUnit};
use crate::id::ViewId;

#[test]
fn the_shift_stays_the_first_value_even_if_it_is_zero() {
    let words: Vec<AtomicU64> = (0..=HEADER).map(|_| AtomicU64::new(0)).collect();
    let words = Words::new(&words).expect("enough words");
    let is_zero = |shift: f64| shift.abs() < f64::MIN_POSITIVE;
    assert!(is_zero(words.shift_or(0.0)));
    // A thread that saw no shift yet calls this.
    assert!(is_zero(words.set_shift(5.0)));
    assert!(is_zero(words.shift_or(7.0)));
}

fn format<T: Value>(bounds: &[T]) -> RowFormat {
    format_with(bounds, None)
}

fn format_with<T: Value>(bounds: &[T], growth: Option<f64>) -> RowFormat {
    let bounds = Bounds::new(bounds.iter().copied()).expect("bounds that increase");
    let native = growth.map(|growth| NativeSpec::new(growth, true).expect("a factor"));
    let bounds = bounds.with_native(native, TimeUnit::Seconds);
    row_format(
        ViewId::next(),
        AggregationKind::Distribution,
        T::KIND,
        bounds,
        false,
    )
}

fn new_words(format: &RowFormat) -> Vec<AtomicU64> {
    (0..format.words).map(|_| AtomicU64::new(0)).collect()
}

fn bits<T: Value>(value: T) -> ValueBits {
    value.to_bits().expect("a finite value")
}

fn is_fast(words: &[AtomicU64], bits: ValueBits) -> bool {
    let words = Words::new(words).expect("enough words");
    words.is_in_fast_range(bits)
}

/// Records values in each way. All ways must leave the same words, except for the fast range, which a shared writer
/// does not keep.
fn all_ways_agree<T: Value>(bounds: &[T], values: impl IntoIterator<Item = T>) {
    let format = format(bounds);
    let bounds = &format.bounds;
    let [fast, any, shared] = [(); 3].map(|()| new_words(&format));
    let mut fast_values = 0;
    for bits in values.into_iter().map(bits) {
        fast_values += usize::from(is_fast(&fast, bits));
        if bounds.are_far_apart() {
            record::<Exclusive, T, true>(bounds, &fast, bits);
        } else {
            record::<Exclusive, T, false>(bounds, &fast, bits);
        }
        record_any::<Exclusive, T>(bounds, &any, bits);
        record::<Shared, T, false>(bounds, &shared, bits);
        let read = |words: &[AtomicU64]| -> Vec<u64> {
            let words = words.iter().map(|word| word.load(Ordering::Relaxed));
            words.collect()
        };
        let (fast, any, mut shared) = (read(&fast), read(&any), read(&shared));
        assert_eq!(fast, any);
        shared[2..4].copy_from_slice(&any[2..4]);
        assert_eq!(fast, shared);
    }
    assert!(fast_values > 400, "{fast_values}");
}

#[test]
fn fast_values_are_recorded_as_all_others() {
    let numbers = || (0..1000_u32).map(|i| i.wrapping_mul(2_654_435_761) >> (i % 24));
    let floats = |by: f64| numbers().map(move |n| f64::from(n) * by);
    let signed = numbers().map(|n| i64::from(n.cast_signed()));
    all_ways_agree(
        &[0, 1, 1000, 1 << 20, u64::MAX],
        numbers().map(u64::from).chain([0, u64::MAX, 1 << 63, 7]),
    );
    all_ways_agree(&[-100, 0, 100], signed.chain([i64::MIN, i64::MAX, 0, -1]));
    all_ways_agree(
        &[0.001, 1.0, 1e9],
        floats(1e-3).chain([-1.0, 1e300, f64::MAX, f64::MAX, 0.5, -f64::MAX]),
    );
    all_ways_agree(
        &[-1.0, 0.0],
        floats(1e-300)
            .chain(floats(1e140))
            .chain([f64::MAX, 1e140, -0.0]),
    );
    let durations = numbers().map(|n| Duration::from_nanos(n.into()));
    all_ways_agree(
        &[Duration::from_millis(1)],
        durations.chain([Duration::MAX, Duration::ZERO, Duration::MAX]),
    );
}

#[test]
fn the_fast_range_lies_between_the_extremes() {
    let format = format(&[1.0, 2.0]);
    let is_fast = |recorded: &[f64], value: f64| {
        let words = new_words(&format);
        for value in recorded {
            record::<Exclusive, f64, false>(&format.bounds, &words, bits(*value));
        }
        is_fast(&words, bits(value))
    };
    assert!(!is_fast(&[], 0.0) && !is_fast(&[], 1.0));
    assert!(is_fast(&[0.0], 0.0) && !is_fast(&[0.0], 5e-324));
    assert!(is_fast(&[3.0, 1.0], 1.0) && is_fast(&[1.0, 3.0], 3.0));
    assert!(!is_fast(&[1.0, 3.0], 0.9) && !is_fast(&[1.0, 3.0], 3.1));
    // Negative values are never in it.
    assert!(!is_fast(&[-5.0, -1.0], -2.0) && is_fast(&[-5.0, 2.0], 0.0));
    // Nor are values whose squares could add up to infinity.
    assert!(is_fast(&[1.0, 1e300], 1e144) && !is_fast(&[1.0, 1e300], 1e145));
    assert!(!is_fast(&[1e300, 1.0], 2.0));
}

/// A thread has added a value to its sum and not yet to its counts. A scrape may have exported that sum.
#[test]
fn a_sum_does_not_fall_while_a_first_value_is_not_counted_yet() {
    let format = format(&[10_u64]);
    let [first, second] = [(); 2].map(|()| new_words(&format));
    let words = Words::new(&first).expect("enough words");
    words.sum.store(7, Ordering::Relaxed);
    let sum = || {
        let mut total = Distribution::new_total(&format);
        Distribution::add(&format, &mut total, &first);
        Distribution::add(&format, &mut total, &second);
        total.sum
    };
    assert_eq!(sum(), ValueBits(7));
    record::<Exclusive, u64, false>(&format.bounds, &second, ValueBits(3));
    assert_eq!(sum(), ValueBits(10));
}
