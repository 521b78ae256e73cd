//! The option of a distribution that it has native buckets.

use std::time::Duration;

use super::native_index::{MAX_SCHEMA, MIN_SCHEMA, root};

/// The growth factor of successive native buckets where a view names none, as the guide of Prometheus's clients recommends.
pub const DEFAULT_GROWTH: f64 = 1.1;

const GROWTH: &str = "the growth factor of native buckets is a finite number greater than 1";

pub(super) const TWICE_NATIVE: &str =
    "the buckets beside native ones are classic ones: write a list, or a series";

/// The native buckets of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NativeSpec {
    /// The resolution that rows begin with: there are `2^schema` buckets from one power of two to the next.
    pub(crate) schema: i32,
    /// Whether the user gives classic buckets, too. Otherwise the view has [derived](StaticBounds::derived) ones.
    pub(crate) classic_given: bool,
}

impl NativeSpec {
    /// The native buckets of which each is at most `growth` times as great as the one before it, or why there are none.
    ///
    /// The resolution is the coarsest one that suffices, as `NativeHistogramBucketFactor` of Prometheus's client for Go
    /// has it; where even the finest one does not, it is the finest.
    pub(crate) const fn new(growth: f64, classic_given: bool) -> Result<Self, &'static str> {
        if !(growth > 1.0 && growth.is_finite()) {
            return Err(GROWTH);
        }
        let mut schema = MIN_SCHEMA;
        while schema < MAX_SCHEMA && growth < base(schema) {
            schema += 1;
        }
        Ok(Self {
            schema,
            classic_given,
        })
    }

    /// As [`new`](Self::new), for a view in a `static`.
    #[track_caller]
    pub(crate) const fn checked(growth: f64, classic_given: bool) -> Self {
        match Self::new(growth, classic_given) {
            Ok(native) => native,
            #[expect(clippy::panic, reason = "`view!` calls it at compile time")]
            Err(problem) => panic!("{}", problem),
        }
    }
}

/// How much greater than the one before it a bucket is: 2 to the power of `2^-schema`.
const fn base(schema: i32) -> f64 {
    if schema > 0 {
        root(1, schema.unsigned_abs())
    } else {
        let exponent = 1 << schema.unsigned_abs();
        f64::from_bits((1023 + exponent) << (f64::MANTISSA_DIGITS - 1))
    }
}

/// The bounds of [`StaticBounds::derived`](super::StaticBounds::derived) for durations: 2^-20 to 2^10 seconds. Not a series: the first ones are not whole nanoseconds.
pub(super) static DERIVED_DURATION: [Duration; 16] = [
    power_of_four(-10),
    power_of_four(-9),
    power_of_four(-8),
    power_of_four(-7),
    power_of_four(-6),
    power_of_four(-5),
    power_of_four(-4),
    power_of_four(-3),
    power_of_four(-2),
    power_of_four(-1),
    power_of_four(0),
    power_of_four(1),
    power_of_four(2),
    power_of_four(3),
    power_of_four(4),
    power_of_four(5),
];

/// A power of four of a second, to the nearest nanosecond.
const fn power_of_four(exponent: i32) -> Duration {
    let scaled = 1_000_000_000_u64 << (2 * (exponent + 10));
    Duration::from_nanos((scaled + (1 << 19)) >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{Bounds, StaticBounds, ValueKind};

    fn schema(growth: f64) -> Result<i32, &'static str> {
        NativeSpec::new(growth, false).map(|native| native.schema)
    }

    #[test]
    fn the_coarsest_resolution_that_suffices_is_chosen() {
        let cases = [
            (1.000_001, 8),
            (1.002, 8),
            (1.003, 8),
            (1.006, 7),
            (1.1, 3),
            (1.09, 4),
            (1.2, 2),
            (1.42, 1),
            (1.41, 2),
            (1.99, 1),
            (2.0, 0),
            (3.99, 0),
            (4.0, -1),
            (16.0, -2),
            (255.0, -2),
            (256.0, -3),
            (65_535.0, -3),
            (65_536.0, -4),
            (f64::MAX, -4),
        ];
        for (growth, expected) in cases {
            assert_eq!(schema(growth), Ok(expected), "{growth}");
        }
        assert_eq!(schema(2_f64.sqrt()), Ok(1));
        assert_eq!(schema(2_f64.sqrt().next_down()), Ok(2));
    }

    #[test]
    fn a_factor_that_is_not_above_one_is_refused() {
        for growth in [1.0, 0.9, 0.0, -2.0, f64::NAN, f64::INFINITY, -f64::INFINITY] {
            assert_eq!(schema(growth), Err(GROWTH));
        }
    }

    #[test]
    fn derived_bounds_are_powers_of_four() {
        let first_last = |kind| {
            let bounds = Bounds::from(StaticBounds::derived(kind).checked());
            let numbers = bounds.numbers();
            let ends = [numbers.first(), numbers.last()].map(|it| it.map(|it| it.as_f64()));
            (numbers.len(), ends)
        };
        let most = f64::from(1_u32 << 20) * f64::from(1_u32 << 20);
        let least = 1.0 / f64::from(1_u32 << 20);
        assert_eq!(first_last(ValueKind::U64), (21, [Some(1.0), Some(most)]));
        assert_eq!(first_last(ValueKind::I64), (21, [Some(1.0), Some(most)]));
        assert_eq!(first_last(ValueKind::F64), (31, [Some(least), Some(most)]));
        // The least is 953.67 nanoseconds.
        let durations = (16, [Some(954e-9), Some(1024.0)]);
        assert_eq!(first_last(ValueKind::Duration), durations);
    }
}
