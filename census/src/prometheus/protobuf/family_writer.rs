//! Writing of families whose metrics are encoded one after the other.

use std::sync::Arc;

use prost::Message as _;

use super::messages::{FamilyHead, FamilyMetric, FamilyTail};
use crate::prometheus::chunk::{Chunk, SpareChunks};
use crate::prometheus::chunks::ChunkWriter;

/// Writes families, each after its length.
///
/// The length is known when the last metric was encoded, so the metrics of the current family have chunks of their own
/// until then. A family is never there as messages as a whole: those of a million rows would take ten times as much memory.
#[derive(Debug)]
pub(super) struct FamilyWriter {
    out: ChunkWriter,
    /// The metrics of the current family.
    metrics: ChunkWriter,
    /// The bytes of one message. Its memory is used again.
    message: Vec<u8>,
}

impl FamilyWriter {
    pub(super) fn new(spare: &Arc<SpareChunks>) -> Self {
        Self {
            out: ChunkWriter::new(Arc::clone(spare)),
            metrics: ChunkWriter::new(Arc::clone(spare)),
            message: Vec::new(),
        }
    }

    /// Adds a metric to the current family.
    pub(super) fn add(&mut self, metric: &FamilyMetric) {
        self.message.clear();
        append(metric, &mut self.message);
        self.metrics.text().push_bytes(&self.message);
        self.metrics.end_line();
    }

    /// Writes the current family; nothing, if it has no metrics.
    pub(super) fn end_family(&mut self, head: &FamilyHead, unit: Option<&str>) {
        if self.metrics.is_empty() {
            return;
        }
        let tail = FamilyTail {
            unit: unit.map(str::to_owned),
        };
        let len = head.encoded_len() + self.metrics.len() + tail.encoded_len();
        self.message.clear();
        let written = prost::encode_length_delimiter(len, &mut self.message);
        debug_assert!(written.is_ok(), "a vector has room");
        append(head, &mut self.message);
        self.out.text().push_bytes(&self.message);
        self.out.end_line();
        self.out.append(&mut self.metrics);
        self.message.clear();
        append(&tail, &mut self.message);
        self.out.text().push_bytes(&self.message);
        self.out.end_line();
    }

    /// The chunks of all families.
    pub(super) fn finish(self) -> Vec<Chunk> {
        self.out.finish()
    }
}

/// Appends the bytes of a message.
fn append(message: &impl prost::Message, bytes: &mut Vec<u8>) {
    let written = message.encode(bytes);
    debug_assert!(written.is_ok(), "a vector has room");
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::super::messages::{LabelPair, Metric, MetricFamily, MetricType, Value};
    use super::*;

    fn head(name: &str) -> FamilyHead {
        FamilyHead::new(name.to_owned(), "help", MetricType::Gauge)
    }

    fn metric(value: f64, label: &str) -> FamilyMetric {
        FamilyMetric {
            metric: Metric {
                label: vec![LabelPair {
                    name: "k".to_owned(),
                    value: label.to_owned(),
                }],
                gauge: Some(Value { value }),
                ..Metric::default()
            },
        }
    }

    fn read(chunks: &[Chunk]) -> Vec<MetricFamily> {
        let bytes: Vec<u8> = chunks
            .iter()
            .flat_map(|chunk| chunk.iter().copied())
            .collect();
        let mut rest = bytes.as_slice();
        let mut families = Vec::new();
        while !rest.is_empty() {
            let family = MetricFamily::decode_length_delimited(&mut rest);
            families.push(family.expect("a whole family"));
        }
        families
    }

    #[test]
    fn families_of_all_sizes_are_read_as_they_were_written() {
        // Families that fit into a chunk, that fill it up, that need several ones, and metrics that need several.
        let sizes = [1, 3, 0, 700, 1, 5_000, 2, 30_000, 600, 600, 600, 1];
        let label = "x".repeat(80);
        let long_label = "y".repeat(200_000);
        let mut out = FamilyWriter::new(&Arc::default());
        let mut expected = Vec::new();
        for (index, size) in sizes.into_iter().enumerate() {
            let label = if size == 2 { &long_label } else { &label };
            let metrics: Vec<_> = (0..size)
                .map(|value| metric(f64::from(value), label))
                .collect();
            for metric in &metrics {
                out.add(metric);
            }
            let name = format!("family_{index}");
            let unit = (index % 2 == 0).then_some("seconds");
            out.end_family(&head(&name), unit);
            if size > 0 {
                expected.push(MetricFamily {
                    name: Some(name),
                    help: Some("help".to_owned()),
                    metric_type: Some(MetricType::Gauge.into()),
                    metric: metrics.into_iter().map(|metric| metric.metric).collect(),
                    unit: unit.map(str::to_owned),
                });
            }
        }
        let chunks = out.finish();
        assert!(
            chunks
                .iter()
                .all(|chunk| (1..=64 * 1024).contains(&chunk.len()))
        );
        // Few chunks are not full.
        let len: usize = chunks.iter().map(|chunk| chunk.len()).sum();
        assert!(chunks.len() < 2 * len / (64 * 1024) + 2, "{}", chunks.len());
        let families = read(&chunks);
        assert_eq!(families.len(), expected.len());
        for (family, expected) in families.iter().zip(&expected) {
            assert!(family == expected, "{:?}", expected.name);
        }
        // The same as one message.
        let whole: Vec<u8> = expected
            .iter()
            .flat_map(MetricFamily::encode_length_delimited_to_vec)
            .collect();
        assert!(chunks.iter().flat_map(|chunk| chunk.iter()).eq(&whole));
    }
}
