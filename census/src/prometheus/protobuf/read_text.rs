//! The families of another registry, which writes them as OpenMetrics text.
//!
//! Its own protobuf encoder would need `protoc` to build, and would not leave out families with invalid names, as the
//! [line rewriter](crate::prometheus::registry) does.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::family_writer::FamilyWriter;
use super::messages::{
    Bucket, Exemplar, FamilyHead, FamilyMetric, Histogram, LabelPair, Metric, MetricType, Quantile,
    Summary, Timestamp, Value,
};
use crate::prometheus::chunks::ChunkWriter;
use crate::prometheus::encoder::ForeignRegistry;
use crate::prometheus::name_filter::NameFilter;
use crate::prometheus::negotiate::Format;
use crate::prometheus::registry::{LabelPart, SampleLine};
use crate::prometheus::text::{HELP, TYPE, UNIT};
use crate::prometheus::written::WrittenRegistry;

/// Writes the families of a registry that have these names.
pub(super) fn write_registry(
    out: &mut FamilyWriter,
    registry: &dyn ForeignRegistry,
    names: &NameFilter,
) -> Result<WrittenRegistry, fmt::Error> {
    let mut text = ChunkWriter::new(Arc::default());
    let written = registry.write_text(&mut text, Format::OpenMetrics, names)?;
    let chunks = text.finish();
    let bytes: Vec<u8> = chunks
        .iter()
        .flat_map(|chunk| chunk.iter().copied())
        .collect();
    drop(chunks);
    for family in read_families(&String::from_utf8_lossy(&bytes)) {
        for metric in family.metrics {
            out.add(&FamilyMetric { metric });
        }
        out.end_family(&family.head, family.unit.as_deref());
    }
    Ok(written)
}

/// What the name of a sample may have in addition to that of its family.
const SUFFIXES: [&str; 7] = [
    "", "_total", "_info", "_bucket", "_sum", "_count", "_created",
];

/// A family that was read.
#[derive(Debug)]
struct ReadFamily {
    head: FamilyHead,
    unit: Option<String>,
    metrics: Vec<Metric>,
}

/// The family that is being read.
#[derive(Debug, Default)]
struct Reader<'a> {
    name: &'a str,
    help: String,
    type_word: &'a str,
    unit: Option<&'a str>,
    metrics: Vec<Metric>,
    families: Vec<ReadFamily>,
}

/// The families of an OpenMetrics text whose lines are valid. A family that has no samples is left out.
fn read_families(text: &str) -> Vec<ReadFamily> {
    let mut reader = Reader::default();
    for line in text.lines() {
        if let Some((name, help)) = after(line, HELP) {
            reader.begin(name);
            reader.help = unescape(help);
        } else if let Some((name, type_word)) = after(line, TYPE) {
            reader.begin(name);
            reader.type_word = type_word;
        } else if let Some((name, unit)) = after(line, UNIT) {
            reader.begin(name);
            reader.unit = Some(unit);
        } else if let Some(sample) = SampleLine::parse(line) {
            reader.add(line, &sample);
        }
    }
    reader.end();
    reader.families
}

/// The name in a line that begins with this, and what follows it.
fn after<'a>(line: &'a str, start: &str) -> Option<(&'a str, &'a str)> {
    let rest = line.strip_prefix(start)?;
    Some(rest.split_once(' ').unwrap_or((rest, "")))
}

impl<'a> Reader<'a> {
    /// Begins the family of this name, unless it is the current one.
    fn begin(&mut self, name: &'a str) {
        if self.name != name || !self.metrics.is_empty() {
            self.end();
            self.name = name;
        }
    }

    fn end(&mut self) {
        let (suffix, metric_type) = self.exported_type();
        let name = self.name;
        // A unit that the name does not end in makes a reader reject the whole exposition.
        let unit = self.unit.filter(|unit| {
            let before = name.strip_suffix(unit).unwrap_or_default();
            suffix != "_info" && !unit.is_empty() && before.ends_with('_')
        });
        let family = ReadFamily {
            head: FamilyHead::new(format!("{name}{suffix}"), &self.help, metric_type),
            unit: unit.map(str::to_owned),
            metrics: std::mem::take(&mut self.metrics),
        };
        if !family.metrics.is_empty() {
            self.families.push(family);
        }
        self.help.clear();
        (self.name, self.type_word, self.unit) = ("", "", None);
    }

    /// What the family's name gets appended, and its type. Prometheus takes an info and a state set for gauges.
    fn exported_type(&self) -> (&'static str, MetricType) {
        match self.type_word {
            "counter" => ("_total", MetricType::Counter),
            "info" => ("_info", MetricType::Gauge),
            "gauge" | "stateset" => ("", MetricType::Gauge),
            "histogram" => ("", MetricType::Histogram),
            "summary" => ("", MetricType::Summary),
            _ => ("", MetricType::Untyped),
        }
    }

