//! The four types that a measurement's value can have, and their common form: 64 bits and a [`ValueKind`].

use std::time::Duration;

use super::unit::TimeUnit;

/// A type of measurement values: `u64`, `i64`, `f64` or [`Duration`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of measurement values",
    label = "a measure's values are `u64`, `i64`, `f64` or `std::time::Duration`"
)]
pub trait Value: sealed::Sealed + Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const KIND: ValueKind;

    /// The value in its common form; `None` for NaN and the infinities, which are rejected.
    #[doc(hidden)]
    fn to_bits(self) -> Option<ValueBits>;
}

/// A measure for which a `Distribution` has default buckets: a `Measure<Duration>`.
#[diagnostic::on_unimplemented(
    message = "a `Distribution` of `{Self}` values has no default buckets",
    label = "write `{{ buckets: [...] }}` at the end of this view: only a `Measure<Duration>` has defaults"
)]
pub trait HasDefaultBuckets: Value {}

#[diagnostic::do_not_recommend]
impl HasDefaultBuckets for Duration {}

/// A value in the common form of all types; its [`ValueKind`] says how to read the bits.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueBits(pub(crate) u64);

/// A value as an integer. The sort keys of values of one [`ValueKind`] are in the same order as the values. So one
/// search finds the bucket of a value of any type, and the atomic `fetch_max` works for all types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SortKey(pub(crate) u64);

/// The type of a measure's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum ValueKind {
    /// `u64`
    U64,
    /// `i64`
    I64,
    /// `f64`, finite.
    F64,
    /// [`Duration`], as whole nanoseconds in a `u64`: at most 584 years.
    // Integers, because their sum does not depend on the order of the additions.
    Duration,
}

/// A value of a row, a bound or an exemplar.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Number {
    /// Of a `Measure<u64>`.
    U64(u64),
    /// Of a `Measure<i64>`.
    I64(i64),
    /// Of a `Measure<f64>`.
    F64(f64),
    /// Of a `Measure<Duration>`.
    Duration(Duration),
}

impl Number {
    /// The number as a float; a duration in seconds.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.in_unit(TimeUnit::Seconds)
    }

    /// The number as the nearest float; a duration in `unit`.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "that is what the caller asks for"
    )]
    pub fn in_unit(self, unit: TimeUnit) -> f64 {
        match self {
            Self::U64(value) => value as f64,
            Self::I64(value) => value as f64,
            Self::F64(value) => value,
            Self::Duration(value) => unit.convert(value),
        }
    }
}

impl ValueKind {
    /// The value of these bits.
    pub(crate) fn number(self, bits: ValueBits) -> Number {
        match self {
            Self::U64 => Number::U64(bits.0),
            Self::I64 => Number::I64(bits.0.cast_signed()),
            Self::F64 => Number::F64(f64::from_bits(bits.0)),
            Self::Duration => Number::Duration(Duration::from_nanos(bits.0)),
        }
    }

    /// The value of these bits as a float; a duration in nanoseconds.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
    pub(crate) const fn to_f64(self, bits: ValueBits) -> f64 {
        match self {
            Self::U64 | Self::Duration => bits.0 as f64,
            Self::I64 => bits.0.cast_signed() as f64,
            Self::F64 => f64::from_bits(bits.0),
        }
    }

    /// The same as [`to_f64`](Self::to_f64), for bits below 2^63. Processors convert signed integers in one
    /// instruction, and unsigned ones in several.
    #[inline]
    pub(crate) const fn to_f64_below_2_63(self, bits: ValueBits) -> f64 {
        match self {
            Self::U64 | Self::I64 | Self::Duration => Self::I64.to_f64(bits),
            Self::F64 => f64::from_bits(bits.0),
        }
    }

    /// Whether a value of this kind is never below zero, so that a sum of such values never falls.
    pub(crate) const fn is_unsigned(self) -> bool {
        matches!(self, Self::U64 | Self::Duration)
    }
}

const SIGN: u64 = 1 << 63;

impl ValueBits {
    /// Whether this can be a bound: a finite number, or a duration that fits.
    pub(crate) const fn is_finite(self, kind: ValueKind) -> bool {
        match kind {
            ValueKind::U64 | ValueKind::I64 => true,
            ValueKind::F64 => f64::from_bits(self.0).is_finite(),
            // Durations that do not fit have the bits `u64::MAX`, too.
            ValueKind::Duration => self.0 < u64::MAX,
        }
    }

    /// The sort key of a value.
    #[inline]
    pub(crate) const fn sort_key(self, kind: ValueKind) -> SortKey {
        SortKey(match kind {
            ValueKind::U64 | ValueKind::Duration => self.0,
            ValueKind::I64 => self.0 ^ SIGN,
            ValueKind::F64 if self.0 & SIGN == 0 => self.0 | SIGN,
            ValueKind::F64 => !self.0,
        })
    }
}

