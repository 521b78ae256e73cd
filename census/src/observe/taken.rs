//! What a collection takes out of a run.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::by_measure::ByMeasure;
use super::measure_key::MeasureKey;
use super::observation::{Entry, Outcome};
use crate::aggregate::Run;

/// The readings that a collection has.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The number of the run; 0 without one.
    run: u64,
    /// In the order in which the observations were registered.
    outcomes: Vec<(Arc<Entry>, Outcome)>,
    /// For each measure that the collection wants, the outcomes of observations that name it, each with the measure's index among those that are named. A
    /// program may have thousands of observations, and each view asks for its measure.
    by_measure: ByMeasure<Vec<(usize, usize)>>,
    /// Whether nothing could be read, because the collection began within a reading.
    is_nested: bool,
}

impl Taken {
    pub(super) fn new(
        run: u64,
        measures: &BTreeSet<MeasureKey>,
        outcomes: Vec<(Arc<Entry>, Outcome)>,
    ) -> Self {
        let mut by_measure: ByMeasure<Vec<(usize, usize)>> = ByMeasure::new(measures);
        for (outcome, (entry, _)) in outcomes.iter().enumerate() {
            for (index, measure) in entry.measures.iter().enumerate() {
                let Some(places) = by_measure.get_mut(measure) else {
                    continue;
                };
                // An observation may name a measure twice. The values are with the first one.
                if places.last().is_none_or(|(last, _)| *last != outcome) {
                    places.push((outcome, index));
                }
            }
        }
        Self {
            run,
            outcomes,
            by_measure,
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
    pub(crate) fn of(&self, measure: &MeasureKey) -> Option<Run<'_>> {
        if self.is_nested {
            return None;
        }
        let mut readings = Vec::new();
        let places = self.by_measure.get(measure).into_iter().flatten();
        let outcomes = places.filter_map(|(outcome, index)| {
            let (entry, outcome) = self.outcomes.get(*outcome)?;
            Some((entry, outcome, *index))
        });
        for (entry, outcome, index) in outcomes {
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
