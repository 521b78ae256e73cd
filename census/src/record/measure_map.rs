//! Several measurements that are collected at run time and recorded in one call.

use super::measurement::{Measurement, measurement, record};
use crate::declare::{Measure, Value};
use crate::tags::{AsTagValue, TagMap, TagValueRef};

/// Measurements to be recorded in one call: OpenCensus's measure map. For a fixed list of measures, use
/// [`record!`](macro@crate::record).
///
/// ```standalone_crate
/// use census::{Measure, MeasureMap, TagKey, TagMap, TagValue, View};
///
/// let size = Measure::<u64>::builder("size").register()?;
/// let tenant = TagKey::new("tenant")?;
/// let sizes = View::sum("sizes", &size).column(&tenant).register()?;
///
/// let mut tags = TagMap::new();
/// tags.insert(&tenant, TagValue::new("acme")?);
/// MeasureMap::new().put(&size, 3).put(&size, 4).record_with(&tags);
/// assert!(sizes.data().get(&tags).is_some_and(|sum| *sum == 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "`record` or `record_with` records them"]
#[derive(Debug, Default)]
pub struct MeasureMap<'a> {
    measurements: Vec<Measurement<'a>>,
    exemplar: Vec<(&'a str, TagValueRef<'a>)>,
}

impl<'a> MeasureMap<'a> {
    /// A map without measurements.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a measurement. If a measure is put twice, both measurements are recorded.
    pub fn put<T: Value>(mut self, measure: &'a Measure<T>, value: T) -> Self {
        self.measurements.push(measurement(measure, value));
        self
    }

    /// Adds a label of the exemplar, such as `trace_id`: OpenCensus's attachment. If a label is given twice, the
    /// exemplar has the later value.
    pub fn exemplar(mut self, label: &'a str, value: &'a (impl AsTagValue + ?Sized)) -> Self {
        self.exemplar.push((label, value.as_tag_value()));
        self
    }

    /// Records the measurements with the tags that are current in this scope. May be called again.
    pub fn record(&self) {
        record(&self.measurements, &[], &self.exemplar);
    }

    /// Records the measurements with these tags and no others. May be called again.
    pub fn record_with(&self, tags: &TagMap) {
        tags.clone().scope(|| self.record());
    }
}
