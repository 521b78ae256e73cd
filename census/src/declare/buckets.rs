//! The bounds of a distribution's buckets.

use std::sync::Arc;
use std::time::Duration;

use super::bucket_lookup::BucketLookup;
use super::bucket_series::{BoundSeries, Buckets, Given};
use super::native::{DERIVED_DURATION, NativeSpec};
use super::native_index::NativeIndex;
use super::number::{float_bits, nanoseconds};
use super::unit::TimeUnit;
use super::{Number, SortKey, Value, ValueBits, ValueKind};

/// The bounds of a `Distribution` of a `Measure<Duration>` without `buckets`: 5 ms to 10 s, Prometheus's own defaults.
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

/// Bounds as a `static` has them: a list in the type of the measure's values, or a series.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StaticBounds {
    U64(&'static [u64]),
    I64(&'static [i64]),
    F64(&'static [f64]),
    Duration(&'static [Duration]),
    Series(BoundSeries),
}

/// The buckets of a distribution, as a `static` has them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StaticBuckets {
    pub(crate) bounds: StaticBounds,
    pub(crate) native: Option<NativeSpec>,
}

/// The buckets of a [`Buckets`], checked. One function for each type, because a `const fn` cannot call a trait's method.
macro_rules! of_buckets {
    ($($function:ident($type:ty) => $variant:ident;)*) => {$(
        #[track_caller]
        pub(crate) const fn $function(buckets: Buckets<$type>) -> Self {
            let (bounds, native) = match buckets.given() {
                Given::Series(series) => (
                    StaticBounds::Series(series.of_any_type_at_compile_time()),
                    None,
                ),
                Given::List(bounds) => (StaticBounds::$variant(bounds), None),
                Given::Native { growth } => (
                    StaticBounds::derived(ValueKind::$variant),
                    Some(NativeSpec::checked(growth, false)),
                ),
            };
            Self {
                bounds: bounds.checked(),
                native,
            }
        }
    )*};
}

impl StaticBuckets {
    of_buckets! {
        of_u64(u64) => U64;
        of_i64(i64) => I64;
        of_f64(f64) => F64;
        of_duration(Duration) => Duration;
    }
}

impl StaticBounds {
    /// The classic buckets of a view whose user gives native ones only: powers of four, which are bounds of native buckets,
    /// too, while these are no coarser.
    pub(super) const fn derived(kind: ValueKind) -> Self {
        /// 2^-20
        const LEAST: f64 = f64::from_bits((1023 - 20) << (f64::MANTISSA_DIGITS - 1));
        let buckets = match kind {
            ValueKind::U64 => StaticBuckets::of_u64(Buckets::exponential(1, 4.0, 21)),
            ValueKind::I64 => StaticBuckets::of_i64(Buckets::exponential(1, 4.0, 21)),
            ValueKind::F64 => StaticBuckets::of_f64(Buckets::exponential(LEAST, 4.0, 31)),
            ValueKind::Duration => return Self::Duration(&DERIVED_DURATION),
        };
        buckets.bounds
    }

    /// These bounds, which are checked to be finite and to increase strictly.
    #[track_caller]
    pub(crate) const fn checked(self) -> Self {
        if let Self::Series(series) = &self {
            if let Some(problem) = series.problem() {
                #[expect(clippy::panic, reason = "`view!` calls it at compile time")]
                {
                    panic!("{}", problem);
                }
            }
            return self;
        }
        let mut previous = None;
        let mut index = 0;
        while let Some((kind, bits)) = self.get(index) {
            assert!(bits.is_finite(kind), "{}", NOT_FINITE);
            let key = bits.sort_key(kind).0;
            if let Some(previous) = previous {
                assert!(previous < key, "{}", NOT_INCREASING);
            }
            previous = Some(key);
            index += 1;
        }
        self
    }

    const fn get(self, index: usize) -> Option<(ValueKind, ValueBits)> {
        // `slice::get` is not `const` yet.
        match self {
            Self::U64(bounds) => match bounds.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::U64, ValueBits(*bound))),
                _ => None,
            },
            Self::I64(bounds) => match bounds.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::I64, ValueBits(bound.cast_unsigned()))),
                _ => None,
            },
            Self::F64(bounds) => match bounds.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::F64, float_bits(*bound))),
                _ => None,
            },
            Self::Duration(bounds) => match bounds.split_at_checked(index) {
                Some((_, [bound, ..])) => Some((ValueKind::Duration, nanoseconds(*bound))),
                _ => None,
            },
            Self::Series(series) => match series.get(index) {
                Some(bits) => Some((series.kind(), bits)),
                None => None,
            },
        }
    }
}

