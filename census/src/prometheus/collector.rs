//! The views as a `Collector` of `prometheus-client`: every family whole, and once.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabel, EncodeLabelSet, LabelSetEncoder, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics;
use prometheus_client::registry::Unit;

use super::exemplars::{Bucket, ExemplarQueue};
use super::exposition::Written;
use super::families::{ConstLabel, Decoration, Families, Family};
use super::help::escape_help;
use super::value::SampleValue;
use super::{own, unit};
use crate::aggregate::{Data, DistributionData};
use crate::declare::AggregationKind;
use crate::register::{self, MetricType};
use crate::tags::packed;

/// Takes a snapshot whenever it is asked to encode itself.
#[derive(Debug)]
pub(super) struct ViewCollector {
    pub(super) decoration: Arc<Decoration>,
    pub(super) target: Target,
    /// How many problems the exporter knows beside those of its families.
    pub(super) problems: usize,
}

/// Where the families go.
#[derive(Debug)]
pub(super) enum Target {
    /// A scrape of ours: the families that were written before, and how exemplars get to their lines. HELP is escaped
    /// by the [`Exposition`](super::exposition::Exposition), and so right for either format.
    Exposition {
        written: Vec<Written>,
        exemplars: ExemplarQueue,
    },
    /// A registry of the user's, which someone else encodes: HELP must be escaped here, and exemplars have no way in
    /// (a `prometheus-client` exemplar cannot be made outside it).
    Registry,
}

impl Collector for ViewCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let (written, exemplars) = match &self.target {
            Target::Exposition { written, exemplars } => (written.as_slice(), Some(exemplars)),
            Target::Registry => (&[] as &[_], None),
        };
        let families = Families::new(register::views(), &self.decoration, written);
        for family in &families.valid {
            FamilyWriter {
                family,
                const_labels: &self.decoration.const_labels,
                exemplars,
            }
            .write(&mut encoder)?;
        }
        own::write_build_info(&mut encoder, &families, &self.decoration.build_info)?;
        let problems = self.problems + families.problems.len();
        own::write(
            &mut encoder,
            &families,
            u64::try_from(problems).unwrap_or(u64::MAX),
        )
    }
}

/// Writes one family.
struct FamilyWriter<'a> {
    family: &'a Family,
    const_labels: &'a [ConstLabel],
    exemplars: Option<&'a ExemplarQueue>,
}

impl FamilyWriter<'_> {
    fn write(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let view = &self.family.live.spec;
        let measure = &view.measure.descriptor;
        let help = match self.exemplars {
            Some(_) => Cow::Borrowed(&*view.description),
            None => Cow::Owned(escape_help(&view.description, true)),
        };
        // A count has no unit, whatever is counted.
        let ucum = match view.aggregation.kind() {
            AggregationKind::Count => "1",
            AggregationKind::Sum | AggregationKind::LastValue | AggregationKind::Distribution => {
                &measure.unit
            }
        };
        let split = unit::split(&self.family.name, ucum);
        let name = split.map_or(self.family.name.as_str(), |(name, _)| name);
        let unit = split.map(|(_, unit)| Unit::Other(unit.to_owned()));
        // Written with the first row: a family without samples says nothing, and some parsers refuse it.
        let mut metric = None;
        let mut descriptor = Some(encoder);
        // One row after the other, so that no more than a few of them are in memory twice.
        self.family.live.each(|key, data| {
            if let Some(encoder) = descriptor.take() {
                let unit = unit.as_ref();
                let metric_type = self.family.metric_type;
                metric = Some(write_descriptor(encoder, name, &help, unit, metric_type)?);
            }
            let Some(metric) = &mut metric else {
                return Ok(());
            };
            if self.const_labels.is_empty() && self.family.labels.is_empty() {
                // As a family of labels, it would have empty braces.
                return self.write_row(metric, &data);
            }
            let labels = Labels {
                constant: self.const_labels,
                names: &self.family.labels,
                values: Values::Row(key),
            };
            self.write_row(&mut metric.encode_family(&labels)?, &data)
        })
    }

    fn write_row(&self, metric: &mut MetricEncoder<'_>, data: &Data) -> fmt::Result {
        let unit = self.family.live.spec.measure.descriptor.time_unit();
        let value = match data {
            Data::Count(count) => SampleValue::Unsigned(*count),
            Data::Sum(value) | Data::LastValue(value) => SampleValue::new(*value, unit),
            Data::Distribution(data) => return self.write_histogram(metric, data),
        };
        write_sample(metric, self.family.metric_type, value)
    }

    fn write_histogram(
        &self,
        metric: &mut MetricEncoder<'_>,
        data: &DistributionData,
    ) -> fmt::Result {
        let unit = self.family.live.spec.measure.descriptor.time_unit();
        let bounds = data
            .bounds
            .iter()
            .map(|bound| bound.in_unit(unit))
            .chain([f64::INFINITY]);
        let exemplars = data
            .exemplars
            .iter()
            .map(Option::as_ref)
            .chain(std::iter::repeat(None));
        let mut buckets: Vec<(f64, u64)> = Vec::with_capacity(data.bucket_counts.len());
        let mut annotations: Vec<Bucket> = Vec::new();
        for ((bound, count), exemplar) in bounds.zip(&data.bucket_counts).zip(exemplars) {
            let annotation = exemplar.map(|exemplar| (exemplar, unit).into());
            match buckets.last_mut() {
                // Two integers beyond 2^53 that are one float: one line, or the series would be there twice.
                Some((last, sum)) if *last >= bound => {
                    *sum += count;
                    if let Some(last) = annotations.last_mut() {
                        *last = annotation.or_else(|| last.take());
                    }
                }
                _ => {
                    buckets.push((bound, *count));
                    annotations.push(annotation);
                }
            }
        }
        if let Some(queue) = self.exemplars.filter(|_| !data.exemplars.is_empty()) {
            queue.announce(annotations);
        }
        metric.encode_histogram::<NoLabelSet>(data.sum.in_unit(unit), data.count, &buckets, None)
    }
}