    /// Adds a sample to the metric of its labels.
    fn add(&mut self, line: &'a str, sample: &SampleLine) {
        let text = |range: &Range<usize>| line.get(range.clone()).unwrap_or_default();
        let name = text(&sample.name);
        let suffix = match name.strip_prefix(self.name) {
            Some(suffix) if !self.name.is_empty() && SUFFIXES.contains(&suffix) => suffix,
            _ => {
                // It has no lines before it.
                self.begin(name);
                ""
            }
        };
        let (_, metric_type) = self.exported_type();
        let magic = match metric_type {
            MetricType::Histogram => "le",
            MetricType::Summary => "quantile",
            MetricType::Counter | MetricType::Gauge | MetricType::Untyped => "",
        };
        let mut label = labels(line, &sample.labels);
        let magic = label.iter().position(|label| label.name == magic);
        let magic = magic.map(|index| float(&label.remove(index).value));
        let exemplar = sample.exemplar.as_ref().map(|exemplar| Exemplar {
            label: labels(line, &exemplar.labels),
            value: float(text(&exemplar.value)),
            timestamp: exemplar
                .timestamp
                .as_ref()
                .and_then(|it| timestamp(text(it))),
        });
        if self.metrics.last().is_none_or(|last| last.label != label) {
            self.metrics.push(Metric {
                label,
                ..Metric::default()
            });
        }
        if let Some(metric) = self.metrics.last_mut() {
            let part = Part {
                suffix,
                magic,
                value: text(&sample.value),
                exemplar,
            };
            part.add_to(metric, metric_type);
        }
    }
}

/// A sample, as a part of a metric.
struct Part<'a> {
    /// What its name has in addition to the family's.
    suffix: &'a str,
    /// The value of the label that is not one of the metric's: the bound of a bucket, or a quantile.
    magic: Option<f64>,
    value: &'a str,
    exemplar: Option<Exemplar>,
}

impl Part<'_> {
    fn add_to(self, metric: &mut Metric, metric_type: MetricType) {
        let Self {
            suffix,
            magic,
            value,
            exemplar,
        } = self;
        match metric_type {
            MetricType::Counter => {
                let counter = metric.counter.get_or_insert_default();
                if suffix == "_created" {
                    counter.created_timestamp = timestamp(value);
                } else {
                    (counter.value, counter.exemplar) = (float(value), exemplar);
                }
            }
            MetricType::Gauge => {
                metric.gauge = Some(Value {
                    value: float(value),
                });
            }
            MetricType::Untyped => {
                metric.untyped = Some(Value {
                    value: float(value),
                });
            }
            MetricType::Histogram => {
                let histogram: &mut Histogram = metric.histogram.get_or_insert_default();
                match suffix {
                    "_sum" => histogram.sample_sum = float(value),
                    "_count" => histogram.sample_count = count(value),
                    "_created" => histogram.created_timestamp = timestamp(value),
                    _ => histogram.bucket.push(Bucket {
                        cumulative_count: count(value),
                        upper_bound: magic.unwrap_or(f64::INFINITY),
                        exemplar,
                    }),
                }
            }
            MetricType::Summary => {
                let summary: &mut Summary = metric.summary.get_or_insert_default();
                match suffix {
                    "_sum" => summary.sample_sum = float(value),
                    "_count" => summary.sample_count = count(value),
                    "_created" => summary.created_timestamp = timestamp(value),
                    _ => summary.quantile.push(Quantile {
                        quantile: magic.unwrap_or(f64::NAN),
                        value: float(value),
                    }),
                }
            }
        }
    }
}

fn labels(line: &str, parts: &[LabelPart]) -> Vec<LabelPair> {
    let text = |range: &Range<usize>| line.get(range.clone()).unwrap_or_default();
    let labels = parts.iter().map(|part| LabelPair {
        name: text(&part.name).to_owned(),
        value: unescape(text(&part.value)),
    });
    labels.collect()
}

/// The text that OpenMetrics escapes like this.
fn unescape(escaped: &str) -> String {
    let mut text = String::with_capacity(escaped.len());
    let mut characters = escaped.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some(other @ ('\\' | '"')) => text.push(other),
                // It is not escaped.
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            character => text.push(character),
        }
    }
    text
}

