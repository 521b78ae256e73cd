//! The encoder of the format.

use std::fmt;
use std::sync::Arc;

use super::family_writer::FamilyWriter;
use super::messages::{Counter, FamilyHead, FamilyMetric, LabelPair, Metric, Value};
use super::view::{family_head, write_view};
use crate::aggregate::MetricType;
use crate::collect::CollectedView;
use crate::prometheus::body::Body;
use crate::prometheus::chunk::SpareChunks;
use crate::prometheus::config::ConstLabel;
use crate::prometheus::encoder::{Encoder, ForeignRegistry};
use crate::prometheus::families::Families;
use crate::prometheus::family::Family;
use crate::prometheus::name_filter::NameFilter;
use crate::prometheus::self_metrics::SelfFamily;
use crate::prometheus::written::WrittenRegistry;

/// What the format keeps from one scrape to the next.
#[derive(Debug, Default)]
pub(crate) struct ProtobufFormat {
    spare: Arc<SpareChunks>,
}

impl ProtobufFormat {
    pub(crate) fn encoder(&self) -> ProtobufEncoder {
        ProtobufEncoder {
            out: FamilyWriter::new(&self.spare),
            const_labels: Vec::new(),
        }
    }
}

/// Writes one exposition.
pub(crate) struct ProtobufEncoder {
    out: FamilyWriter,
    const_labels: Vec<LabelPair>,
}

impl Encoder for ProtobufEncoder {
    fn write_registry(
        &mut self,
        registry: &dyn ForeignRegistry,
        names: &NameFilter,
    ) -> Result<WrittenRegistry, fmt::Error> {
        #[cfg(feature = "prometheus-client")]
        return super::read_text::write_registry(&mut self.out, registry, names);
        // There is no other registry.
        #[cfg(not(feature = "prometheus-client"))]
        {
            let _ = (registry, names);
            Ok(WrittenRegistry::default())
        }
    }

    fn begin_views(&mut self, _: &Arc<Families>, const_labels: &[ConstLabel]) {
        let labels = const_labels.iter().map(|label| LabelPair {
            name: label.name.clone(),
            value: label.value.clone(),
        });
        self.const_labels = labels.collect();
    }

    fn write_view(&mut self, _: usize, family: &Family, view: CollectedView<'_>) {
        write_view(&mut self.out, family, &self.const_labels, view);
    }

    fn write_self_family(&mut self, family: &SelfFamily<'_>) {
        for sample in &family.samples {
            let labels = sample.labels.iter().map(|(name, value)| LabelPair {
                name: (*name).to_owned(),
                value: value.clone().into_owned(),
            });
            let mut metric = Metric {
                label: labels.collect(),
                ..Metric::default()
            };
            let value = sample.value.to_float();
            if family.metric_type == MetricType::Counter {
                metric.counter = Some(Counter {
                    value,
                    ..Counter::default()
                });
            } else {
                metric.gauge = Some(Value { value });
            }
            self.out.add(&FamilyMetric { metric });
        }
        let head = family_head(family.name, family.help, family.metric_type);
        self.out.end_family(&head, None);
    }

    fn finish(self: Box<Self>) -> Body {
        Body::from_chunks(self.out.finish())
    }
}

impl FamilyHead {
    /// The head of a family of this type.
    pub(super) fn new(name: String, help: &str, metric_type: super::messages::MetricType) -> Self {
        Self {
            name,
            help: help.to_owned(),
            metric_type: metric_type.into(),
        }
    }
}
