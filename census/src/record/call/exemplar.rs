//! The exemplars that `#[measure(exemplar(…))]` gives to the measurements of a call.

use crate::declare::FunctionCell;
use crate::record::clock;
use crate::record::measurement::{Measurement, record};
use crate::register::{ViewsVersion, current_version};
use crate::tags::{AsTagValue, Tag, TagValueRef};

/// The labels of a call's exemplar, evaluated when the call begins: later the function's arguments may be gone. In a box
/// with the beginning of the call, so that calls without exemplars are no larger.
#[doc(hidden)]
#[derive(Debug)]
pub struct CallExemplar {
    labels: Box<[(&'static str, String)]>,
    pub(super) start: Option<clock::Instant>,
}

/// Whether a view keeps exemplars of what the function's calls record. Otherwise no label is evaluated.
#[doc(hidden)]
#[must_use]
pub fn wants_exemplar(cell: &FunctionCell) -> bool {
    let latencies = cell.latencies().iter().map(|measure| measure.cell());
    let values = cell.values().iter().map(|measure| measure.measure_handle());
    latencies
        .chain(values)
        .filter_map(current_version)
        .any(ViewsVersion::has_exemplars)
}

/// A label of a call's exemplar.
#[doc(hidden)]
pub fn call_label<'a>(
    name: &'static str,
    value: &'a (impl AsTagValue + ?Sized),
) -> (&'static str, TagValueRef<'a>) {
    (name, value.as_tag_value())
}

/// The exemplar of a call; `None` if no label has a value.
#[doc(hidden)]
#[must_use]
pub fn call_exemplar(labels: &[(&'static str, TagValueRef<'_>)]) -> Option<Box<CallExemplar>> {
    let labels: Box<[_]> = labels
        .iter()
        .filter_map(|(name, value)| Some((*name, value.get()?.to_owned())))
        .collect();
    (!labels.is_empty()).then(|| {
        Box::new(CallExemplar {
            labels,
            start: None,
        })
    })
}

impl CallExemplar {
    /// Records a measurement with this exemplar.
    #[cold]
    pub(super) fn record(&self, measurement: Measurement<'_>, tags: &[Tag<'_>]) {
        let labels = self.labels.iter();
        let labels: Vec<_> = labels
            .map(|(name, value)| (*name, value.as_tag_value()))
            .collect();
        record(&[measurement], tags, &labels);
    }
}
