//! The views as a `Collector`, for a registry that the user encodes.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    CounterValueEncoder, DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, EncodeLabel,
    EncodeLabelSet, GaugeValueEncoder, LabelSetEncoder, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics;
use prometheus_client::registry::Unit;

use crate::aggregate::{MetricType, RowKey, Sample};
use crate::collect::{CollectedView, Collection};
use crate::prometheus::config::{ConstLabel, ExporterConfig};
use crate::prometheus::counts::Counts;
use crate::prometheus::escaping::Escaping;
use crate::prometheus::family::Family;
use crate::prometheus::family_cache::FamilyCache;
use crate::prometheus::held::Held;
use crate::prometheus::self_metrics::SelfFamily;
use crate::prometheus::text::escape;
use crate::prometheus::value::SampleValue;
use crate::tags::Carried;

/// Collects the views each time that the registry is encoded.
#[derive(Debug)]
pub(super) struct ViewCollector {
    config: Arc<ExporterConfig>,
    cache: FamilyCache,
    /// How many problems the exporter has beside those of its families.
    other_problems: usize,
    /// The exporter's scrapes.
    counts: Arc<Counts>,
    /// Keeps the views and the runtimes that were given to the exporter.
    _held: Arc<Held>,
    /// Where the exporter was built.
    carried: Carried,
}

/// The encoder of `prometheus-client` quotes no names.
const NAMES: Escaping = Escaping::Underscores;

impl ViewCollector {
    pub(super) fn new(
        config: Arc<ExporterConfig>,
        other_problems: usize,
        counts: Arc<Counts>,
        held: Arc<Held>,
        carried: Carried,
    ) -> Self {
        Self {
            config,
            cache: FamilyCache::default(),
            other_problems,
            counts,
            _held: held,
            carried,
        }
    }
}

impl Collector for ViewCollector {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        self.carried.within(|| self.encode_views(encoder))
    }
}

impl ViewCollector {
    fn encode_views(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let collection = Collection::of_all(self.config.observe_within);
        let families = self.cache.get(&collection, &self.config, &[], NAMES);
        let const_labels = self.config.const_labels(NAMES);
        for (family, view) in families.with_views(&collection) {
            write_family(&mut encoder, family, view, &const_labels)?;
        }
        let self_families =
            families.self_families(&collection, &self.config, self.other_problems, &self.counts);
        self_families
            .iter()
            .try_for_each(|family| write_self_family(&mut encoder, family))
    }
}

/// Writes the family of a view, without exemplars: only `prometheus-client` can make its exemplars.
fn write_family(
    encoder: &mut DescriptorEncoder<'_>,
    family: &Family,
    view: CollectedView<'_>,
    const_labels: &[ConstLabel],
) -> fmt::Result {
    // The encoder does not escape HELP.
    let help = escape(&view.spec().description, true);
    // The encoder adds the unit to the name.
    let without_unit = || {
        let name = family.name.strip_suffix(family.unit?)?;
        name.strip_suffix('_')
    };
    let name = without_unit().unwrap_or(&family.name);
    let unit = family.unit.map(|unit| Unit::Other(unit.to_owned()));
    // Written with the first sample: some parsers reject a family without samples.
    let mut metric = None;
    let mut descriptor = Some(encoder);
    view.for_each_row(|row| {
        let Some(sample) = row.sample() else {
            return Ok(());
        };
        if let Some(encoder) = descriptor.take() {
            let metric_type = client_type(family.metric_type);
            metric = Some(encoder.encode_descriptor(name, &help, unit.as_ref(), metric_type)?);
        }
        let Some(metric) = &mut metric else {
            return Ok(());
        };
        if const_labels.is_empty() && family.labels.is_empty() {
            // A metric family of an empty label set would have empty braces.
            return write_sample(metric, family, sample);
        }
        let labels = RowLabels {
            const_labels,
            names: &family.labels,
            key: &row.key,
        };
        write_sample(&mut metric.encode_family(&labels)?, family, sample)
    })
}