/// Bounds as a view has them: shared by its rows, and comparable as integers whatever the type (see `SortKey`).
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Bounds {
    kind: ValueKind,
    sort_keys: Arc<[SortKey]>,
    /// The bounds as they were written.
    numbers: Arc<[Number]>,
    /// Finds the buckets of most values quicker than a search.
    lookup: Option<Arc<BucketLookup>>,
    /// Finds the native buckets of values, if there are some beside those with bounds.
    native: Option<Arc<NativeIndex>>,
}

impl PartialEq for Bounds {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, &self.sort_keys, &self.native) == (other.kind, &other.sort_keys, &other.native)
    }
}

impl Eq for Bounds {}

impl Bounds {
    /// Bounds made at run time, checked as those of a `static` are.
    pub(crate) fn new<T: Value>(bounds: impl IntoIterator<Item = T>) -> Result<Self, &'static str> {
        let sort_key = |bound: T| {
            let bits = bound.to_bits().filter(|bits| bits.is_finite(T::KIND))?;
            Some(bits.sort_key(T::KIND))
        };
        let sort_keys: Option<Arc<[SortKey]>> = bounds.into_iter().map(sort_key).collect();
        let sort_keys = sort_keys.ok_or(NOT_FINITE)?;
        if !sort_keys.is_sorted_by(|a, b| a < b) {
            return Err(NOT_INCREASING);
        }
        Ok(Self::from_sort_keys(T::KIND, sort_keys))
    }

    /// Bounds made at run time as a series, checked as those of a `static` are.
    pub(super) fn of_series(series: BoundSeries) -> Result<Self, &'static str> {
        match series.problem() {
            None => Ok(StaticBounds::Series(series).into()),
            Some(problem) => Err(problem),
        }
    }

    /// No bounds: one bucket.
    pub(crate) fn none(kind: ValueKind) -> Self {
        Self::from_sort_keys(kind, Arc::default())
    }

    fn from_sort_keys(kind: ValueKind, sort_keys: Arc<[SortKey]>) -> Self {
        let number = |key: &SortKey| kind.number(key.value_bits(kind));
        Self {
            kind,
            numbers: sort_keys.iter().map(number).collect(),
            lookup: BucketLookup::new(kind, &sort_keys).map(Arc::new),
            native: None,
            sort_keys,
        }
    }

    /// The bounds of the view that has these native buckets, too. Durations are exported in this unit.
    pub(crate) fn with_native(self, native: Option<NativeSpec>, unit: TimeUnit) -> Self {
        let index =
            |native: NativeSpec| NativeIndex::new(native.schema, self.kind, unit, &self.sort_keys);
        Self {
            native: native.map(|native| Arc::new(index(native))),
            ..self
        }
    }

    /// Finds the native buckets of values.
    #[inline]
    pub(crate) fn native(&self) -> Option<&NativeIndex> {
        self.native.as_deref()
    }

    /// The bucket of a value, from 0: the first whose bound is not below the value. The last bucket has no bound.
    #[inline]
    pub(crate) fn bucket(&self, bits: ValueBits) -> usize {
        self.bucket_of_sort_key(bits.sort_key(self.kind))
    }

    /// The bucket of a value that is given by its sort key.
    #[inline]
    pub(crate) fn bucket_of_sort_key(&self, key: SortKey) -> usize {
        self.sort_keys.partition_point(|bound| *bound < key)
    }

    /// The bucket of a value that is not negative, and whose bits are below 2^63; `value` is the same value as a float.
    /// `None` if only a search finds the bucket. `FAR_APART` may be true if the bounds [are](Self::are_far_apart).
    #[inline]
    pub(crate) fn bucket_below_2_63<const FAR_APART: bool>(
        &self,
        bits: ValueBits,
        value: f64,
    ) -> Option<usize> {
        self.lookup.as_ref()?.bucket::<FAR_APART>(bits, value)
    }

    /// Whether no two bounds are nearer than an eighth of their magnitude: then a value is compared with one of them only.
    pub(crate) fn are_far_apart(&self) -> bool {
        let lookup = self.lookup.as_ref();
        lookup.is_some_and(|lookup| lookup.max_per_cell() == 1)
    }

    /// How many buckets there are: one more than bounds.
    pub(crate) fn buckets(&self) -> usize {
        self.sort_keys.len() + 1
    }

    /// The bounds as they were written.
    pub(crate) fn numbers(&self) -> &Arc<[Number]> {
        &self.numbers
    }
}

