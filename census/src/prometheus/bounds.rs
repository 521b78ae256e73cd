//! The buckets of a histogram, as they are exported.

use super::value::float_digits;
use crate::aggregate::Exemplar;
use crate::declare::{TimeUnit, ViewSpec};

/// A bucket of an exported histogram: one `_bucket` sample of each row.
///
/// It stands for one bucket of the distribution, or for several: two bounds of integers beyond 2^53 may be equal as
/// floats, and two samples with one `le` would be one series twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BucketBound {
    /// The upper bound; infinite for the last bucket.
    pub(super) bound: f64,
    /// How many of the distribution's buckets lie at or below the bound.
    pub(super) end: usize,
}

impl BucketBound {
    /// The buckets of a view; none, if its aggregation has no buckets.
    pub(super) fn of(view: &ViewSpec, unit: TimeUnit) -> Vec<Self> {
        let Some(bounds) = &view.aggregation.bounds else {
            return Vec::new();
        };
        let mut buckets: Vec<Self> = Vec::with_capacity(bounds.buckets());
        let numbers = bounds.numbers();
        let floats = numbers.iter().map(|bound| bound.in_unit(unit));
        for (bound, end) in floats.chain([f64::INFINITY]).zip(1..) {
            match buckets.last_mut() {
                Some(last) if last.bound >= bound => last.end = end,
                _ => buckets.push(Self { bound, end }),
            }
        }
        buckets
    }

    /// The value of the label `le`.
    pub(super) fn le(&self) -> String {
        float_digits(&mut ryu::Buffer::new(), self.bound).to_owned()
    }

    /// The exemplar to export for this bucket, which begins with the distribution's bucket `start`: the one of the
    /// uppermost bucket that has one.
    pub(super) fn exemplar<'a>(
        &self,
        exemplars: &'a [Option<Exemplar>],
        start: usize,
    ) -> Option<&'a Exemplar> {
        let exemplars = exemplars.get(start..self.end)?;
        exemplars.iter().rev().find_map(Option::as_ref)
    }
}
