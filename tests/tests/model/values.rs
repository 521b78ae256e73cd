//! The types of values in the model.

use std::fmt::Debug;
use std::time::Duration;

use census::{Number, Value};

/// A type of values in the model.
pub(super) trait Modeled: Value + Debug + PartialOrd + Into<Number> {
    const VALUES: &'static [Self];
    const BOUNDS: &'static [Self];
    fn sum(values: &[Self]) -> Number;
    /// The value as a float, as in the mean and the deviations.
    fn float(self) -> f64;
}

impl Modeled for u64 {
    const VALUES: &'static [Self] = &[0, 1, 10, 11, u64::MAX, (1 << 53) + 1, 7];
    const BOUNDS: &'static [Self] = &[0, 10, 1 << 53, u64::MAX];
    fn sum(values: &[Self]) -> Number {
        values
            .iter()
            .fold(0, |sum: u64, value| sum.wrapping_add(*value))
            .into()
    }
    fn float(self) -> f64 {
        Number::from(self).as_f64()
    }
}

impl Modeled for i64 {
    const VALUES: &'static [Self] = &[0, -1, i64::MIN, i64::MAX, 5, -10, 6];
    const BOUNDS: &'static [Self] = &[-10, 0, 5];
    fn sum(values: &[Self]) -> Number {
        values
            .iter()
            .fold(0, |sum: i64, value| sum.wrapping_add(*value))
            .into()
    }
    fn float(self) -> f64 {
        Number::from(self).as_f64()
    }
}

impl Modeled for f64 {
    const VALUES: &'static [Self] = &[0.0, -0.0, 0.1, -1.5, 1e9, 1e9 + 1.0, 5e-324, f64::NAN, 2.5];
    const BOUNDS: &'static [Self] = &[-1.0, 0.0, 0.1, 1e9];
    fn sum(values: &[Self]) -> Number {
        values.iter().sum::<f64>().into()
    }
    fn float(self) -> f64 {
        self
    }
}

impl Modeled for Duration {
    const VALUES: &'static [Self] = &[
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_millis(5),
        Duration::from_secs(10),
        Duration::from_nanos(u64::MAX),
        Duration::from_secs(11),
    ];
    const BOUNDS: &'static [Self] = &[
        Duration::ZERO,
        Duration::from_millis(5),
        Duration::from_secs(10),
    ];
    fn sum(values: &[Self]) -> Number {
        let sum: Duration = values.iter().sum();
        sum.min(Duration::from_nanos(u64::MAX)).into()
    }
    fn float(self) -> f64 {
        Number::from(self).as_f64()
    }
}

/// Whether a measure takes the value: it is neither NaN nor infinite.
pub(super) fn is_recorded<T: Into<Number>>(value: T) -> bool {
    value.into().as_f64().is_finite()
}
