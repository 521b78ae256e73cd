//! Metrics with very many series, for scrapes, inserts and memory.

use std::fmt::Write;

use crate::work::{ROUTES, VALUES};

/// The type of the metric.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeriesKind {
    Counters,
    /// With 14 buckets each.
    Histograms,
}

impl SeriesKind {
    /// The kind's name in groups and on the command lines of child processes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Counters => "counters",
            Self::Histograms => "histograms",
        }
    }

    /// The kind with this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Counters, Self::Histograms]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A peer's metric with the labels `tenant` and `route`, both known only at run time.
pub(crate) trait Series: Send + Sync {
    /// Adds one to the counter, or records the value in the histogram.
    fn record(&self, tenant: &str, route: &str, value: f64);

    /// Encodes all series into a body that the caller could own, as for an HTTP response; returns the body's length.
    fn scrape(&self) -> usize;

    /// Work that the peer's exporter does between scrapes.
    fn upkeep(&self) {}
}

/// The labels of one series. The buffers are reused from series to series.
#[derive(Default)]
pub(crate) struct SeriesLabels {
    pub(crate) tenant: String,
    pub(crate) route: String,
}

impl SeriesLabels {
    /// Sets the labels of the series with this index. Ten successive indexes have the same tenant.
    pub(crate) fn set(&mut self, index: usize) {
        self.tenant.clear();
        self.route.clear();
        let (tenant, route) = (index / ROUTES, index % ROUTES);
        write!(self.tenant, "tenant-{tenant:06}").expect("writing to a string cannot fail");
        write!(self.route, "/api/v1/items/{route}").expect("writing to a string cannot fail");
    }
}

/// Records once into each of the first `count` series.
pub(crate) fn fill(series: &dyn Series, count: usize) {
    let mut labels = SeriesLabels::default();
    for index in 0..count {
        labels.set(index);
        series.record(&labels.tenant, &labels.route, VALUES.of(index << 4));
    }
}
