//! The buckets of a histogram, as they are exported.

use std::borrow::Cow;

use crate::aggregate::Exemplar;
use crate::declare::{TimeUnit, ViewSpec};

/// A line's bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BucketBound {
    /// Infinite for the last one.
    pub(super) bound: f64,
    /// How many of the distribution's buckets are below: one more than for the line before, but where two bounds
    /// (integers beyond 2^53, say) are one float: one line, or the series would be there twice.
    pub(super) end: usize,
}

impl BucketBound {
    /// Those of a view; none, if it is no distribution.
    pub(super) fn of(view: &ViewSpec, unit: TimeUnit) -> Vec<Self> {
        let Some(bounds) = &view.aggregation.bounds else {
            return Vec::new();
        };
        let mut lines: Vec<Self> = Vec::with_capacity(bounds.buckets());
        let numbers = bounds.numbers();
        let floats = numbers.iter().map(|bound| bound.in_unit(unit));
        for (bound, end) in floats.chain([f64::INFINITY]).zip(1..) {
            match lines.last_mut() {
                Some(last) if last.bound >= bound => last.end = end,
                _ => lines.push(Self { bound, end }),
            }
        }
        lines
    }

    /// The value of its label.
    pub(super) fn le(&self) -> Cow<'static, str> {
        if self.bound == f64::INFINITY {
            return Cow::Borrowed("+Inf");
        }
        Cow::Owned(dtoa::Buffer::new().format(self.bound).to_owned())
    }

    /// What is shown of the exemplars from bucket `start` on.
    pub(super) fn newest<'a>(
        &self,
        exemplars: &'a [Option<Exemplar>],
        start: usize,
    ) -> Option<&'a Exemplar> {
        let here = exemplars.get(start..self.end)?;
        here.iter().rev().find_map(Option::as_ref)
    }
}
