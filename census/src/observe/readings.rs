//! What a reading is given, to say values to.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::measure_key::MeasureKey;
use crate::aggregate::{Reading, count_rejected};
use crate::declare::{MeasureSource, Observed, Value, ValueBits, ValueKind};
use crate::tags::TagMap;

/// What a reading of one measure is given, to say values to.
pub struct Readings<'a, T: Value> {
    said: &'a mut Said,
    value: PhantomData<fn(T)>,
}

/// What a reading of [several measures](crate::observe()) is given, to say values to.
pub struct AnyReadings<'a> {
    said: &'a mut Said,
}

/// The values that one reading says. It is public because a hidden trait names it.
#[doc(hidden)]
pub struct Said {
    /// The measures that the observation names.
    measures: Arc<[MeasureKey]>,
    /// The values of each of them.
    values: Vec<Vec<Reading>>,
    /// The names of other measures for which a value was said.
    not_named: BTreeSet<String>,
}

impl<'a, T: Value> Readings<'a, T> {
    pub(super) fn new(said: &'a mut Said) -> Self {
        Self {
            said,
            value: PhantomData,
        }
    }

    /// Says a value: of the row for these tags, in each view of the measure. Further values for the same row are
    /// combined with it. The tags are the given ones only: [`tags!()`](crate::tags!) is none.
    ///
    /// NaN and infinities are refused, and so is a negative total. They are counted in
    /// `census_refused_measurements_total`.
    pub fn record(&mut self, value: T, tags: TagMap) {
        self.said.push(0, value.to_bits(), T::KIND, tags);
    }
}

impl<'a> AnyReadings<'a> {
    pub(super) fn new(said: &'a mut Said) -> Self {
        Self { said }
    }

    /// Says a value of one of the measures that the observation names, as [`Readings::record`] does.
    pub fn record<T: Value>(&mut self, measure: &Observed<T>, value: T, tags: TagMap) {
        let mut measures = self.said.measures.iter();
        let index = measures.position(|named| named.is(measure.cell()));
        match index {
            Some(index) => self.said.push(index, value.to_bits(), T::KIND, tags),
            None => {
                self.said.not_named.insert(measure.name().to_owned());
            }
        }
    }
}

impl Said {
    pub(super) fn new(measures: Arc<[MeasureKey]>) -> Self {
        Self {
            values: measures.iter().map(|_| Vec::new()).collect(),
            measures,
            not_named: BTreeSet::new(),
        }
    }

    fn push(&mut self, measure: usize, bits: Option<ValueBits>, kind: ValueKind, tags: TagMap) {
        let (Some(cell), Some(values)) = (self.measures.get(measure), self.values.get_mut(measure))
        else {
            return;
        };
        let is_total = cell.descriptor.source == MeasureSource::ObservedTotal;
        let is_negative = |bits: ValueBits| kind == ValueKind::F64 && f64::from_bits(bits.0) < 0.0;
        match bits.filter(|bits| !(is_total && is_negative(*bits))) {
            Some(bits) => values.push(Reading { tags, bits }),
            None => count_rejected(cell),
        }
    }

    /// The values of each measure, and the names of measures that are not named.
    pub(super) fn into_parts(self) -> (Arc<[Vec<Reading>]>, BTreeSet<String>) {
        (self.values.into(), self.not_named)
    }
}

impl<T: Value> fmt::Debug for Readings<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readings").finish_non_exhaustive()
    }
}

impl fmt::Debug for AnyReadings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyReadings").finish_non_exhaustive()
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Said").finish_non_exhaustive()
    }
}
