//! Readings that failed, counted.

use std::collections::BTreeMap;

use crate::sync::Mutex;

/// Why a reading of a measure has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// It was not done within the deadline, or has not returned since an earlier collection.
    Deadline,
    /// It panicked.
    Panic,
    /// The collection began within a reading.
    Nested,
    /// The system did not start a thread to read on.
    NoThread,
    /// It said a value of this measure, which its observation does not name.
    NotNamed,
}

impl Reason {
    /// The value of the label `reason`.
    #[cfg(feature = "prometheus")]
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Panic => "panic",
            Self::Nested => "nested",
            Self::NoThread => "no_thread",
            Self::NotNamed => "not_named",
        }
    }
}

/// How often reading a measure has failed, by the measure's name.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<BTreeMap<(String, Reason), u64>>);

impl Failures {
    pub(super) fn count(&self, measure: &str, reason: Reason) {
        *self
            .0
            .lock()
            .entry((measure.to_owned(), reason))
            .or_default() += 1;
    }

    /// All counts, in the order of the measures' names.
    #[cfg(any(feature = "prometheus", test))]
    pub(crate) fn all(&self) -> Vec<(String, Reason, u64)> {
        let counts = self.0.lock();
        let counts = counts.iter();
        counts
            .map(|((measure, reason), count)| (measure.clone(), *reason, *count))
            .collect()
    }
}
