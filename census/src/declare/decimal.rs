//! Decimal fractions, with which bucket bounds are computed.
//!
//! In floats, three times 0.1 is 0.30000000000000004. Prometheus would show that number as a bucket's `le`, and no user
//! would write it in a query.

/// A number `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// The greatest power of ten that a float holds exactly is 10^22.
const MAX_FLOAT_SCALE: u32 = 22;
/// Floats hold all integers up to this one exactly.
const MAX_FLOAT_INTEGER: i128 = 1 << 53;

impl Decimal {
    pub(super) const fn of_integer(integer: i128) -> Self {
        Self {
            mantissa: integer,
            scale: 0,
        }
    }

    /// The shortest decimal of which this is the nearest float, if that has at most about 15 digits.
    #[expect(
        clippy::float_cmp,
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a quotient of two integers that a float holds is rounded once, so it is the float nearest to the decimal"
    )]
    pub(super) const fn of_float(value: f64) -> Option<Self> {
        let mut scale = 0;
        let mut power = 1.0;
        while scale <= MAX_FLOAT_SCALE {
            let mantissa = (value * power).round();
            if mantissa.abs() > MAX_FLOAT_INTEGER as f64 {
                return None;
            }
            if mantissa / power == value {
                return Some(Self {
                    mantissa: mantissa as i128,
                    scale,
                });
            }
            scale += 1;
            power *= 10.0;
        }
        None
    }

    /// `None` if a number on the way is too large.
    pub(super) const fn plus(self, other: Self) -> Option<Self> {
        let scale = if self.scale > other.scale {
            self.scale
        } else {
            other.scale
        };
        let (Some(a), Some(b)) = (self.mantissa_at(scale), other.mantissa_at(scale)) else {
            return None;
        };
        match a.checked_add(b) {
            Some(mantissa) => Some(Self { mantissa, scale }),
            None => None,
        }
    }

    /// `None` if the product is too large.
    pub(super) const fn times(self, other: Self) -> Option<Self> {
        match self.mantissa.checked_mul(other.mantissa) {
            Some(mantissa) => Some(
                Self {
                    mantissa,
                    scale: self.scale + other.scale,
                }
                .shortest(),
            ),
            None => None,
        }
    }

    /// `None` if a number on the way is too large.
    pub(super) const fn to_the(self, exponent: u32) -> Option<Self> {
        let mut power = Self::of_integer(1);
        let mut square = self;
        let mut rest = exponent;
        while rest > 0 {
            if rest % 2 == 1 {
                power = match power.times(square) {
                    Some(power) => power,
                    None => return None,
                };
            }
            rest /= 2;
            if rest > 0 {
                square = match square.times(square) {
                    Some(square) => square,
                    None => return None,
                };
            }
        }
        Some(power)
    }

    /// The nearest integer, of two equally near ones the one away from zero. `None` if there are too many digits.
    pub(super) const fn to_integer(self) -> Option<i128> {
        let Some(divisor) = 10_i128.checked_pow(self.scale) else {
            return None;
        };
        let (whole, rest) = (self.mantissa / divisor, self.mantissa % divisor);
        // Not doubled, which could overflow.
        let is_nearer_above = rest.abs() >= divisor - rest.abs();
        Some(if is_nearer_above {
            whole + self.mantissa.signum()
        } else {
            whole
        })
    }

    /// The nearest float. `None` if there are more digits than about 15.
    #[expect(clippy::cast_precision_loss, reason = "the mantissa was compared")]
    pub(super) const fn to_float(self) -> Option<f64> {
        let Self { mantissa, scale } = self.shortest();
        if mantissa.abs() > MAX_FLOAT_INTEGER || scale > MAX_FLOAT_SCALE {
            return None;
        }
        let mut power = 1.0;
        let mut index = 0;
        while index < scale {
            power *= 10.0;
            index += 1;
        }
        Some(mantissa as f64 / power)
    }

    /// The same number without zeros at the end of its fraction.
    const fn shortest(self) -> Self {
        let Self {
            mut mantissa,
            mut scale,
        } = self;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    const fn mantissa_at(self, scale: u32) -> Option<i128> {
        match 10_i128.checked_pow(scale - self.scale) {
            Some(factor) => self.mantissa.checked_mul(factor),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_float_becomes_the_decimal_that_a_user_writes() {
        for text in [
            "0",
            "0.1",
            "-2.5",
            "0.0000001",
            "12345678.9",
            "9007199254740992",
        ] {
            let float: f64 = text.parse().expect("it is a number");
            let decimal = Decimal::of_float(float).expect("it is short");
            assert_eq!(decimal.to_float(), Some(float), "{text}");
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let mantissa: i128 = digits.parse().expect("these are digits");
            assert_eq!(decimal.mantissa.abs(), mantissa, "{text}");
        }
        for long in [1e300, 1e-300, 5e-324, f64::MAX, 0.1 + 0.2] {
            assert!(Decimal::of_float(long).is_none(), "{long}");
        }
    }

    #[test]
    fn integers_are_the_nearest() {
        let nearest = |mantissa, scale| Decimal { mantissa, scale }.to_integer();
        assert_eq!(
            [
                (14, 1),
                (15, 1),
                (-15, 1),
                (-14, 1),
                (7, 0),
                (1, 38),
                (1, 39)
            ]
            .map(|(mantissa, scale)| nearest(mantissa, scale)),
            [Some(1), Some(2), Some(-2), Some(-1), Some(7), Some(0), None]
        );
    }

    #[test]
    fn powers_are_exact_or_none() {
        let power = |float: f64, exponent| Decimal::of_float(float)?.to_the(exponent)?.to_float();
        assert_eq!(power(1.1, 2), Some(1.21));
        assert_eq!(power(10.0, 15), Some(1e15));
        assert_eq!(power(0.1, 15), Some(1e-15));
        assert_eq!(power(1.5, 0), Some(1.0));
        assert_eq!(power(1.5, 90), None);
    }
}
