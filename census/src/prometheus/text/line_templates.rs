//! The sample lines of a family. The parts that all rows share are formatted once.

use std::time::SystemTime;

use super::escape::{escape, label_name, quoted_family, write_label_value};
use super::exemplar::write_exemplar;
use super::timestamp::write_timestamp;
use crate::aggregate::{Exemplar, MetricType, RowKey, Sample};
use crate::declare::{Number, TimeUnit};
use crate::prometheus::bounds::BucketBound;
use crate::prometheus::config::ConstLabel;
use crate::prometheus::family::Family;
use crate::prometheus::text_buffer::TextBuffer;
use crate::prometheus::value::{SampleValue, write_unsigned};

/// The parts of a family's sample lines that all rows share.
#[derive(Debug)]
pub(crate) struct LineTemplates {
    prefixes: Prefixes,
    /// The beginning of the line that says when the row began; none in a family without such lines.
    created: Option<String>,
    /// For each column, the text after its value: the end of the value, and the name of the next label.
    after_values: Vec<String>,
    unit: TimeUnit,
}

/// The beginnings of a row's lines, up to the value of the first column.
#[derive(Debug)]
enum Prefixes {
    Sample(String),
    Histogram {
        sum: String,
        count: String,
        buckets: Vec<(String, BucketBound)>,
    },
}

impl LineTemplates {
    pub(super) fn new(family: &Family, const_labels: &[ConstLabel]) -> Self {
        let (name, columns) = (&family.name, &family.labels);
        // The const labels, and the first column's name: the same in all lines, so they are part of the prefixes.
        let mut shared: Vec<String> = Vec::new();
        for label in const_labels {
            let name = label_name(&label.name);
            shared.push(format!("{name}=\"{}\"", escape(&label.value, true)));
        }
        let has_labels = !(const_labels.is_empty() && columns.is_empty());
        if let Some(first) = columns.first() {
            shared.push(format!("{}=\"", label_name(first)));
        }
        let mut shared = shared.join(",");
        if has_labels && columns.is_empty() {
            shared.push_str("} ");
        }
        let next = columns.iter().skip(1);
        let after_values = next.map(|column| format!("\",{}=\"", label_name(column)));
        let after_values = after_values.chain(columns.last().map(|_| "\"} ".to_owned()));
        let prefix = |suffix: &str| {
            // A quoted name stands in the braces, before the labels.
            if let Some(quoted) = quoted_family(name, suffix) {
                let after_name = if has_labels { "," } else { "} " };
                format!("{{{quoted}{after_name}{shared}")
            } else {
                let open = if has_labels { "{" } else { " " };
                format!("{name}{suffix}{open}{shared}")
            }
        };
        let has_zero = family.metric_type != MetricType::Gauge;
        let prefixes = match family.metric_type {
            MetricType::Counter => Prefixes::Sample(prefix("_total")),
            MetricType::Gauge => Prefixes::Sample(prefix("")),
            MetricType::Histogram => {
                let open = match quoted_family(name, "_bucket") {
                    Some(quoted) => format!("{{{quoted},"),
                    None => format!("{name}_bucket{{"),
                };
                let buckets = family.bounds.iter().map(|bound| {
                    let after_le = if has_labels { "," } else { "} " };
                    let prefix = format!("{open}le=\"{}\"{after_le}{shared}", bound.le());
                    (prefix, *bound)
                });
                Prefixes::Histogram {
                    sum: prefix("_sum"),
                    count: prefix("_count"),
                    buckets: buckets.collect(),
                }
            }
        };
        Self {
            created: has_zero.then(|| prefix("_created")),
            prefixes,
            after_values: after_values.collect(),
            unit: family.time_unit,
        }
    }

    /// Writes the lines of the row of this key. `labels` is a buffer, whose content does not matter.
    pub(super) fn write(
        &self,
        out: &mut TextBuffer,
        labels: &mut TextBuffer,
        key: &RowKey<'_>,
        sample: &Sample<'_>,
        exemplars: &[Option<Exemplar>],
    ) {
        match (&self.prefixes, sample) {
            (Prefixes::Sample(prefix), Sample::Value(value)) => {
                out.push_str(prefix);
                self.write_labels(out, key);
                self.write_value(out, value);
            }
            (
                Prefixes::Histogram {
                    sum,
                    count,
                    buckets,
                },
                Sample::Histogram {
                    sum: total,
                    buckets: counts,
                    ..
                },
            ) => {
                labels.truncate(0);
                self.write_labels(labels, key);
                out.push_str(sum);
                out.push_bytes(labels.as_bytes());
                self.write_value(out, &Number::F64(total.in_unit(self.unit)));
                out.push_str(count);
                out.push_bytes(labels.as_bytes());
                self.write_value(out, &Number::U64(counts.iter().sum()));
                let (mut start, mut cumulative) = (0, 0_u64);
                for (prefix, bound) in buckets {
                    let counts = counts.get(start..bound.end).unwrap_or_default();
                    cumulative += counts.iter().sum::<u64>();
                    out.push_str(prefix);
                    out.push_bytes(labels.as_bytes());
                    write_unsigned(out, cumulative);
                    if let Some(exemplar) = bound.exemplar(exemplars, start) {
                        write_exemplar(out, exemplar, self.unit);
                    }
                    out.push_ascii(b'\n');
                    start = bound.end;
                }
            }
            // Unreachable: all rows of a view have samples of the family's type.
            (Prefixes::Sample(_), Sample::Histogram { .. })
            | (Prefixes::Histogram { .. }, Sample::Value(_)) => {}
        }
    }

    /// Writes the line that says when the row of this key began; nothing, if the family has no such lines.
    pub(super) fn write_created(&self, out: &mut TextBuffer, key: &RowKey<'_>, start: SystemTime) {
        if let Some(prefix) = &self.created {
            out.push_str(prefix);
            self.write_labels_by(out, key, write_label_value);
            write_timestamp(out, start);
            out.push_ascii(b'\n');
        }
    }

    fn write_labels(&self, out: &mut TextBuffer, key: &RowKey<'_>) {
        if key.may_have_special {
            self.write_labels_by(out, key, write_label_value);
        } else {
            self.write_labels_by(out, key, TextBuffer::push_str);
        }
    }

    #[inline]
    fn write_labels_by(
        &self,
        out: &mut TextBuffer,
        key: &RowKey<'_>,
        write: impl Fn(&mut TextBuffer, &str),
    ) {
        for (value, after) in key.values().zip(&self.after_values) {
            write(out, value);
            out.push_str(after);
        }
    }

    fn write_value(&self, out: &mut TextBuffer, value: &Number) {
        match value {
            Number::U64(value) => write_unsigned(out, *value),
            value => SampleValue::new(*value, self.unit).write(out),
        }
        out.push_ascii(b'\n');
    }
}
