//! The table of the peers' metrics with very many series.

use crate::names::{
    CENSUS, FASTMETRICS, FOUNDATIONS_METRICS, MEASURED, METRICS, PROMETHEUS, PROMETHEUS_CLIENT,
    VISE,
};
use crate::peers::{
    census, fastmetrics, foundations_metrics, measured, metrics, opentelemetry, prometheus,
    prometheus_client, vise,
};
use crate::series::{Series, SeriesKind};

/// Makes a peer's metric.
type Make = fn(SeriesKind) -> Box<dyn Series>;

/// The peers' metrics, by the names of their cases.
pub(crate) const SERIES_PEERS: [(&str, Make); 11] = [
    (CENSUS, census::series),
    (PLAIN_TEXT, census::series_as_plain_text),
    (PROMETHEUS_CLIENT, prometheus_client::series),
    (PROMETHEUS, prometheus::series),
    (MEASURED, measured::series),
    (KEPT_BUFFER, measured::series_with_kept_buffer),
    (METRICS, metrics::series),
    (COLLECT_ONLY, opentelemetry::series),
    (FOUNDATIONS_METRICS, foundations_metrics::series),
    (VISE, vise::series),
    (FASTMETRICS, fastmetrics::series),
];

/// The metric of `census`, scraped in the other format.
const PLAIN_TEXT: &str = "census, text 0.0.4";
/// The metric of `measured`, scraped into a buffer that is kept.
const KEPT_BUFFER: &str = "measured, kept buffer";
/// The metric of `opentelemetry`, whose scrapes encode nothing.
pub(crate) const COLLECT_ONLY: &str = "opentelemetry, collect only";

/// Whether a case has the same metric as another case, and differs from it only in scrapes.
pub(crate) fn differs_only_in_scrapes(case: &str) -> bool {
    [PLAIN_TEXT, KEPT_BUFFER].contains(&case)
}

/// The names of the cases that differ in more than scrapes.
pub(crate) fn distinct_cases() -> impl Iterator<Item = &'static str> {
    SERIES_PEERS
        .iter()
        .map(|(case, _)| *case)
        .filter(|case| !differs_only_in_scrapes(case))
}

/// Makes the metric of a case; `None` if the table does not have the case.
pub(crate) fn make_series(case: &str, kind: SeriesKind) -> Option<Box<dyn Series>> {
    let (_, make) = SERIES_PEERS.iter().find(|(name, _)| *name == case)?;
    Some(make(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::fill;

    #[test]
    fn a_scrape_contains_every_filled_series() {
        let _rows = census::ROWS.lock().unwrap();
        for kind in [SeriesKind::Counters, SeriesKind::Histograms] {
            // In one process, the cases that differ only in scrapes share their rows.
            for case in distinct_cases().filter(|case| *case != COLLECT_ONLY) {
                let series = make_series(case, kind).unwrap();
                fill(&*series, 10);
                let ten = series.scrape();
                fill(&*series, 1000);
                let thousand = series.scrape();
                // Each series has at least "tenant", "route" and their values.
                assert!(thousand > ten + 990 * 40, "{case}: {ten}, {thousand}");
                let most_per_series = match kind {
                    SeriesKind::Counters => 100,
                    SeriesKind::Histograms => 17 * 120,
                };
                assert!(
                    thousand - ten < 990 * most_per_series,
                    "{case}: {ten}, {thousand}"
                );
            }
        }
    }
}
