//! The family of a view as messages.

use std::convert::Infallible;

use super::family_writer::FamilyWriter;
use super::histogram::HistogramTemplate;
use super::messages::{
    self, Counter, FamilyHead, FamilyMetric, LabelPair, Metric, Timestamp, Value,
};
use crate::aggregate::{MetricType, RowView, Sample};
use crate::collect::CollectedView;
use crate::prometheus::family::Family;

/// Writes the family of a view; nothing, if the view has no rows to show.
pub(super) fn write_view(
    out: &mut FamilyWriter,
    family: &Family,
    const_labels: &[LabelPair],
    view: CollectedView<'_>,
) {
    let mut row_message = RowMessage::new(family, const_labels);
    let Ok(()) = view.for_each_row(|row| {
        if row_message.set(family, &row) {
            out.add(&row_message.metric);
        }
        Ok::<(), Infallible>(())
    });
    let help = &view.spec().description;
    let head = family_head(&family.name, help, family.metric_type);
    out.end_family(&head, family.unit);
}

/// The head of the family of this name, which lacks `_total` if it is a counter.
pub(super) fn family_head(name: &str, help: &str, metric_type: MetricType) -> FamilyHead {
    let (suffix, metric_type) = match metric_type {
        MetricType::Counter => ("_total", messages::MetricType::Counter),
        MetricType::Gauge => ("", messages::MetricType::Gauge),
        MetricType::Histogram => ("", messages::MetricType::Histogram),
    };
    FamilyHead::new(format!("{name}{suffix}"), help, metric_type)
}

/// The message of a row, whose memory is used again for the next one.
struct RowMessage {
    metric: FamilyMetric,
    /// How many labels come before those of the columns.
    const_labels: usize,
    histogram: HistogramTemplate,
}

impl RowMessage {
    fn new(family: &Family, const_labels: &[LabelPair]) -> Self {
        let columns = family.labels.iter().map(|name| LabelPair {
            name: name.clone(),
            value: String::new(),
        });
        let metric = Metric {
            label: const_labels.iter().cloned().chain(columns).collect(),
            ..Metric::default()
        };
        Self {
            metric: FamilyMetric { metric },
            const_labels: const_labels.len(),
            histogram: HistogramTemplate::new(
                &family.bounds,
                family.has_classic_buckets,
                family.time_unit,
            ),
        }
    }

    /// Makes it the message of this row. Returns whether the row is shown.
    fn set(&mut self, family: &Family, row: &RowView<'_>) -> bool {
        let Some(sample) = row.sample() else {
            return false;
        };
        let metric = &mut self.metric.metric;
        let columns = metric.label.iter_mut().skip(self.const_labels);
        for (label, value) in columns.zip(row.key.values()) {
            label.value.clear();
            label.value.push_str(value);
        }
        match (family.metric_type, sample) {
            (MetricType::Counter, Sample::Value(value)) => {
                metric.counter = Some(Counter {
                    value: value.in_unit(family.time_unit),
                    exemplar: None,
                    created_timestamp: row.start().map(Timestamp::new),
                });
            }
            (MetricType::Gauge, Sample::Value(value)) => {
                metric.gauge = Some(Value {
                    value: value.in_unit(family.time_unit),
                });
            }
            (
                _,
                Sample::Histogram {
                    sum,
                    buckets,
                    native,
                },
            ) => {
                let histogram = metric.histogram.get_or_insert_default();
                let sum = sum.in_unit(family.time_unit);
                self.histogram
                    .set(histogram, sum, buckets, native, &row.exemplars());
                histogram.created_timestamp = row.start().map(Timestamp::new);
            }
            // Unreachable: all rows of a view have samples of the family's type.
            (MetricType::Histogram, Sample::Value(_)) => return false,
        }
        true
    }
}
