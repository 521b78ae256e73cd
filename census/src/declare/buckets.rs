//! The bounds of a distribution's buckets.

use std::sync::Arc;
use std::time::Duration;

use super::bucket_lookup::BucketLookup;
use super::number::{float_bits, nanoseconds};
use super::{Number, Value, ValueKind, order};

/// The buckets of a `Distribution` of a `Measure<Duration>` that names none: 5 ms to 10 s, Prometheus's own defaults.
pub const DEFAULT_LATENCY_BUCKETS: &[Duration] = &[
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

const NOT_FINITE: &str = "a bucket bound is a finite number (of a duration, at most 584 years): the last bucket ends at \
                          infinity in any case";
const NOT_INCREASING: &str =
    "bucket bounds increase strictly: write them in increasing order, each of them once";

/// Bounds as a `static` has them, each in the measure's own type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StaticBounds {
    U64(&'static [u64]),
    I64(&'static [i64]),
    F64(&'static [f64]),
    Duration(&'static [Duration]),
}

impl StaticBounds {
    /// The same, checked: strictly increasing and finite.
    #[track_caller]
    pub(super) const fn checked(self) -> Self {
        let mut previous = None;
        let mut index = 0;
        while let Some((kind, bits)) = self.get(index) {
            assert!(is_finite(kind, bits), "{}", NOT_FINITE);
            let key = order::to_sort_key(kind, bits);
            if let Some(previous) = previous {
                assert!(previous < key, "{}", NOT_INCREASING);
            }
            previous = Some(key);
            index += 1;
        }
        self
    }

    const fn get(self, index: usize) -> Option<(ValueKind, u64)> {
        // `slice::get` is not `const` yet.
        match self {
            Self::U64(all) => match all.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::U64, *bound)),
                _ => None,
            },
            Self::I64(all) => match all.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::I64, bound.cast_unsigned())),
                _ => None,
            },
            Self::F64(all) => match all.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::F64, float_bits(*bound))),
                _ => None,
            },
            Self::Duration(all) => match all.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::Duration, nanoseconds(*bound))),
                _ => None,
            },
        }
    }
}

const fn is_finite(kind: ValueKind, bits: u64) -> bool {
    match kind {
        ValueKind::U64 | ValueKind::I64 => true,
        ValueKind::F64 => f64::from_bits(bits).is_finite(),
        // The longest stands for all that are longer.
        ValueKind::Duration => bits < u64::MAX,
    }
}

/// Bounds as a view has them: shared by its rows, and comparable as one integer whatever the type (see [`order`]).
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    kind: ValueKind,
    keys: Arc<[u64]>,
    /// As they were written.
    numbers: Arc<[Number]>,
    /// Finds the buckets of ordinary values quicker than a search.
    cells: Option<Arc<BucketLookup>>,
}

impl PartialEq for Bounds {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.keys) == (other.kind, &other.keys)
    }
}

impl Eq for Bounds {}

impl Bounds {
    /// Bounds made at run time, checked as those of a `static` are.
    pub(crate) fn new<T: Value>(bounds: impl IntoIterator<Item = T>) -> Result<Self, &'static str> {
        let key = |bound: T| {
            let bits = bound.to_bits().filter(|bits| is_finite(T::KIND, *bits))?;
            Some(order::to_sort_key(T::KIND, bits))
        };
        let keys: Option<Arc<[u64]>> = bounds.into_iter().map(key).collect();
        let keys = keys.ok_or(NOT_FINITE)?;
        if !keys.is_sorted_by(|a, b| a < b) {
            return Err(NOT_INCREASING);
        }
        Ok(Self::from_keys(T::KIND, keys))
    }

    /// No bounds: one bucket.
    pub(crate) fn none(kind: ValueKind) -> Self {
        Self::from_keys(kind, Arc::default())
    }

    fn from_keys(kind: ValueKind, keys: Arc<[u64]>) -> Self {
        let bits = |key: &u64| order::from_sort_key(kind, *key);
        Self {
            kind,
            numbers: keys.iter().map(|key| kind.number(bits(key))).collect(),
            cells: BucketLookup::new(kind, &keys).map(Arc::new),
            keys,
        }
    }

    /// The bucket of a value, from 0: the first whose bound is not below it. The last bucket has no bound.
    #[inline]
    pub(crate) fn bucket(&self, bits: u64) -> usize {
        self.bucket_of(order::to_sort_key(self.kind, bits))
    }

    /// The bucket of a value that is given by its key.
    #[inline]
    pub(crate) fn bucket_of(&self, key: u64) -> usize {
        self.keys.partition_point(|bound| *bound < key)
    }

    /// The bucket of a value that is not negative, and whose bits are less than 2^63; `value` is the same as a float.
    /// `None` if that takes a search.
    #[inline]
    pub(crate) fn bucket_below_2_63(&self, bits: u64, value: f64) -> Option<usize> {
        self.cells.as_ref()?.bucket(bits, value)
    }

    /// How many buckets there are: one more than bounds.
    pub(crate) fn buckets(&self) -> usize {
        self.keys.len() + 1
    }

    /// The bounds as they were written.
    pub(crate) fn numbers(&self) -> Arc<[Number]> {
        Arc::clone(&self.numbers)
    }
}

impl From<StaticBounds> for Bounds {
    fn from(bounds: StaticBounds) -> Self {
        let kind = match bounds {
            StaticBounds::U64(_) => ValueKind::U64,
            StaticBounds::I64(_) => ValueKind::I64,
            StaticBounds::F64(_) => ValueKind::F64,
            StaticBounds::Duration(_) => ValueKind::Duration,
        };
        let keys = (0..)
            .map_while(|index| bounds.get(index))
            .map(|(kind, bits)| order::to_sort_key(kind, bits))
            .collect();
        Self::from_keys(kind, keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_equal_to_a_bound_is_in_that_bucket() {
        let bounds = Bounds::from(StaticBounds::I64(&[-10, 0, 10]));
        let bucket = |value: i64| bounds.bucket(Value::to_bits(value).unwrap_or_default());
        assert_eq!(
            [i64::MIN, -10, -9, 0, 1, 10, 11, i64::MAX].map(bucket),
            [0, 0, 1, 1, 2, 2, 3, 3]
        );
    }

    #[test]
    fn bounds_come_back_as_written() {
        let written: &[f64] = &[-1e300, -0.0, 0.1, f64::MAX];
        let bounds = Bounds::from(StaticBounds::F64(written).checked());
        assert!(bounds.numbers().iter().zip(written).all(|(a, b)| a == b));
        assert_eq!(bounds.buckets(), 5);
    }

    #[test]
    #[should_panic(expected = "increase strictly")]
    fn equal_bounds_are_refused() {
        StaticBounds::U64(&[1, 1]).checked();
    }

    #[test]
    #[should_panic(expected = "finite")]
    fn infinite_bounds_are_refused() {
        StaticBounds::F64(&[1.0, f64::INFINITY]).checked();
    }
}