impl From<StaticBounds> for Bounds {
    fn from(bounds: StaticBounds) -> Self {
        let kind = match bounds {
            StaticBounds::U64(_) => ValueKind::U64,
            StaticBounds::I64(_) => ValueKind::I64,
            StaticBounds::F64(_) => ValueKind::F64,
            StaticBounds::Duration(_) => ValueKind::Duration,
            StaticBounds::Series(series) => series.kind(),
        };
        let sort_keys = (0..)
            .map_while(|index| bounds.get(index))
            .map(|(kind, bits)| bits.sort_key(kind))
            .collect();
        Self::from_sort_keys(kind, sort_keys)
    }
}

/// The buckets of a distribution that is made at run time.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct DistributionBuckets {
    pub(crate) bounds: Bounds,
    pub(crate) native: Option<NativeSpec>,
}

impl From<Bounds> for DistributionBuckets {
    fn from(bounds: Bounds) -> Self {
        Self {
            bounds,
            native: None,
        }
    }
}

/// The buckets of a distribution, at run time: a [`Buckets`], or a list (an array, a `Vec`, an iterator) of bounds that are
/// finite and increase strictly.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no bucket bounds of type `{T}`",
    label = "write a list like `[1, 2, 5]`, or `Buckets::linear(…)`, in the type of the measure's values",
    note = "of a slice, write `slice.iter().copied()`, or `Buckets::list(SLICE)` of a constant"
)]
pub trait BucketBounds<T> {
    /// The buckets, or why they cannot be used.
    #[doc(hidden)]
    fn into_buckets(self) -> Result<DistributionBuckets, &'static str>;
}

#[diagnostic::do_not_recommend]
impl<T: Value> BucketBounds<T> for Buckets<T> {
    fn into_buckets(self) -> Result<DistributionBuckets, &'static str> {
        match self.given() {
            Given::Series(series) => Bounds::of_series(series.of_any_type()).map(Into::into),
            Given::List(bounds) => Bounds::new(bounds.iter().copied()).map(Into::into),
            Given::Native { growth } => Ok(DistributionBuckets {
                bounds: StaticBounds::derived(T::KIND).into(),
                native: Some(NativeSpec::new(growth, false)?),
            }),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value, I: IntoIterator<Item = T>> BucketBounds<T> for I {
    fn into_buckets(self) -> Result<DistributionBuckets, &'static str> {
        Bounds::new(self).map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_equal_to_a_bound_is_in_that_bucket() {
        let bounds = Bounds::from(StaticBounds::I64(&[-10, 0, 10]));
        let bucket =
            |value: i64| bounds.bucket(Value::to_bits(value).expect("an integer has bits"));
        assert_eq!(
            [i64::MIN, -10, -9, 0, 1, 10, 11, i64::MAX].map(bucket),
            [0, 0, 1, 1, 2, 2, 3, 3]
        );
    }

    #[test]
    fn bounds_are_kept_as_written() {
        let written: &[f64] = &[-1e300, -0.0, 0.1, f64::MAX];
        let bounds = Bounds::from(StaticBounds::F64(written).checked());
        assert!(bounds.numbers().iter().zip(written).all(|(a, b)| a == b));
        assert_eq!(bounds.buckets(), 5);
    }

    #[test]
    #[should_panic(expected = "increase strictly")]
    fn equal_bounds_are_rejected() {
        StaticBounds::U64(&[1, 1]).checked();
    }

    #[test]
    #[should_panic(expected = "finite")]
    fn infinite_bounds_are_rejected() {
        StaticBounds::F64(&[1.0, f64::INFINITY]).checked();
    }
}
