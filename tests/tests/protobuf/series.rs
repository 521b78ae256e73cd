//! The series of an exposition, as a scraper finds them.

use std::collections::BTreeMap;

use crate::messages::{LabelPair, MetricFamily};

/// The bits of values, by the names and the labels. The bounds of buckets are written as Rust writes floats.
pub(crate) type Series = BTreeMap<(String, BTreeMap<String, String>), u64>;

/// The series of families. Prometheus makes the same of them.
#[expect(
    clippy::cast_precision_loss,
    reason = "Prometheus rounds counts like this"
)]
pub(crate) fn of_families(families: &[MetricFamily]) -> Series {
    let mut series = Series::new();
    for family in families {
        let name = family.name.as_deref().expect("a family has a name");
        for metric in &family.metric {
            let mut add = |suffix: &str, le: Option<f64>, value: f64| {
                let labels = metric.label.iter().map(LabelPair::parts);
                let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
                let le = le.map(|le| ("le".to_owned(), format!("{le:?}")));
                let key = (format!("{name}{suffix}"), labels.chain(le).collect());
                let existing = series.insert(key, value.to_bits());
                assert_eq!(existing, None, "{family:?} has a series twice");
            };
            if let Some(counter) = &metric.counter {
                add("", None, counter.value.expect("a value"));
            }
            for gauge in metric.gauge.iter().chain(&metric.untyped) {
                add("", None, gauge.value.expect("a value"));
            }
            if let Some(histogram) = &metric.histogram {
                let float = |count: Option<u64>| count.expect("a count") as f64;
                add("_sum", None, histogram.sample_sum.expect("a sum"));
                add("_count", None, float(histogram.sample_count));
                for bucket in &histogram.bucket {
                    let bound = bucket.upper_bound.expect("a bound");
                    add("_bucket", Some(bound), float(bucket.cumulative_count));
                }
            }
        }
    }
    series
}

/// The series of a text without exemplars.
pub(crate) fn of_text(text: &str) -> Series {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let series = lines.map(|line| {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let value: f64 = value.parse().expect("a number");
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let mut labels = labels_of(labels);
        if name.ends_with("_bucket")
            && let Some(le) = labels.get_mut("le")
        {
            let bound: f64 = le.parse().expect("a bound is a number");
            *le = format!("{bound:?}");
        }
        ((name.to_owned(), labels), value.to_bits())
    });
    series.collect()
}

/// The labels of a text such as `a="1",b="2"}`.
fn labels_of(mut text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    while let Some((name, rest)) = text.split_once("=\"") {
        let mut value = String::new();
        let mut characters = rest.char_indices();
        loop {
            match characters.next().expect("the end of a value") {
                (end, '"') => {
                    text = rest[end + 1..].trim_start_matches(',');
                    break;
                }
                (_, '\\') => match characters.next().expect("an escaped character") {
                    (_, 'n') => value.push('\n'),
                    (_, other) => value.push(other),
                },
                (_, other) => value.push(other),
            }
        }
        labels.insert(name.to_owned(), value);
    }
    labels
}
