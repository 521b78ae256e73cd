//! The sums from which mean and deviations are computed.

/// All values are multiplied by this, 2^-64, before they are added up: then no sum becomes infinite, not even one of values
/// at both ends of the range of floats. A multiplication by a power of two has no rounding error, except for values below
/// 10^-288.
pub(super) const SCALE: f64 = f64::from_bits((1023 - 64) << 52);

/// Sums of deviations from a shift, which is one of the values, all of them [scaled](SCALE).
///
/// Summed from zero, values that are large and close together would cancel out. From a shift among the values, the
/// error stays below that of adding up as many floats.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    pub(super) count: u64,
    pub(super) shift: f64,
    /// The sum of the deviations from the shift.
    pub(super) sum: f64,
    /// The sum of the squares of the deviations from the shift.
    pub(super) squares: f64,
}

impl Moments {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of more than 2^53 is not reached"
    )]
    const fn n(&self) -> f64 {
        self.count as f64
    }

    /// The moments of the same values, from another shift.
    pub(super) fn shifted_to(self, shift: f64) -> Self {
        let by = self.shift - shift;
        Self {
            count: self.count,
            shift,
            sum: self.sum + self.n() * by,
            squares: self.squares + by * (2.0 * self.sum + self.n() * by),
        }
    }

    /// The moments of these values and others together.
    pub(super) fn merge(self, other: Self) -> Self {
        if self.count == 0 {
            return other;
        }
        let other = other.shifted_to(self.shift);
        Self {
            count: self.count + other.count,
            shift: self.shift,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    /// The mean, between the least value and the greatest, and the sum of the squared deviations from it.
    ///
    /// Rounding may move both a little outside of their possible range, and so may a read between two additions; they
    /// are moved back. The squares of large deviations may be more than a float can express: then the deviations are the
    /// largest float.
    pub(super) fn mean_and_deviations(self, min: f64, max: f64) -> (f64, f64) {
        if self.count == 0 {
            return (0.0, 0.0);
        }
        let mean = (self.shift + self.sum / self.n()) / SCALE;
        let mean = if min <= max {
            mean.clamp(min, max)
        } else {
            mean
        };
        let deviations = (self.squares - self.sum * (self.sum / self.n())) / (SCALE * SCALE);
        let deviations = if deviations.is_finite() {
            deviations.max(0.0)
        } else {
            f64::MAX
        };
        (mean, deviations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and deviations by Welford's algorithm, one value after the other, as OpenCensus computes them.
    fn serial(values: &[f64]) -> (f64, f64) {
        let (mut n, mut mean, mut squares) = (0.0, 0.0, 0.0);
        for value in values {
            n += 1.0;
            let old = mean;
            mean += (value - old) / n;
            squares += (value - old) * (value - mean);
        }
        (mean, squares)
    }

    fn moments(values: &[f64]) -> Moments {
        let one = |value: &f64| Moments {
            count: 1,
            shift: *value * SCALE,
            ..Moments::default()
        };
        values
            .iter()
            .fold(Moments::default(), |sum, value| sum.merge(one(value)))
    }

    #[test]
    fn values_at_both_ends_of_the_range_have_a_mean() {
        let ends = [
            f64::MAX,
            f64::MAX,
            -f64::MAX,
            f64::MAX,
            -f64::MAX,
            -f64::MAX,
        ];
        let (first, second) = ends.split_at(2);
        let merged = moments(first).merge(moments(second));
        let (mean, deviations) = merged.mean_and_deviations(-f64::MAX, f64::MAX);
        assert!(mean.abs() < 1e-12 * f64::MAX, "{mean}");
        assert!((deviations - f64::MAX).abs() < 1.0, "{deviations}");
        let (mean, _) = moments(&[f64::MAX; 3]).mean_and_deviations(f64::MAX, f64::MAX);
        assert!((mean - f64::MAX).abs() < 1.0, "{mean}");
    }

    #[test]
    fn merged_moments_agree_with_serial_ones() {
        for offset in [0.0, 1e9, -1e12] {
            let values: Vec<f64> = (0..1000)
                .map(|i| offset + f64::from(i % 37) * 0.25)
                .collect();
            let (first, second) = values.split_at(300);
            let merged = moments(second).merge(moments(first));
            let (mean, squares) = merged.mean_and_deviations(f64::MIN, f64::MAX);
            let (serial_mean, serial_squares) = serial(&values);
            assert!(
                (mean - serial_mean).abs() <= 1e-9 * serial_mean.abs().max(1.0),
                "{mean} {serial_mean}"
            );
            // Far from zero the rounding of Welford's algorithm shows.
            assert!(
                (squares - serial_squares).abs() <= 1e-3 * serial_squares,
                "{squares} {serial_squares}"
            );
        }
    }
}
