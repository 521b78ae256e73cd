//! Quantiles, estimated from the counts of buckets.

use super::number::Unit;
use crate::aggregate::DistributionData;

/// The value below which this part of the values is (0 to 1), in the unit of the view, if there are values.
///
/// The values of a bucket are taken to be spread evenly in it, as Prometheus's `histogram_quantile` does. The first and the
/// last bucket end at the least and the greatest value, which Prometheus does not know.
#[expect(
    clippy::cast_precision_loss,
    reason = "an estimate, and a count of more than 2^53 is not reached"
)]
pub(super) fn estimate(data: &DistributionData, part: f64, unit: Unit<'_>) -> Option<f64> {
    let [min, max] = [unit.to_float(data.min?), unit.to_float(data.max?)];
    let rank = part * data.count as f64;
    let mut below = 0.0;
    for (index, count) in data.bucket_counts.iter().enumerate() {
        let count = *count as f64;
        if count > 0.0 && below + count >= rank {
            let lower = index
                .checked_sub(1)
                .and_then(|lower| data.bounds.get(lower));
            let lower = lower.map_or(min, |bound| unit.to_float(*bound).max(min));
            let upper = data.bounds.get(index);
            let upper = upper.map_or(max, |bound| unit.to_float(*bound).min(max));
            let share = ((rank - below) / count).clamp(0.0, 1.0);
            // The words of a row are not read at one moment: the bounds may contradict the extremes.
            return Some((lower + (upper - lower) * share).clamp(min.min(max), max.max(min)));
        }
        below += count;
    }
    Some(max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::Number;

    fn data(bounds: &[f64], counts: &[u64], [min, max]: [f64; 2]) -> DistributionData {
        DistributionData {
            count: counts.iter().sum(),
            sum: Number::F64(0.0),
            mean: 0.0,
            sum_of_squared_deviations: 0.0,
            min: Some(Number::F64(min)),
            max: Some(Number::F64(max)),
            bounds: bounds.iter().copied().map(Number::F64).collect(),
            bucket_counts: counts.to_vec(),
            native: None,
            exemplars: Vec::new(),
        }
    }

    #[test]
    fn quantiles_lie_within_their_buckets() {
        let values = data(&[10.0, 20.0, 40.0], &[0, 10, 10, 0], [12.0, 36.0]);
        let of = |part| estimate(&values, part, Unit::ONE).unwrap();
        assert!((of(0.0) - 12.0).abs() < 1e-9);
        assert!((of(0.25) - 16.0).abs() < 1e-9);
        assert!((of(0.5) - 20.0).abs() < 1e-9);
        assert!((of(0.75) - 28.0).abs() < 1e-9);
        assert!((of(1.0) - 36.0).abs() < 1e-9);
        let beyond = data(&[1.0], &[0, 4], [2.0, 6.0]);
        assert!((estimate(&beyond, 0.5, Unit::ONE).unwrap() - 4.0).abs() < 1e-9);
        let mut none = data(&[1.0], &[0, 0], [0.0, 0.0]);
        none.min = None;
        assert_eq!(estimate(&none, 0.5, Unit::ONE), None);
    }
}