/// Writes a row's sample.
fn write_sample(
    metric: &mut MetricEncoder<'_>,
    family: &Family,
    sample: Sample<'_>,
) -> fmt::Result {
    match sample {
        Sample::Value(value) => {
            let value = SampleValue::new(value, family.time_unit);
            write_value(metric, family.metric_type, value)
        }
        Sample::Histogram { sum, buckets, .. } => {
            let mut start = 0;
            let counts = family.bounds.iter().map(|bound| {
                let counts = buckets.get(start..bound.end).unwrap_or_default();
                start = bound.end;
                (bound.bound, counts.iter().sum())
            });
            let counts: Vec<(f64, u64)> = counts.collect();
            let sum = sum.in_unit(family.time_unit);
            let count = buckets.iter().sum();
            metric.encode_histogram::<NoLabelSet>(sum, count, &counts, None)
        }
    }
}

/// Writes a family in which the library reports on itself. Its help and its labels' names need no escaping.
fn write_self_family(encoder: &mut DescriptorEncoder<'_>, family: &SelfFamily<'_>) -> fmt::Result {
    let metric_type = client_type(family.metric_type);
    let mut metric = encoder.encode_descriptor(family.name, family.help, None, metric_type)?;
    for sample in &family.samples {
        let value = sample.value;
        if sample.labels.is_empty() {
            write_value(&mut metric, family.metric_type, value)?;
        } else {
            let labels = SelfLabels(&sample.labels);
            write_value(
                &mut metric.encode_family(&labels)?,
                family.metric_type,
                value,
            )?;
        }
    }
    Ok(())
}

fn client_type(metric_type: MetricType) -> metrics::MetricType {
    match metric_type {
        MetricType::Counter => metrics::MetricType::Counter,
        MetricType::Gauge => metrics::MetricType::Gauge,
        MetricType::Histogram => metrics::MetricType::Histogram,
    }
}

/// Writes the sample of a counter or a gauge.
fn write_value(
    metric: &mut MetricEncoder<'_>,
    metric_type: MetricType,
    value: SampleValue,
) -> fmt::Result {
    match metric_type {
        MetricType::Counter => metric.encode_counter::<NoLabelSet, _, f64>(&value, None),
        MetricType::Gauge | MetricType::Histogram => metric.encode_gauge(&value),
    }
}

/// The labels of a row.
struct RowLabels<'a> {
    const_labels: &'a [ConstLabel],
    /// The labels of the columns.
    names: &'a [String],
    /// The values of the columns.
    key: &'a RowKey<'a>,
}

impl EncodeLabelSet for RowLabels<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        for label in self.const_labels {
            (label.name.as_str(), label.value.as_str()).encode(encoder.encode_label())?;
        }
        for (name, value) in self.names.iter().zip(self.key.values()) {
            (name.as_str(), value).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}

/// The labels of a sample in which the library reports on itself.
struct SelfLabels<'a>(&'a [(&'a str, Cow<'a, str>)]);

impl EncodeLabelSet for SelfLabels<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        for (name, value) in self.0 {
            (*name, &**value).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}

impl EncodeCounterValue for SampleValue {
    fn encode(&self, encoder: &mut CounterValueEncoder) -> fmt::Result {
        match self {
            Self::Unsigned(value) => EncodeCounterValue::encode(value, encoder),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a signed value is never a counter"
            )]
            Self::Signed(value) => EncodeCounterValue::encode(&(*value as f64), encoder),
            Self::Float(value) => EncodeCounterValue::encode(value, encoder),
        }
    }
}

impl EncodeGaugeValue for SampleValue {
    fn encode(&self, encoder: &mut GaugeValueEncoder) -> fmt::Result {
        match self {
            Self::Unsigned(value) => EncodeGaugeValue::encode(value, encoder),
            Self::Signed(value) => EncodeGaugeValue::encode(value, encoder),
            Self::Float(value) => EncodeGaugeValue::encode(value, encoder),
        }
    }
}
