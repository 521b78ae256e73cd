//! The words for the types of families.

use crate::aggregate::MetricType;
use crate::prometheus::negotiate::Format;
#[cfg(feature = "prometheus-client")]
use crate::register::suffixes;

const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";
pub(crate) const HISTOGRAM: &str = "histogram";
const INFO: &str = "info";
const UNKNOWN: &str = "unknown";

/// OpenMetrics's word for a type.
pub(super) const fn type_word(metric_type: MetricType) -> &'static str {
    match metric_type {
        MetricType::Counter => COUNTER,
        MetricType::Gauge => GAUGE,
        MetricType::Histogram => HISTOGRAM,
    }
}

/// The suffix of a family's name in its HELP and TYPE lines, and the word for its type, in a format. `type_word` is
/// OpenMetrics's.
pub(super) fn suffix_and_type(format: Format, type_word: &str) -> (&'static str, &str) {
    match (format, type_word) {
        // Prometheus text names samples, where OpenMetrics names families.
        (Format::Text | Format::Text1, COUNTER) => ("_total", COUNTER),
        (Format::Text | Format::Text1, INFO) => ("_info", GAUGE),
        (Format::Text | Format::Text1, UNKNOWN) => ("", "untyped"),
        _ => ("", type_word),
    }
}

/// The suffixes that the names of a family's samples may have, and `""` for the family's own name. `type_word` is
/// OpenMetrics's.
#[cfg(feature = "prometheus-client")]
pub(crate) fn suffixes_of(type_word: &str) -> &'static [&'static str] {
    match type_word {
        COUNTER => suffixes(MetricType::Counter),
        HISTOGRAM => suffixes(MetricType::Histogram),
        INFO => &["", "_info"],
        _ => suffixes(MetricType::Gauge),
    }
}
