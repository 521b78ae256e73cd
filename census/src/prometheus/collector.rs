//! The views as a `Collector` of `prometheus-client`, for a registry that someone else encodes.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabel, EncodeLabelSet, LabelSetEncoder, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics;
use prometheus_client::registry::Unit;

use super::families::{ConstLabel, Decoration, Family, LastFamilies};
use super::help::escape_help;
use super::own::OwnFamilies;
use super::value::SampleValue;
use crate::aggregate::{LiveView, MetricType, Sample};
use crate::declare::TimeUnit;
use crate::register;
use crate::tags::row_key;

/// Reads the views whenever it is asked to encode itself.
#[derive(Debug)]
pub(super) struct ViewCollector {
    pub(super) decoration: Arc<Decoration>,
    pub(super) last: LastFamilies,
    /// How many problems the exporter knows beside those of its families.
    pub(super) problems: usize,
}

impl Collector for ViewCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let views = register::views();
        let families = self.last.get(&views, &self.decoration, &[]);
        for (family, live) in families.with(&views) {
            let const_labels = &self.decoration.const_labels;
            write_family(&mut encoder, family, live, const_labels)?;
        }
        let own = OwnFamilies {
            decoration: Arc::clone(&self.decoration),
            families,
            views,
            problems: self.problems,
        };
        own.write(&mut encoder)
    }
}

/// Writes a view. There are no exemplars: a `prometheus-client` exemplar cannot be made outside that crate.
fn write_family(
    encoder: &mut DescriptorEncoder<'_>,
    family: &Family,
    live: &Arc<LiveView>,
    const_labels: &[ConstLabel],
) -> fmt::Result {
    let view = &live.spec;
    let time_unit = view.measure.descriptor.time_unit();
    // Nobody escapes it after us.
    let help = escape_help(&view.description, true);
    // The encoder adds the unit to the name.
    let without_unit = || {
        let name = family.name.strip_suffix(family.unit?)?;
        name.strip_suffix('_')
    };
    let name = without_unit().unwrap_or(&family.name);
    let unit = family.unit.map(|unit| Unit::Other(unit.to_owned()));
    // Written with the first row: a family without samples says nothing, and some parsers refuse it.
    let mut metric = None;
    let mut descriptor = Some(encoder);
    live.for_each_row(|row| {
        let Some(sample) = row.sample() else {
            return Ok(());
        };
        if let Some(encoder) = descriptor.take() {
            let metric_type = family.metric_type;
            metric = Some(write_descriptor(
                encoder,
                name,
                &help,
                unit.as_ref(),
                metric_type,
            )?);
        }
        let Some(metric) = &mut metric else {
            return Ok(());
        };
        if const_labels.is_empty() && family.labels.is_empty() {
            // As a family of labels, it would have empty braces.
            return write_row(metric, family, sample, time_unit);
        }
        let labels = Labels {
            constant: const_labels,
            names: &family.labels,
            values: Values::Row(row.key),
        };
        write_row(
            &mut metric.encode_family(&labels)?,
            family,
            sample,
            time_unit,
        )
    })
}

fn write_row(
    metric: &mut MetricEncoder<'_>,
    family: &Family,
    sample: Sample<'_>,
    unit: TimeUnit,
) -> fmt::Result {
    match sample {
        Sample::Value(value) => {
            write_sample(metric, family.metric_type, SampleValue::new(value, unit))
        }
        Sample::Histogram { sum, buckets } => {
            let mut start = 0;
            let counts = family.bounds.iter().map(|bound| {
                let here = buckets.get(start..bound.end).unwrap_or_default();
                start = bound.end;
                (bound.bound, here.iter().sum())
            });
            let counts: Vec<(f64, u64)> = counts.collect();
            let count = buckets.iter().sum();
            metric.encode_histogram::<NoLabelSet>(sum.in_unit(unit), count, &counts, None)
        }
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
    /// The key of a row: a [`row_key`].
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
                for (name, value) in self.names.iter().zip(row_key::values(key)) {
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
