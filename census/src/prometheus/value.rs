//! The values of samples.

use super::text_buffer::TextBuffer;
use crate::declare::{Number, TimeUnit};

/// The value of a sample. Integers keep all their digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum SampleValue {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl SampleValue {
    /// The value of a number; a duration in `unit`.
    pub(super) fn new(number: Number, unit: TimeUnit) -> Self {
        match number {
            Number::U64(value) => Self::Unsigned(value),
            Number::I64(value) => Self::Signed(value),
            Number::F64(_) | Number::Duration(_) => Self::Float(number.in_unit(unit)),
        }
    }

    /// The value as a float.
    #[cfg(feature = "protobuf")]
    #[expect(
        clippy::cast_precision_loss,
        reason = "Prometheus has floats only, and rounds integers of more digits itself"
    )]
    pub(super) fn to_float(self) -> f64 {
        match self {
            Self::Unsigned(value) => value as f64,
            Self::Signed(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// Writes the value as text.
    #[inline]
    pub(super) fn write(self, out: &mut TextBuffer) {
        match self {
            Self::Unsigned(value) => write_unsigned(out, value),
            Self::Signed(value) => out.push_str(itoa::Buffer::new().format(value)),
            Self::Float(value) => out.push_str(float_digits(&mut ryu::Buffer::new(), value)),
        }
    }
}

/// A float as text, with the fewest digits that parse back: so the labels `le` of two libraries are equal. (The
/// digits of `dtoa`, which `prometheus-client` uses, are sometimes more: `0.0006489999999999999` for 649 microseconds.)
#[inline]
pub(super) fn float_digits(buffer: &mut ryu::Buffer, value: f64) -> &str {
    match value {
        f64::INFINITY => "+Inf",
        f64::NEG_INFINITY => "-Inf",
        // No row has a NaN.
        value => buffer.format(value),
    }
}

/// Writes an integer as text. Most values are counts of buckets. With [`SampleValue::write`], which the compiler keeps out
/// of line because of its other kinds of values, a histogram's row takes 8 % more instructions.
#[inline]
pub(super) fn write_unsigned(out: &mut TextBuffer, value: u64) {
    match u8::try_from(value) {
        // Counts of many buckets have one digit.
        Ok(digit @ 0..10) => out.push_ascii(b'0' + digit),
        _ => out.push_str(itoa::Buffer::new().format(value)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn written(value: f64) -> String {
        float_digits(&mut ryu::Buffer::new(), value).to_owned()
    }

    #[test]
    fn durations_are_the_decimals_that_were_written() {
        for micros in (1..20_000).chain((20_000..10_000_000).step_by(101)) {
            let bound = Number::Duration(Duration::from_micros(micros));
            let decimal = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
            let decimal = decimal.trim_end_matches('0');
            let expected = match decimal.strip_suffix('.') {
                Some(whole) => format!("{whole}.0"),
                None => decimal.to_owned(),
            };
            let actual = written(bound.in_unit(TimeUnit::Seconds));
            // Below 0.00001 there is an exponent.
            if micros >= 10 {
                assert_eq!(actual, expected);
            }
            assert_eq!(actual.parse(), expected.parse::<f64>());
        }
    }

    #[test]
    fn floats_have_the_fewest_digits() {
        let geometric = (0..2000).map(|i| 0.001 * 1.01_f64.powi(i));
        let extremes = [
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            0.1 + 0.2,
            1e16,
            1e-7,
            -0.0,
            100.0,
        ];
        for value in geometric.chain(extremes) {
            let digits = |text: &str| {
                let mantissa = text.split('e').next().unwrap_or_default();
                let digits = mantissa
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect::<String>();
                digits.trim_matches('0').len()
            };
            let text = written(value);
            assert_eq!(text.parse(), Ok(value));
            // The standard library writes the fewest digits, too.
            assert_eq!(digits(&text), digits(&format!("{value:e}")), "{text}");
        }
        assert_eq!(
            [f64::INFINITY, f64::NEG_INFINITY].map(written),
            ["+Inf", "-Inf"]
        );
    }
}
