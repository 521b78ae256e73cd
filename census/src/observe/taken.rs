//! What a collection takes out of a run.

use std::sync::Arc;

use super::observation::{Entry, Outcome};
use crate::aggregate::Run;

/// The readings that a collection has.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The number of the run; 0 without one.
    run: u64,
    /// In the order in which the observations were registered.
    outcomes: Vec<(Arc<Entry>, Outcome)>,
    /// Whether nothing could be read, because the collection began within a reading.
    is_nested: bool,
}

impl Taken {
    pub(super) fn new(run: u64, outcomes: Vec<(Arc<Entry>, Outcome)>) -> Self {
        Self {
            run,
            outcomes,
            is_nested: false,
        }
    }

    /// Of a collection within a reading.
    pub(super) fn nested() -> Self {
        Self {
            is_nested: true,
            ..Self::default()
        }
    }

    /// All readings of a measure; `None` if one of them has failed.
    pub(crate) fn of(&self, measure: &str) -> Option<Run<'_>> {
        if self.is_nested {
            return None;
        }
        let mut readings = Vec::new();
        for (entry, outcome) in &self.outcomes {
            let Some(index) = entry.names().position(|name| name == measure) else {
                continue;
            };
            match outcome {
                Outcome::Said(values) => {
                    let values = values.get(index).map(Vec::as_slice);
                    readings.push((entry.id, values.unwrap_or_default()));
                }
                Outcome::Gone => {}
                Outcome::Failed(_) => return None,
            }
        }
        Some(Run {
            number: self.run,
            readings,
        })
    }
}