impl SortKey {
    /// The value that has this sort key.
    #[inline]
    pub(crate) const fn value_bits(self, kind: ValueKind) -> ValueBits {
        ValueBits(match kind {
            ValueKind::U64 | ValueKind::Duration => self.0,
            ValueKind::I64 => self.0 ^ SIGN,
            ValueKind::F64 if self.0 & SIGN == 0 => !self.0,
            ValueKind::F64 => self.0 & !SIGN,
        })
    }
}

/// The common form of a duration: its nanoseconds. A duration of more than 584 years counts as the longest that fits.
#[inline]
pub(crate) const fn nanoseconds(duration: Duration) -> ValueBits {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 {
        return ValueBits(u64::MAX);
    }
    #[expect(clippy::cast_possible_truncation, reason = "just compared")]
    ValueBits(nanos as u64)
}

/// The common form of a float, with one zero instead of two: `-0.0` belongs in the same bucket as `0.0`.
#[inline]
pub(crate) const fn float_bits(value: f64) -> ValueBits {
    ValueBits((value + 0.0).to_bits())
}

#[diagnostic::do_not_recommend]
impl Value for u64 {
    const KIND: ValueKind = ValueKind::U64;
    #[inline]
    fn to_bits(self) -> Option<ValueBits> {
        Some(ValueBits(self))
    }
}

#[diagnostic::do_not_recommend]
impl Value for i64 {
    const KIND: ValueKind = ValueKind::I64;
    #[inline]
    fn to_bits(self) -> Option<ValueBits> {
        Some(ValueBits(self.cast_unsigned()))
    }
}

#[diagnostic::do_not_recommend]
impl Value for f64 {
    const KIND: ValueKind = ValueKind::F64;
    #[inline]
    fn to_bits(self) -> Option<ValueBits> {
        self.is_finite().then(|| float_bits(self))
    }
}

#[diagnostic::do_not_recommend]
impl Value for Duration {
    const KIND: ValueKind = ValueKind::Duration;
    #[inline]
    fn to_bits(self) -> Option<ValueBits> {
        Some(nanoseconds(self))
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u64 {}
    impl Sealed for i64 {}
    impl Sealed for f64 {}
    impl Sealed for std::time::Duration {}
}

/// Conversions and comparisons, so that a test can say `assert_eq!(data.sum, 42)`.
macro_rules! comparable {
    ($($type:ty => $variant:ident),*) => {$(
        impl PartialEq<$type> for Number {
            fn eq(&self, other: &$type) -> bool {
                matches!(self, Self::$variant(value) if value == other)
            }
        }
        impl From<$type> for Number {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        }
    )*};
}

/// For literals without a suffix, whose type is `i32` where nothing else determines it.
impl PartialEq<i32> for Number {
    fn eq(&self, other: &i32) -> bool {
        match self {
            Self::U64(value) => u64::try_from(*other).is_ok_and(|other| *value == other),
            Self::I64(value) => *value == i64::from(*other),
            Self::F64(value) => *value == f64::from(*other),
            Self::Duration(_) => false,
        }
    }
}

comparable!(u64 => U64, i64 => I64, f64 => F64, Duration => Duration);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_compare_as_their_values() {
        let floats = [
            -f64::MAX,
            -1.5,
            -f64::MIN_POSITIVE,
            0.0,
            5e-324,
            0.5,
            1.0,
            f64::MAX,
        ]
        .map(f64::to_bits);
        let signed = [i64::MIN, -1, 0, 1, i64::MAX].map(i64::cast_unsigned);
        let unsigned = [0, 1, u64::MAX];
        let check = |kind: ValueKind, ascending: &[u64]| {
            for (a, b) in ascending.iter().zip(ascending.iter().skip(1)) {
                assert!(
                    ValueBits(*a).sort_key(kind) < ValueBits(*b).sort_key(kind),
                    "{kind:?} {a:x} {b:x}"
                );
            }
            for bits in ascending {
                let bits = ValueBits(*bits);
                assert_eq!(bits.sort_key(kind).value_bits(kind), bits);
            }
        };
        check(ValueKind::F64, &floats);
        check(ValueKind::I64, &signed);
        check(ValueKind::U64, &unsigned);
        check(ValueKind::Duration, &unsigned);
    }

    #[test]
    fn non_finite_values_are_rejected_and_zeros_are_equal() {
        assert_eq!(
            [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Value::to_bits),
            [None; 3]
        );
        assert_eq!((-0.0_f64).to_bits(), 1 << 63);
        assert_eq!(Value::to_bits(-0.0), Value::to_bits(0.0));
    }

    #[test]
    fn a_duration_is_exported_in_its_unit() {
        let number = Number::from(Duration::from_micros(1_500));
        let units = ["s", "ms", "us", "ns"].map(TimeUnit::from_ucum);
        let exported = units.map(|unit| unit.map(|unit| number.in_unit(unit).to_string()));
        let expected = ["0.0015", "1.5", "1500", "1500000"];
        assert_eq!(exported, expected.map(|value| Some(value.to_owned())));
        assert_eq!(Value::to_bits(Duration::MAX), Some(ValueBits(u64::MAX)));
    }
}
