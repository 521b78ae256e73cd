//! Exemplars on their way to the lines that they belong to.
//!
//! A `prometheus-client` exemplar cannot be made outside that crate, and a collector sees an encoder, not the lines. So
//! the collector announces what belongs to the bucket lines that come next, and the exposition adds it.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use super::help::escape_help;
use crate::aggregate::Exemplar;
use crate::declare::TimeUnit;

/// What follows the `#` on a bucket's line, if anything does.
pub(super) type Bucket = Option<ExemplarText>;

/// An exemplar as OpenMetrics writes it.
#[derive(Debug)]
pub(super) struct ExemplarText(String);

#[cfg(test)]
impl ExemplarText {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for ExemplarText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<(&Exemplar, TimeUnit)> for ExemplarText {
    fn from((exemplar, unit): (&Exemplar, TimeUnit)) -> Self {
        let mut out = String::from("{");
        for (index, (name, value)) in exemplar.labels.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            // A label's value is escaped as an OpenMetrics HELP is.
            let _ = write!(out, "{name}=\"{}\"", escape_help(value, true));
        }
        let time = exemplar.time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let value = exemplar.value.in_unit(unit);
        let _ = write!(
            out,
            "}} {value:?} {}.{:03}",
            time.as_secs(),
            time.subsec_millis()
        );
        Self(out)
    }
}

/// From the collector to the exposition that it writes to, which it knows only as an encoder: what belongs to the next
/// bucket lines, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct ExemplarQueue(Arc<Mutex<VecDeque<Bucket>>>);

impl ExemplarQueue {
    /// Says what belongs to the bucket lines that come next.
    pub(super) fn announce(&self, buckets: Vec<Bucket>) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.clear();
        queue.extend(buckets);
    }

    /// What belongs to the bucket line that has just come.
    pub(super) fn next(&self) -> Bucket {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
            .flatten()
    }
}
