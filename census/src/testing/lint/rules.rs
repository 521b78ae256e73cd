//! The rules of the names of families and of labels. Those of `promtool check metrics` that are not here cannot be broken:
//! the exporter ends the names of counters with `_total` and writes `_` for colons, and the catalogue rejects families with
//! samples of one name.

use super::FindingKind;
use super::units::{self, Unit};
use crate::aggregate::MetricType;

/// A rule of names. It returns what is wrong with a name of a family of this type, as a clause about the family.
type NameRule = fn(&str, MetricType) -> Option<String>;

/// The rules of the names of families. A name is as in Prometheus's text format: that of a counter ends with `_total`.
pub(super) const NAME_RULES: &[(FindingKind, NameRule)] = &[
    (FindingKind::CamelCaseName, |name, _| {
        is_camel_case(name).then(|| "whose name is in camelCase".to_owned())
    }),
    (FindingKind::TotalSuffix, |name, metric_type| {
        let is_wrong = metric_type != MetricType::Counter && name.ends_with("_total");
        is_wrong.then(|| "whose name ends with `_total`, as those of counters do".to_owned())
    }),
    (FindingKind::HistogramSuffix, |name, metric_type| {
        let suffixes = ["_bucket", "_sum", "_count"];
        let mut suffixes = suffixes.iter().filter(|suffix| name.ends_with(**suffix));
        let suffix = suffixes.next()?;
        (metric_type != MetricType::Histogram).then(|| {
            format!("whose name ends with `{suffix}`, as those of samples of histograms do")
        })
    }),
    (FindingKind::TimestampSuffix, |name, metric_type| {
        let is_wrong = metric_type == MetricType::Histogram && name.ends_with("_timestamp_seconds");
        is_wrong.then(|| {
            "whose name ends with `_timestamp_seconds`, as those of gauges with a point in time do"
                .to_owned()
        })
    }),
    (FindingKind::TypeInName, |name, _| {
        let word = later_word(name, is_type)?;
        Some(format!("whose name has the type `{word}` in it"))
    }),
    (FindingKind::AbbreviatedUnit, |name, _| {
        let word = later_word(name, |word| units::of_abbreviation(word).is_some())?;
        Some(format!(
            "whose name has the abbreviated unit `{word}` in it"
        ))
    }),
    (FindingKind::NonBaseUnit, |name, _| {
        let Unit { word, base } = Unit::to_replace(name)?;
        Some(format!(
            "whose name says `{word}`, and Prometheus's base unit is `{base}`"
        ))
    }),
];

/// A rule of labels. It returns what is wrong with a label, as a clause about it, and another label.
type LabelRule = fn(&str) -> Option<(&'static str, String)>;

/// The rules of the labels of columns.
pub(super) const LABEL_RULES: &[(FindingKind, LabelRule)] = &[
    (FindingKind::CamelCaseLabel, |label| {
        is_camel_case(label).then(|| ("which is in camelCase", snake_case(label)))
    }),
    (FindingKind::ReservedLabel, |label| match label {
        "le" => Some((
            "which Prometheus keeps for the buckets of histograms",
            "at_most".to_owned(),
        )),
        "quantile" => Some((
            "which Prometheus keeps for summaries",
            "fraction".to_owned(),
        )),
        _ => None,
    }),
];

/// The first word of a name that stands after a `_` and, in lower case, is what is looked for.
fn later_word(name: &str, is_found: impl Fn(&str) -> bool) -> Option<&str> {
    let mut words = name.split('_').skip(1);
    words.find(|word| is_found(&word.to_ascii_lowercase()))
}

/// Whether a word in lower case is the name of a type.
pub(super) fn is_type(word: &str) -> bool {
    ["counter", "gauge", "histogram", "summary"].contains(&word)
}

/// The last words that the names of families of this type must not have.
pub(super) const fn reserved_last_words(metric_type: MetricType) -> &'static [&'static str] {
    match metric_type {
        MetricType::Counter => &[],
        MetricType::Gauge => &["total", "bucket", "sum", "count"],
        MetricType::Histogram => &["total"],
    }
}

fn is_camel_case(name: &str) -> bool {
    let mut pairs = name.as_bytes().windows(2);
    pairs.any(|pair| matches!(pair, [b'a'..=b'z', b'A'..=b'Z']))
}

/// A name in lower case, with a `_` before each upper-case letter that stands after a lower-case one.
pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for c in name.chars() {
        if was_lower && c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        was_lower = c.is_ascii_lowercase();
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, metric_type: MetricType) -> Vec<FindingKind> {
        let rules = NAME_RULES.iter();
        let kinds = rules.filter_map(|(kind, rule)| rule(name, metric_type).map(|_| *kind));
        kinds.collect()
    }

    #[test]
    fn suffixes_are_those_of_other_types() {
        use FindingKind::{HistogramSuffix, TimestampSuffix, TotalSuffix};
        use MetricType::{Counter, Gauge, Histogram};
        for (name, metric_type, kinds) in [
            ("jobs_total", Counter, [].as_slice()),
            ("jobs_total", Gauge, &[TotalSuffix]),
            ("jobs_total", Histogram, &[TotalSuffix]),
            ("jobs_sum", Gauge, &[HistogramSuffix]),
            ("jobs_sum", Histogram, &[]),
            ("jobs_count_total", Counter, &[]),
            ("sum", Gauge, &[]),
            ("x_timestamp_seconds", Gauge, &[]),
            ("x_timestamp_seconds", Histogram, &[TimestampSuffix]),
        ] {
            assert_eq!(broken(name, metric_type), kinds, "{name} {metric_type:?}");
        }
    }

    #[test]
    fn a_first_word_is_no_type_and_no_abbreviation() {
        use FindingKind::{AbbreviatedUnit, TypeInName};
        assert_eq!(
            broken("gauge_ms_total", MetricType::Counter),
            [AbbreviatedUnit]
        );
        assert_eq!(broken("ms_GAUGE", MetricType::Gauge), [TypeInName]);
        assert_eq!(broken("_s", MetricType::Gauge), [AbbreviatedUnit]);
        assert_eq!(broken("gauges_mss", MetricType::Gauge), []);
    }

    #[test]
    fn snake_case_is_not_camel_case() {
        for (name, snake) in [
            ("jobsDone", "jobs_done"),
            ("HTTPRequests", "httprequests"),
            ("aBcD_E", "a_bc_d_e"),
        ] {
            assert_eq!(snake_case(name), snake);
            assert!(!is_camel_case(snake));
        }
        assert!(is_camel_case("aB") && !is_camel_case("a_B") && !is_camel_case("AB"));
    }
}
