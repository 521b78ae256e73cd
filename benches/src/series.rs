//! Metrics with very many series: for scrapes, inserts and memory.

use std::fmt::Write;

use crate::peers::{census, measured, metrics, opentelemetry, prometheus, prometheus_client};
use crate::work::{ROUTES, VALUES};

/// What the series are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Counters,
    /// Of 14 buckets.
    Histograms,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Counters => "counters",
            Self::Histograms => "histograms",
        }
    }
}

/// A peer's metric with the labels `tenant` and `route`, both known at run time only.
pub(crate) trait Series: Send + Sync {
    /// Adds one to the counter, or the value to the histogram.
    fn record(&self, tenant: &str, route: &str, value: f64);

    /// Encodes everything into a body that can be given away, as for an answer to Prometheus; returns how long it is.
    fn scrape(&self) -> usize;

    /// What an exporter does now and then between scrapes.
    fn upkeep(&self) {}
}

/// How a peer makes its metric.
type Make = fn(Kind) -> Box<dyn Series>;

/// The peers' metrics, by the names of their cases.
pub(crate) const PEERS: [(&str, Make); 8] = [
    (census::NAME, census::series),
    (PLAIN_TEXT, census::series_as_plain_text),
    ("prometheus-client", prometheus_client::series),
    ("prometheus", prometheus::series),
    ("measured", measured::series),
    (KEPT_BUFFER, measured::series_with_kept_buffer),
    ("metrics", metrics::series),
    (COLLECT_ONLY, opentelemetry::series),
];

/// The same metric of ours, in the other format: it differs in scrapes alone.
const PLAIN_TEXT: &str = "census, text 0.0.4";
/// Likewise.
const KEPT_BUFFER: &str = "measured, kept buffer";
/// This peer encodes nothing.
pub(crate) const COLLECT_ONLY: &str = "opentelemetry, collect only";

/// Whether this peer's metric is another's, and differs from it in scrapes alone.
pub(crate) fn is_other_scrape(peer: &str) -> bool {
    [PLAIN_TEXT, KEPT_BUFFER].contains(&peer)
}

/// The labels of the series of this number, in buffers that are used again.
#[derive(Default)]
pub(crate) struct Labels {
    pub(crate) tenant: String,
    pub(crate) route: String,
}

impl Labels {
    pub(crate) fn set(&mut self, number: usize) {
        self.tenant.clear();
        self.route.clear();
        let (tenant, route) = (number / ROUTES, number % ROUTES);
        write!(self.tenant, "tenant-{tenant:06}").expect("a string takes all");
        write!(self.route, "/api/v1/items/{route}").expect("a string takes all");
    }
}

/// Records once into each of so many series.
pub(crate) fn fill(series: &dyn Series, count: usize) {
    let mut labels = Labels::default();
    for number in 0..count {
        labels.set(number);
        series.record(&labels.tenant, &labels.route, VALUES.of(number << 4));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scrape_shows_what_was_filled() {
        for kind in [Kind::Counters, Kind::Histograms] {
            // What differs in scrapes alone has the same rows, in this one process.
            for (peer, make) in PEERS
                .into_iter()
                .filter(|(peer, _)| *peer != COLLECT_ONLY && !is_other_scrape(peer))
            {
                let series = make(kind);
                fill(&*series, 10);
                let ten = series.scrape();
                fill(&*series, 1000);
                let thousand = series.scrape();
                // At least "tenant", "route" and their values for each.
                assert!(thousand > ten + 990 * 40, "{peer}: {ten}, {thousand}");
                let labels = thousand - ten;
                let most = 990
                    * if kind == Kind::Counters {
                        100
                    } else {
                        17 * 120
                    };
                assert!(labels < most, "{peer}: {ten}, {thousand}");
            }
        }
    }
}
