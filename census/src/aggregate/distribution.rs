//! A distribution's data.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::cell::SumCell;
use super::exemplar::ExemplarCell;
use super::float::AtomicF64;
use super::{DistributionData, ExemplarLabels};
use crate::declare::{Bounds, Kind, MeasureDescriptor, order};

/// How often a row is read again that changed while it was read.
const TRIES: usize = 3;

/// Bucket counts, sum, least and greatest value, and what the deviations are computed from.
#[derive(Debug)]
pub(crate) struct DistributionCell {
    bounds: Bounds,
    buckets: Box<[AtomicU64]>,
    sum: SumCell,
    /// The first value; NaN before. Deviations are summed from here instead of from zero, or values that are large and
    /// close together would cancel out: the error stays below that of adding up as many floats.
    shift: AtomicF64,
    shifted_sum: AtomicF64,
    shifted_squares: AtomicF64,
    /// As ordered keys (see [`order`]), so that `fetch_min` and `fetch_max` work for every type.
    min: AtomicU64,
    max: AtomicU64,
    /// Made when the first measurement with an exemplar comes: most rows never have one.
    exemplars: OnceLock<Box<[ExemplarCell]>>,
}

impl DistributionCell {
    pub(super) fn new(bounds: &Bounds, kind: Kind) -> Self {
        Self {
            buckets: (0..bounds.buckets()).map(|_| AtomicU64::new(0)).collect(),
            bounds: bounds.clone(),
            sum: SumCell::new(kind),
            shift: AtomicF64::new(f64::NAN),
            shifted_sum: AtomicF64::new(0.0),
            shifted_squares: AtomicF64::new(0.0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
            exemplars: OnceLock::new(),
        }
    }

    pub(super) fn record(&self, kind: Kind, bits: u64, exemplar: Option<&ExemplarLabels<'_>>) {
        let bucket = self.bounds.bucket(bits);
        self.sum.add(bits);
        let value = kind.float(bits);
        let deviation = value - self.shift.set_once(value);
        self.shifted_sum.add(deviation);
        self.shifted_squares.add(deviation * deviation);
        let key = order::key(kind, bits);
        if key < self.min.load(Ordering::Relaxed) {
            self.min.fetch_min(key, Ordering::Relaxed);
        }
        if key > self.max.load(Ordering::Relaxed) {
            self.max.fetch_max(key, Ordering::Relaxed);
        }
        // Last, and with Release, which pairs with the Acquire in `data`: a scrape that sees the count sees the value
        // in the sum, so a sum that is read is never behind its count.
        if let Some(count) = self.buckets.get(bucket) {
            count.fetch_add(1, Ordering::Release);
        }
        if let Some(labels) = exemplar {
            let exemplars = self.exemplars.get_or_init(|| {
                self.buckets
                    .iter()
                    .map(|_| ExemplarCell::default())
                    .collect()
            });
            if let Some(cell) = exemplars.get(bucket) {
                cell.set(bits, labels);
            }
        }
    }

    pub(super) fn data(&self, measure: &MeasureDescriptor) -> DistributionData {
        let mut data = self.read(measure);
        // Others may record meanwhile. Where they do so all the time, the last try has to do.
        for _ in 0..TRIES {
            let again = self.read(measure);
            if again.count == data.count {
                break;
            }
            data = again;
        }
        data.exemplars = match self.exemplars.get() {
            Some(cells) => cells.iter().map(|cell| cell.get(measure.kind)).collect(),
            None => Vec::new(),
        };
        data
    }

    fn read(&self, measure: &MeasureDescriptor) -> DistributionData {
        let kind = measure.kind;
        let bucket_counts: Vec<u64> = self
            .buckets
            .iter()
            .map(|count| count.load(Ordering::Acquire))
            .collect();
        let count: u64 = bucket_counts.iter().sum();
        let unit = match kind {
            Kind::Duration => measure.time_unit().nanoseconds(),
            Kind::U64 | Kind::I64 | Kind::F64 => 1.0,
        };
        let (mean, deviations) = self.moments(kind, count);
        let seen = |key: &AtomicU64| {
            (count > 0).then(|| kind.number(order::bits(kind, key.load(Ordering::Relaxed))))
        };
        DistributionData {
            count,
            sum: kind.number(self.sum.bits()),
            mean: mean / unit,
            sum_of_squared_deviations: deviations / (unit * unit),
            min: seen(&self.min),
            max: seen(&self.max),
            bounds: self.bounds.numbers().collect(),
            bucket_counts,
            exemplars: Vec::new(),
        }
    }

    /// Mean and sum of squared deviations, in the cell's own unit (nanoseconds for durations).
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of more than 2^53 is not reached"
    )]
    fn moments(&self, kind: Kind, count: u64) -> (f64, f64) {
        if count == 0 {
            return (0.0, 0.0);
        }
        let n = count as f64;
        let value = |key: &AtomicU64| kind.float(order::bits(kind, key.load(Ordering::Relaxed)));
        let (min, max) = (value(&self.min), value(&self.max));
        let sum = self.shifted_sum.load();
        let mean = self.shift.load() + sum / n;
        let deviations = self.shifted_squares.load() - sum * (sum / n);
        // Rounding may leave both a little outside of where they can be; so may a read between two additions. What is
        // not finite had values at both ends of what a float can be.
        let mean = if mean.is_finite() {
            mean
        } else {
            self.sum_float(kind) / n
        };
        let mean = if min <= max {
            mean.clamp(min, max)
        } else {
            mean
        };
        let deviations = if deviations.is_finite() {
            deviations.max(0.0)
        } else {
            f64::MAX
        };
        (mean, deviations)
    }

    fn sum_float(&self, kind: Kind) -> f64 {
        kind.float(self.sum.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::{StaticBounds, Value};

    /// Welford's, one value after the other: what OpenCensus computes.
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

    #[test]
    fn moments_agree_with_the_serial_ones_also_far_from_zero() {
        for offset in [0.0, 1e9, -1e12] {
            let values: Vec<f64> = (0..1000)
                .map(|i| offset + f64::from(i % 37) * 0.25)
                .collect();
            let cell = DistributionCell::new(&Bounds::from(StaticBounds::F64(&[0.0])), Kind::F64);
            for value in &values {
                cell.record(Kind::F64, Value::to_bits(*value).unwrap_or_default(), None);
            }
            let (mean, squares) = cell.moments(Kind::F64, 1000);
            let (serial_mean, serial_squares) = serial(&values);
            assert!(
                (mean - serial_mean).abs() <= 1e-9 * serial_mean.abs().max(1.0),
                "{mean} {serial_mean}"
            );
            // Welford's own rounding shows far from zero.
            assert!(
                (squares - serial_squares).abs() <= 1e-3 * serial_squares,
                "{squares} {serial_squares}"
            );
        }
    }
}
