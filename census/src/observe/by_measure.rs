//! What there is of each of some measures.

use std::collections::BTreeSet;

use super::measure_key::MeasureKey;

/// A value for each of some measures. The measures are sorted and stay, so this is less code than another map would be.
#[derive(Debug, Default)]
pub(super) struct ByMeasure<T>(Vec<(MeasureKey, T)>);

impl<T: Default> ByMeasure<T> {
    /// The default for each of these measures.
    pub(super) fn new(measures: &BTreeSet<MeasureKey>) -> Self {
        let measures = measures.iter().cloned();
        Self(measures.map(|measure| (measure, T::default())).collect())
    }
}

impl<T> ByMeasure<T> {
    pub(super) fn get(&self, measure: &MeasureKey) -> Option<&T> {
        let place = self.place(measure)?;
        self.0.get(place).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, measure: &MeasureKey) -> Option<&mut T> {
        let place = self.place(measure)?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    pub(super) fn contains(&self, measure: &MeasureKey) -> bool {
        self.place(measure).is_some()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }

    fn place(&self, measure: &MeasureKey) -> Option<usize> {
        self.0.binary_search_by(|(it, _)| it.cmp(measure)).ok()
    }
}
