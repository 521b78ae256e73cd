//! Units. A measure's unit is a UCUM string. Only the unit of a `Duration` measure has a meaning here.

use std::time::Duration;

/// The unit in which a `Duration` measure is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeUnit {
    /// `s`, the default and Prometheus's base unit.
    Seconds,
    /// `ms`
    Milliseconds,
    /// `us`
    Microseconds,
    /// `ns`
    Nanoseconds,
}

impl TimeUnit {
    /// The unit of a UCUM string: `s`, `ms`, `us` or `ns`. `None` for any other, which no `Duration` measure can have.
    #[must_use]
    pub const fn from_ucum(unit: &str) -> Option<Self> {
        match unit.as_bytes() {
            b"s" => Some(Self::Seconds),
            b"ms" => Some(Self::Milliseconds),
            b"us" => Some(Self::Microseconds),
            b"ns" => Some(Self::Nanoseconds),
            _ => None,
        }
    }

    /// How many nanoseconds make one of this unit.
    pub(crate) const fn nanoseconds(self) -> u32 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Milliseconds => 1_000_000,
            Self::Microseconds => 1_000,
            Self::Nanoseconds => 1,
        }
    }

    /// The float that is nearest to a duration in this unit, as if the decimal number was parsed.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the casts round to the nearest, and do so once"
    )]
    pub(crate) fn convert(self, duration: Duration) -> f64 {
        /// How many bits after the point are kept. The longest duration has 94 bits of nanoseconds.
        const FRACTION: u32 = 32;
        let nanoseconds = duration.as_nanos();
        if nanoseconds < 1 << f64::MANTISSA_DIGITS {
            // Both are exact as floats, and a division rounds once.
            return nanoseconds as f64 / f64::from(self.nanoseconds());
        }
        let dividend = nanoseconds << FRACTION;
        let divisor = u128::from(self.nanoseconds());
        // The quotient has at least 56 bits, and the cast drops three of them or more. So the lowest one can stand for the
        // whole remainder: it tells a tie from what is just above it.
        let quotient = (dividend / divisor) | u128::from(!dividend.is_multiple_of(divisor));
        quotient as f64 / (1_u64 << FRACTION) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Durations of all lengths, those around powers of two, and those around a tie between two floats.
    fn durations() -> impl Iterator<Item = u64> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let random = (0..20_000).map(move |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state >> (state % 64)
        });
        let powers = (0..64).map(|bit| 1_u64 << bit);
        let around = powers.flat_map(|power| {
            (0..200)
                .flat_map(move |offset| [power.wrapping_sub(offset), power.saturating_add(offset)])
        });
        // Microseconds beyond 2^53, of which every second one lies in the middle between two floats.
        let ties = (0..200).flat_map(|i| {
            let tie = ((1 << 53) + i) * 1_000;
            [tie - 1, tie, tie + 1]
        });
        random
            .chain(around)
            .chain(ties)
            .chain([9_134_143_419_536_769, u64::MAX])
    }

    #[test]
    fn a_converted_duration_is_its_decimal_number() {
        let units = ["s", "ms", "us", "ns"].map(|unit| TimeUnit::from_ucum(unit).expect("a unit"));
        for nanoseconds in durations() {
            for (unit, exponent) in units.into_iter().zip([9, 6, 3, 0]) {
                let converted = unit.convert(Duration::from_nanos(nanoseconds));
                let decimal = format!("{nanoseconds}e-{exponent}");
                assert_eq!(decimal.parse(), Ok(converted), "{decimal}");
            }
        }
    }

    #[test]
    fn the_longest_duration_is_converted() {
        let decimal = format!("{}e-9", Duration::MAX.as_nanos());
        let converted = TimeUnit::Seconds.convert(Duration::MAX);
        assert_eq!(decimal.parse(), Ok(converted));
    }
}