fn float(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

fn count(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

/// A time that is given in seconds since 1970, with all its digits.
fn timestamp(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let nanos = format!("{fraction:0<9}");
    Some(Timestamp {
        seconds: seconds.parse().ok()?,
        nanos: nanos.get(..9)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names, types and units of the families, and their metrics.
    fn read(text: &str) -> Vec<(String, MetricType, Option<String>, Vec<Metric>)> {
        let families = read_families(text).into_iter();
        let families = families.map(|it| {
            let metric_type = it.head.metric_type();
            (it.head.name, metric_type, it.unit, it.metrics)
        });
        families.collect()
    }

    fn label(name: &str, value: &str) -> LabelPair {
        LabelPair {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn families_are_named_as_their_series() {
        let text = "# HELP a_seconds A\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 1\n\
                    # HELP b B\n# TYPE b info\nb_info{v=\"1\"} 1\n# HELP c C\n# TYPE c unknown\nc 3\n\
                    # HELP d D\n# TYPE d gauge\nd{x=\"1\"} -1\nd{x=\"2\"} 2.5\n# HELP e E\n# TYPE e stateset\ne{e=\"on\"} 1\n\
                    # HELP none N\n# TYPE none gauge\n# EOF\n";
        let families = read(text);
        let heads: Vec<_> = families
            .iter()
            .map(|(name, metric_type, unit, metrics)| {
                (&**name, *metric_type, unit.as_deref(), metrics.len())
            })
            .collect();
        assert_eq!(
            heads,
            [
                ("a_seconds_total", MetricType::Counter, Some("seconds"), 1),
                ("b_info", MetricType::Gauge, None, 1),
                ("c", MetricType::Untyped, None, 1),
                ("d", MetricType::Gauge, None, 2),
                ("e", MetricType::Gauge, None, 1),
            ]
        );
        let second = &families[3].3[1];
        assert_eq!(second.label, [label("x", "2")]);
        assert_eq!(second.gauge, Some(Value { value: 2.5 }));
        assert_eq!(families[2].3[0].untyped, Some(Value { value: 3.0 }));
    }

    #[test]
    fn help_and_label_values_are_unescaped() {
        let text = "# HELP a one\\ntwo \\\\n \\\"quoted\\\" \\x\n# TYPE a gauge\na{k=\"\\\"\\\\\\n\u{e9}\"} 1\n";
        let families = read_families(text);
        assert_eq!(families[0].head.help, "one\ntwo \\n \"quoted\" \\x");
        assert_eq!(families[0].metrics[0].label, [label("k", "\"\\\n\u{e9}")]);
    }

    #[test]
    fn samples_of_a_histogram_are_one_metric() {
        let text = "# HELP h H\n# TYPE h histogram\nh_sum{k=\"1\"} 3.5\nh_count{k=\"1\"} 18446744073709551615\n\
                    h_bucket{le=\"0.5\",k=\"1\"} 1 # {trace_id=\"t\"} 0.25 1700000000.123\nh_bucket{le=\"+Inf\",k=\"1\"} 2 # {} 9\n\
                    h_sum{k=\"2\"} 0.0\nh_count{k=\"2\"} 0\nh_bucket{le=\"+Inf\",k=\"2\"} 0\nh_created{k=\"2\"} 12.5\n";
        let families = read(text);
        let [(_, MetricType::Histogram, None, metrics)] = &*families else {
            panic!("{families:?}");
        };
        let [first, second] = &**metrics else {
            panic!("{metrics:?}");
        };
        assert_eq!(first.label, [label("k", "1")]);
        let histogram = first.histogram.as_ref().expect("a histogram");
        assert_eq!(histogram.sample_count, u64::MAX);
        assert_eq!(histogram.sample_sum.to_bits(), 3.5_f64.to_bits());
        let [half, rest] = &*histogram.bucket else {
            panic!("{histogram:?}");
        };
        let exemplar = half.exemplar.as_ref().expect("an exemplar");
        assert_eq!(exemplar.label, [label("trace_id", "t")]);
        let time = Timestamp {
            seconds: 1_700_000_000,
            nanos: 123_000_000,
        };
        assert_eq!(exemplar.timestamp, Some(time));
        assert_eq!(rest.cumulative_count, 2);
        assert!(rest.upper_bound.is_infinite());
        assert_eq!(rest.exemplar.as_ref().map(|it| it.timestamp), Some(None));
        let created = second
            .histogram
            .as_ref()
            .and_then(|it| it.created_timestamp);
        let time = Timestamp {
            seconds: 12,
            nanos: 500_000_000,
        };
        assert_eq!(created, Some(time));
    }

    #[test]
    fn samples_of_a_summary_are_one_metric() {
        let text = "# HELP s S\n# TYPE s summary\ns{quantile=\"0.5\"} 3\ns{quantile=\"0.9\"} 4\ns_sum 7\ns_count 2\n";
        let families = read(text);
        let [(_, MetricType::Summary, None, metrics)] = &*families else {
            panic!("{families:?}");
        };
        let quantiles = [(0.5, 3.0), (0.9, 4.0)];
        let expected = Summary {
            sample_count: 2,
            sample_sum: 7.0,
            quantile: quantiles
                .map(|(quantile, value)| Quantile { quantile, value })
                .into(),
            created_timestamp: None,
        };
        assert_eq!(metrics.len(), 1);
        assert_eq!(metrics[0].summary, Some(expected));
    }

    #[test]
    fn a_unit_that_is_no_end_of_the_name_is_left_out() {
        let text = "# HELP a A\n# TYPE a gauge\n# UNIT a seconds\na 1\n\
                    # HELP seconds S\n# TYPE seconds gauge\n# UNIT seconds seconds\nseconds 1\n";
        let units: Vec<_> = read(text).into_iter().map(|(_, _, unit, _)| unit).collect();
        assert_eq!(units, [None, None]);
    }
}