/// HELP, TYPE and UNIT.
pub(super) fn write_descriptor<'a>(
    encoder: &'a mut DescriptorEncoder<'_>,
    name: &'a str,
    help: &str,
    unit: Option<&'a Unit>,
    metric_type: MetricType,
) -> Result<MetricEncoder<'a>, fmt::Error> {
    let metric_type = match metric_type {
        MetricType::Counter => metrics::MetricType::Counter,
        MetricType::Gauge => metrics::MetricType::Gauge,
        MetricType::Histogram => metrics::MetricType::Histogram,
    };
    encoder.encode_descriptor(name, help, unit, metric_type)
}

/// A counter's or a gauge's sample.
pub(super) fn write_sample(
    metric: &mut MetricEncoder<'_>,
    metric_type: MetricType,
    value: SampleValue,
) -> fmt::Result {
    match metric_type {
        MetricType::Counter => metric.encode_counter::<NoLabelSet, _, f64>(&value, None),
        MetricType::Gauge | MetricType::Histogram => metric.encode_gauge(&value),
    }
}

/// A series' labels.
pub(super) struct Labels<'a> {
    constant: &'a [ConstLabel],
    names: &'a [String],
    values: Values<'a>,
}

enum Values<'a> {
    /// Of a row, packed.
    Row(&'a str),
    /// Of one of the library's own.
    Own(&'a str, &'a str),
    /// With their names.
    Pairs(&'a [(String, String)]),
}

impl<'a> Labels<'a> {
    pub(super) const fn own(name: &'a str, value: &'a str) -> Self {
        Self {
            constant: &[],
            names: &[],
            values: Values::Own(name, value),
        }
    }

    pub(super) const fn pairs(pairs: &'a [(String, String)]) -> Self {
        Self {
            constant: &[],
            names: &[],
            values: Values::Pairs(pairs),
        }
    }
}

impl EncodeLabelSet for Labels<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        for label in self.constant {
            (label.name.as_str(), label.value.as_str()).encode(encoder.encode_label())?;
        }
        match self.values {
            Values::Row(key) => {
                for (name, value) in self.names.iter().zip(packed::iter(key)) {
                    (name.as_str(), value).encode(encoder.encode_label())?;
                }
            }
            Values::Own(name, value) => (name, value).encode(encoder.encode_label())?,
            Values::Pairs(pairs) => {
                for (name, value) in pairs {
                    (name.as_str(), value.as_str()).encode(encoder.encode_label())?;
                }
            }
        }
        Ok(())
    }
}
