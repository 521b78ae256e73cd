//! The four types a measurement's value can have, and their common form: 64 bits and a [`ValueKind`].

use std::time::Duration;

use super::unit::TimeUnit;

/// A type of measurement values: `u64`, `i64`, `f64` or [`Duration`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of measurement values",
    label = "a measure's values are `u64`, `i64`, `f64` or `std::time::Duration`"
)]
pub trait Value: sealed::Sealed + Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const KIND: ValueKind;

    /// The value in its common form; `None` for NaN and the infinities, which are refused.
    #[doc(hidden)]
    fn to_bits(self) -> Option<u64>;
}

/// A measure for which a `Distribution` has default buckets: a `Measure<Duration>`.
#[diagnostic::on_unimplemented(
    message = "a `Distribution` of `{Self}` values has no default buckets",
    label = "write `{{ buckets: [...] }}` at the end of this view: only a `Measure<Duration>` has defaults"
)]
pub trait HasDefaultBuckets: Value {}

#[diagnostic::do_not_recommend]
impl HasDefaultBuckets for Duration {}

/// Which of the four types 64 bits are.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// The number itself.
    U64,
    /// Two's complement.
    I64,
    /// IEEE 754.
    F64,
    /// Whole nanoseconds: a sum of integers does not depend on the order of the additions. 584 years fit.
    Duration,
}

/// A value read back: of a row, a bound or an exemplar.
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

    /// The number as a float; a duration in `unit`.
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
            Self::Duration(value) => value.as_nanos() as f64 / unit.nanoseconds(),
        }
    }
}

impl ValueKind {
    /// Reads the common form back.
    pub(crate) fn number(self, bits: u64) -> Number {
        match self {
            Self::U64 => Number::U64(bits),
            Self::I64 => Number::I64(bits.cast_signed()),
            Self::F64 => Number::F64(f64::from_bits(bits)),
            Self::Duration => Number::Duration(Duration::from_nanos(bits)),
        }
    }

    /// The value as a float; a duration in nanoseconds.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "a float is what is asked for")]
    pub(crate) const fn to_f64(self, bits: u64) -> f64 {
        match self {
            Self::U64 | Self::Duration => bits as f64,
            Self::I64 => bits.cast_signed() as f64,
            Self::F64 => f64::from_bits(bits),
        }
    }

    /// The same of bits that are less than 2^63: one instruction, because it is signed integers that processors convert.
    #[inline]
    pub(crate) const fn to_f64_below_2_63(self, bits: u64) -> f64 {
        match self {
            Self::U64 | Self::I64 | Self::Duration => Self::I64.to_f64(bits),
            Self::F64 => f64::from_bits(bits),
        }
    }
}

/// Integers that compare as the values of each kind do, so that one search finds a bucket for all four types, and
/// the atomic `fetch_min` and `fetch_max` work for all.
pub(crate) mod order {
    use super::ValueKind;

    const SIGN: u64 = 1 << 63;

    /// From the common form.
    pub(crate) const fn to_sort_key(kind: ValueKind, bits: u64) -> u64 {
        match kind {
            ValueKind::U64 | ValueKind::Duration => bits,
            ValueKind::I64 => bits ^ SIGN,
            ValueKind::F64 if bits & SIGN == 0 => bits | SIGN,
            ValueKind::F64 => !bits,
        }
    }

    /// Back to the common form.
    pub(crate) const fn from_sort_key(kind: ValueKind, key: u64) -> u64 {
        match kind {
            ValueKind::U64 | ValueKind::Duration => key,
            ValueKind::I64 => key ^ SIGN,
            ValueKind::F64 if key & SIGN == 0 => !key,
            ValueKind::F64 => key & !SIGN,
        }
    }
}

/// The nanoseconds of a duration; one of more than 584 years counts as that.
#[inline]
pub(crate) const fn nanoseconds(duration: Duration) -> u64 {
    let nanos = duration.as_nanos();
    if nanos > u64::MAX as u128 {
        return u64::MAX;
    }
    #[expect(clippy::cast_possible_truncation, reason = "just compared")]
    let nanos = nanos as u64;
    nanos
}

/// The bits of a float, with one zero instead of two: `-0.0` belongs in the same bucket as `0.0`.
#[inline]
pub(crate) const fn float_bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

#[diagnostic::do_not_recommend]
impl Value for u64 {
    const KIND: ValueKind = ValueKind::U64;
    #[inline]
    fn to_bits(self) -> Option<u64> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl Value for i64 {
    const KIND: ValueKind = ValueKind::I64;
    #[inline]
    fn to_bits(self) -> Option<u64> {
        Some(self.cast_unsigned())
    }
}

#[diagnostic::do_not_recommend]
impl Value for f64 {
    const KIND: ValueKind = ValueKind::F64;
    #[inline]
    fn to_bits(self) -> Option<u64> {
        self.is_finite().then(|| float_bits(self))
    }
}

#[diagnostic::do_not_recommend]
impl Value for Duration {
    const KIND: ValueKind = ValueKind::Duration;
    #[inline]
    fn to_bits(self) -> Option<u64> {
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

/// So that a test can say `assert_eq!(data.sum, 42)`.
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

/// So that a literal needs no suffix. (An integer's type is `i32` where nothing else says.)
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
    fn keys_are_ordered_as_the_values_and_go_back() {
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
        let check = |kind: ValueKind, all: &[u64]| {
            for (a, b) in all.iter().zip(all.iter().skip(1)) {
                assert!(
                    order::to_sort_key(kind, *a) < order::to_sort_key(kind, *b),
                    "{kind:?} {a:x} {b:x}"
                );
            }
            for bits in all {
                assert_eq!(
                    order::from_sort_key(kind, order::to_sort_key(kind, *bits)),
                    *bits
                );
            }
        };
        check(ValueKind::F64, &floats);
        check(ValueKind::I64, &signed);
        check(ValueKind::U64, &unsigned);
        check(ValueKind::Duration, &unsigned);
    }

    #[test]
    fn non_finite_values_have_no_bits_and_zero_has_one_form() {
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
        assert_eq!(exported, expected.map(|text| Some(text.to_owned())));
        assert_eq!(Value::to_bits(Duration::MAX), Some(u64::MAX));
    }
}
