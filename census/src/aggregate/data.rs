//! The data of a distribution's row, as plain data.

use std::sync::Arc;
use std::time::SystemTime;

use crate::declare::Number;

/// The data of one row of a [`Distribution`](crate::Distribution).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DistributionData {
    /// How many values there were: the sum of `bucket_counts`.
    pub count: u64,
    /// The sum of the values: of integers, wrapping; of floats and durations, at most the largest.
    pub sum: Number,
    /// The mean, in the measure's unit; 0 without values.
    pub mean: f64,
    /// The sum of the squared deviations from the mean, in the square of the measure's unit; at most the largest float.
    pub sum_of_squared_deviations: f64,
    /// The least value.
    pub min: Option<Number>,
    /// The greatest value.
    pub max: Option<Number>,
    /// The bounds of the buckets, increasing.
    pub bounds: Arc<[Number]>,
    /// How many values each bucket has; there is one bucket more than bounds. A value equal to a bound counts below it.
    pub bucket_counts: Vec<u64>,
    /// For each bucket the newest measurement that carried an exemplar; empty if there was none at all.
    pub exemplars: Vec<Option<Exemplar>>,
    /// The native buckets, if the view has some. They have as many values as the others, and are in addition to them.
    pub native: Option<NativeBuckets>,
}

/// The [native buckets](crate::Buckets#native-buckets) of a row: those of a native histogram of Prometheus.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NativeBuckets {
    /// The resolution, from 8 down to -4: the bounds of a bucket have the ratio `base = 2^(2^-schema)`. It never rises while
    /// the row exists.
    pub schema: i32,
    /// The greatest absolute value in the zero bucket: 2^-128.
    pub zero_threshold: f64,
    /// How many values the zero bucket has.
    pub zero_count: u64,
    /// The buckets of greater values that are not empty: the index and how many values there are, by increasing index. The
    /// bucket with the index `i` has the values above `base^(i-1)`, up to `base^i`. A duration counts as its number of seconds,
    /// or of whichever unit the measure has.
    pub positive: Vec<(i32, u64)>,
    /// The same of lesser values, by their absolute values.
    pub negative: Vec<(i32, u64)>,
}

impl DistributionData {
    /// The sample variance (over `count - 1`); 0 for fewer than two values.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of more than 2^53 is not reached"
    )]
    pub fn variance(&self) -> f64 {
        match self.count {
            0 | 1 => 0.0,
            count => self.sum_of_squared_deviations / (count - 1) as f64,
        }
    }
}

/// A measurement kept as an example.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exemplar {
    /// Such as `trace_id`: legal label names, each once.
    pub labels: Vec<(String, String)>,
    /// The value.
    pub value: Number,
    /// When it was recorded.
    pub time: SystemTime,
}
