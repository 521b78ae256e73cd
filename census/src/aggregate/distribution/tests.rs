//! That all ways of recording come to the same.

use std::time::Duration;

use super::super::recipe::Op;
use super::super::write::{Anyone, Owner};
use super::*;
use crate::declare::Bounds;

#[test]
fn the_shift_stays_the_first_value_also_if_that_is_zero() {
    let words: Vec<AtomicU64> = (0..=HEADER).map(|_| AtomicU64::new(0)).collect();
    let parts = Parts::new(&words).expect("enough words");
    let is_zero = |shift: f64| shift.abs() < f64::MIN_POSITIVE;
    assert!(is_zero(parts.shift_or(0.0)));
    // As a thread does that looked when there was none yet.
    assert!(is_zero(parts.set_shift(5.0)));
    assert!(is_zero(parts.shift_or(7.0)));
}

fn recipe<T: Value>(bounds: &[T]) -> Recipe {
    let bounds = Bounds::new(bounds.iter().copied()).expect("bounds that increase");
    Recipe::of(T::KIND, Op::Distribution, bounds)
}

fn words(recipe: &Recipe) -> Vec<AtomicU64> {
    (0..recipe.words).map(|_| AtomicU64::new(0)).collect()
}

fn bits<T: Value>(value: T) -> u64 {
    value.to_bits().expect("a finite value")
}

/// Records values in each way. They are to leave the same words, but for what only the owner's tell.
fn all_ways_agree<T: Value>(bounds: &[T], values: impl IntoIterator<Item = T>) {
    let recipe = recipe(bounds);
    let [usual, any, shared] = [(); 3].map(|()| words(&recipe));
    let mut quick = 0;
    for bits in values.into_iter().map(bits) {
        quick += usize::from(Parts::new(&usual).is_some_and(|parts| parts.is_usual(bits)));
        record::<Owner, T>(&recipe, &usual, bits);
        record_any::<Owner, T>(&recipe, &any, bits);
        record::<Anyone, T>(&recipe, &shared, bits);
        let read = |words: &[AtomicU64]| -> Vec<u64> {
            words.iter().map(|it| it.load(Ordering::Relaxed)).collect()
        };
        let (usual, any, mut shared) = (read(&usual), read(&any), read(&shared));
        assert_eq!(usual, any);
        shared[2..4].copy_from_slice(&any[2..4]);
        assert_eq!(usual, shared);
    }
    assert!(quick > 400, "{quick}");
}

#[test]
fn usual_values_are_recorded_as_all_others() {
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
fn values_between_the_extremes_are_usual() {
    let recipe = recipe(&[1.0, 2.0]);
    let usual = |recorded: &[f64], value: f64| {
        let words = words(&recipe);
        for value in recorded {
            record::<Owner, f64>(&recipe, &words, bits(*value));
        }
        Parts::new(&words)
            .expect("enough words")
            .is_usual(bits(value))
    };
    assert!(!usual(&[], 0.0) && !usual(&[], 1.0));
    assert!(usual(&[0.0], 0.0) && !usual(&[0.0], 5e-324));
    assert!(usual(&[3.0, 1.0], 1.0) && usual(&[1.0, 3.0], 3.0));
    assert!(!usual(&[1.0, 3.0], 0.9) && !usual(&[1.0, 3.0], 3.1));
    // Those below zero never are.
    assert!(!usual(&[-5.0, -1.0], -2.0) && usual(&[-5.0, 2.0], 0.0));
    // Nor are those whose squares' sum may be infinite.
    assert!(usual(&[1.0, 1e300], 1e144) && !usual(&[1.0, 1e300], 1e145));
    assert!(!usual(&[1e300, 1.0], 2.0));
}

/// A thread has added a value to its sum and not yet to its counts: a scrape may have shown that sum.
#[test]
fn a_sum_does_not_fall_when_others_record_before_a_first_value_is_counted() {
    let recipe = recipe(&[10_u64]);
    let [first, second] = [(); 2].map(|()| words(&recipe));
    let parts = Parts::new(&first).expect("enough words");
    parts.sum.store(7, Ordering::Relaxed);
    let sum = || {
        let mut totals = Totals::new(recipe.bounds.buckets());
        totals.add(recipe.kind, &first);
        totals.add(recipe.kind, &second);
        totals.sum
    };
    assert_eq!(sum(), 7);
    record::<Owner, u64>(&recipe, &second, 3);
    assert_eq!(sum(), 10);
}
