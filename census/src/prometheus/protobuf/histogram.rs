//! Histograms as messages.

use super::messages::{Bucket, Exemplar, Histogram, LabelPair, Timestamp};
use super::native::set_native;
use crate::aggregate::{self, NativeBuckets};
use crate::declare::TimeUnit;
use crate::prometheus::bounds::BucketBound;

/// What the histograms of a family share.
pub(super) struct HistogramTemplate {
    bounds: Vec<BucketBound>,
    /// Whether a histogram with native buckets has classic ones, too.
    has_classic: bool,
    unit: TimeUnit,
}

impl HistogramTemplate {
    pub(super) fn new(bounds: &[BucketBound], has_classic: bool, unit: TimeUnit) -> Self {
        Self {
            bounds: bounds.to_vec(),
            has_classic,
            unit,
        }
    }

    /// Sets the message of a row. `counts` and `exemplars` are those of the distribution's classic buckets.
    pub(super) fn set(
        &self,
        histogram: &mut Histogram,
        sum: f64,
        counts: &[u64],
        native: Option<&NativeBuckets>,
        exemplars: &[Option<aggregate::Exemplar>],
    ) {
        histogram.sample_count = counts.iter().sum();
        histogram.sample_sum = sum;
        if native.is_none() || self.has_classic {
            self.set_buckets(&mut histogram.bucket, counts, exemplars);
        }
        if let Some(native) = native {
            set_native(histogram, native);
            let exemplars = exemplars.iter().flatten();
            histogram.exemplars = exemplars
                .map(|exemplar| to_message(exemplar, self.unit))
                .collect();
        }
    }

    fn set_buckets(
        &self,
        buckets: &mut Vec<Bucket>,
        counts: &[u64],
        exemplars: &[Option<aggregate::Exemplar>],
    ) {
        buckets.resize(self.bounds.len(), Bucket::default());
        let (mut start, mut cumulative) = (0, 0_u64);
        for (bucket, bound) in buckets.iter_mut().zip(&self.bounds) {
            let counts = counts.get(start..bound.end).unwrap_or_default();
            cumulative += counts.iter().sum::<u64>();
            let exemplar = bound.exemplar(exemplars, start);
            *bucket = Bucket {
                cumulative_count: cumulative,
                upper_bound: bound.bound,
                exemplar: exemplar.map(|exemplar| to_message(exemplar, self.unit)),
            };
            start = bound.end;
        }
    }
}

fn to_message(exemplar: &aggregate::Exemplar, unit: TimeUnit) -> Exemplar {
    let labels = exemplar.labels.iter().map(|(name, value)| LabelPair {
        name: name.clone(),
        value: value.clone(),
    });
    Exemplar {
        label: labels.collect(),
        value: exemplar.value.in_unit(unit),
        timestamp: Some(Timestamp::new(exemplar.time)),
    }
}
