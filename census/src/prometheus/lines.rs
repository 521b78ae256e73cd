//! A family's sample lines, written as text. What is the same in each row's is made once.
//!
//! Through the encoder of `prometheus-client`, a line takes a dozen calls of a writer that it does not know, and a
//! bucket's bound is formatted for each row: several times as slow.

use super::bounds::BucketBound;
use super::exemplars::write_exemplar;
use super::families::ConstLabel;
use super::help::escape_help;
use super::value::SampleValue;
use crate::aggregate::{Exemplar, MetricType, Sample};
use crate::declare::{Number, TimeUnit};
use crate::tags::row_key;

/// The parts of a family's lines that all rows share.
#[derive(Debug)]
pub(super) struct Lines {
    /// Before each column's value: the end of the value before, and the label's name.
    before: Vec<String>,
    /// After the last label.
    after: &'static str,
    starts: Starts,
    unit: TimeUnit,
}

/// What the lines of a row begin with, up to the labels of the row.
#[derive(Debug)]
enum Starts {
    Sample(String),
    Histogram {
        sum: String,
        count: String,
        buckets: Vec<(String, BucketBound)>,
    },
}

impl Lines {
    pub(super) fn new(
        family: &str,
        metric_type: MetricType,
        const_labels: &[ConstLabel],
        columns: &[String],
        bounds: &[BucketBound],
        unit: TimeUnit,
    ) -> Self {
        // The same in all lines, so it goes with what they begin with, together with the first column's name.
        let mut first: Vec<String> = Vec::new();
        for label in const_labels {
            first.push(format!(
                "{}=\"{}\"",
                label.name,
                escape_help(&label.value, true)
            ));
        }
        let labelled = !(const_labels.is_empty() && columns.is_empty());
        let mut before = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            if index == 0 {
                first.push(format!("{column}=\""));
                before.push(String::new());
            } else {
                before.push(format!("\",{column}=\""));
            }
        }
        let first = first.join(",");
        let start = |suffix: &str| {
            let open = if labelled { "{" } else { " " };
            format!("{family}{suffix}{open}{first}")
        };
        let starts = match metric_type {
            MetricType::Counter => Starts::Sample(start("_total")),
            MetricType::Gauge => Starts::Sample(start("")),
            MetricType::Histogram => {
                let buckets = bounds.iter().map(|bound| {
                    let end = if labelled { "," } else { "} " };
                    let start = format!("{family}_bucket{{le=\"{}\"{end}{first}", bound.le());
                    (start, *bound)
                });
                Starts::Histogram {
                    sum: start("_sum"),
                    count: start("_count"),
                    buckets: buckets.collect(),
                }
            }
        };
        let after = match (columns, const_labels) {
            ([], []) => "",
            ([], _) => "} ",
            _ => "\"} ",
        };
        Self {
            before,
            after,
            starts,
            unit,
        }
    }

    /// Writes a row's lines. `labels` is a buffer, whatever it holds.
    pub(super) fn write(
        &self,
        out: &mut String,
        labels: &mut String,
        key: &str,
        sample: Sample<'_>,
        exemplars: &[Option<Exemplar>],
    ) {
        match (&self.starts, sample) {
            (Starts::Sample(start), Sample::Value(value)) => {
                out.push_str(start);
                self.write_labels(out, key);
                self.write_value(out, value);
            }
            (
                Starts::Histogram {
                    sum,
                    count,
                    buckets,
                },
                Sample::Histogram {
                    sum: total,
                    buckets: counts,
                },
            ) => {
                labels.clear();
                self.write_labels(labels, key);
                out.push_str(sum);
                out.push_str(labels);
                self.write_value(out, Number::F64(total.in_unit(self.unit)));
                out.push_str(count);
                out.push_str(labels);
                self.write_value(out, Number::U64(counts.iter().sum()));
                let (mut seen, mut cumulative) = (0, 0_u64);
                for (start, bound) in buckets {
                    let here = counts.get(seen..bound.end).unwrap_or_default();
                    cumulative += here.iter().sum::<u64>();
                    out.push_str(start);
                    out.push_str(labels);
                    SampleValue::Unsigned(cumulative).write(out);
                    if let Some(exemplar) = bound.newest(exemplars, seen) {
                        write_exemplar(out, exemplar, self.unit);
                    }
                    out.push('\n');
                    seen = bound.end;
                }
            }
            // A view's rows are all of its kind.
            (Starts::Sample(_), Sample::Histogram { .. })
            | (Starts::Histogram { .. }, Sample::Value(_)) => {}
        }
    }

    fn write_labels(&self, out: &mut String, key: &str) {
        for (before, value) in self.before.iter().zip(row_key::values(key)) {
            out.push_str(before);
            write_label_value(out, value);
        }
        out.push_str(self.after);
    }

    fn write_value(&self, out: &mut String, value: Number) {
        SampleValue::new(value, self.unit).write(out);
        out.push('\n');
    }
}

/// A label's value, which is escaped as an OpenMetrics HELP is.
fn write_label_value(out: &mut String, value: &str) {
    let (eights, rest) = value.as_bytes().as_chunks::<8>();
    let special = eights.iter().any(|it| any_special(u64::from_ne_bytes(*it)))
        || rest.iter().any(|byte| SPECIAL.contains(byte));
    if special {
        out.push_str(&escape_help(value, true));
    } else {
        out.push_str(value);
    }
}

/// What is escaped.
const SPECIAL: [u8; 3] = *b"\\\"\n";

/// Whether one of eight bytes is special: a byte is zero exactly if it borrows and had no highest bit. Looking at one
/// after the other takes a tenth of a scrape's time.
#[inline]
fn any_special(eight: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    let is = |byte: u8| {
        let differs = eight ^ (ONES * u64::from(byte));
        differs.wrapping_sub(ONES) & !differs
    };
    let [a, b, c] = SPECIAL.map(is);
    (a | b | c) & (ONES << 7) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_wherever_what_is_special_stands() {
        let written = |value: &str| {
            let mut out = String::new();
            write_label_value(&mut out, value);
            out
        };
        for len in 0..20 {
            // Neighbours of what is special, and bytes with the highest bit.
            for plain in [
                "x", "!", "#", "[", "]", "\t", "\u{b}", "\0", "\u{a2}", "\u{dc}",
            ] {
                let text = plain.repeat(len);
                assert_eq!(written(&text), text);
                for special in ["\\", "\"", "\n"] {
                    let place = plain.len() * (len / 2);
                    let (start, end) = text.split_at(place);
                    let expected = format!("{start}{}{end}", escape_help(special, true));
                    assert_eq!(written(&format!("{start}{special}{end}")), expected);
                }
            }
        }
    }
}
