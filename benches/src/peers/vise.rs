//! `vise`: metrics are fields of a struct, and a family is a frozen map of typed label sets over `prometheus-client` 0.23.
//! A handle is a clone of the metric.

use std::sync::atomic::AtomicU64;

use vise::{
    Buckets, Counter, EncodeLabelSet, Family, Format, Histogram, LabeledFamily, Metrics, Registry,
};

use crate::case::Case;
use crate::names::VISE;
use crate::series::{Series, SeriesKind};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: Method,
    status: Status,
}

impl Labels {
    fn of(pick: usize) -> Self {
        Self {
            method: Method::of(pick),
            status: Status::of(pick),
        }
    }
}

/// The key of a look-up, which must own its strings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Strings {
    tenant: String,
    route: String,
}

impl Strings {
    fn of(tenant: &str, route: &str) -> Self {
        Self {
            tenant: tenant.to_owned(),
            route: route.to_owned(),
        }
    }
}

const SECONDS_BUCKETS: Buckets = Buckets::values(&BUCKETS);

/// The metrics of every case. Each case makes its own.
#[derive(Debug, Metrics)]
struct AllMetrics {
    /// Requests.
    requests: Family<Labels, Counter>,
    /// Requests by tenant.
    by_tenant: Family<Strings, Counter>,
    /// Requests whose labels are literals.
    #[metrics(labels = ["method", "status"])]
    literal: LabeledFamily<(&'static str, &'static str), Counter, 2>,
    /// The sum of the seconds.
    sums: Family<Labels, Counter<f64, AtomicU64>>,
    /// Seconds.
    #[metrics(buckets = SECONDS_BUCKETS)]
    seconds: Family<Labels, Histogram>,
}

pub(crate) fn counter_labels() -> Case {
    let metrics = AllMetrics::default();
    Case::new(VISE, move |batch| {
        batch.each(|pick| {
            metrics.requests[&Labels::of(pick)].inc();
        });
    })
}

pub(crate) fn counter_strings() -> Case {
    let metrics = AllMetrics::default();
    Case::new(VISE, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            metrics.by_tenant[&Strings::of(tenant, route)].inc();
        });
    })
}

pub(crate) fn histogram() -> Case {
    let metrics = AllMetrics::default();
    Case::new(VISE, move |batch| {
        batch.each(|pick| metrics.seconds[&Labels::of(pick)].observe(VALUES.of(pick)));
    })
}

pub(crate) fn three_aggregates() -> Case {
    let metrics = AllMetrics::default();
    Case::new(VISE, move |batch| {
        batch.each(|pick| {
            let (labels, value) = (Labels::of(pick), VALUES.of(pick));
            metrics.requests[&labels].inc();
            metrics.sums[&labels].inc_by(value);
            metrics.seconds[&labels].observe(value);
        });
    })
}

pub(crate) fn literal() -> Case {
    let metrics = AllMetrics::default();
    Case::new(VISE, move |batch| {
        batch.each(|_| {
            metrics.literal[&("get", "ok")].inc();
        });
    })
}

pub(crate) fn bound_counter() -> Case {
    let metrics = AllMetrics::default();
    let handles =
        ForEachLabelSet::new(|method, status| metrics.requests[&Labels { method, status }].clone());
    Case::new(VISE, move |batch| {
        batch.each(|pick| {
            handles.of(pick).inc();
        });
    })
}

pub(crate) fn bound_histogram() -> Case {
    let metrics = AllMetrics::default();
    let handles =
        ForEachLabelSet::new(|method, status| metrics.seconds[&Labels { method, status }].clone());
    Case::new(VISE, move |batch| {
        batch.each(|pick| handles.of(pick).observe(VALUES.of(pick)));
    })
}

/// The metrics with very many series.
#[derive(Debug, Metrics)]
struct Many {
    /// Many.
    many: Family<Strings, Counter>,
    /// Many.
    #[metrics(buckets = SECONDS_BUCKETS)]
    many_seconds: Family<Strings, Histogram>,
}

struct ManySeries {
    kind: SeriesKind,
    metrics: Many,
    registry: Registry,
}

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let labels = Strings::of(tenant, route);
        match self.kind {
            SeriesKind::Counters => {
                self.metrics.many[&labels].inc();
            }
            SeriesKind::Histograms => self.metrics.many_seconds[&labels].observe(value),
        }
    }

    fn scrape(&self) -> usize {
        let mut body = String::new();
        self.registry
            .encode(&mut body, Format::OpenMetrics)
            .expect("writing to a string cannot fail");
        body.len()
    }
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    let metrics = Many::default();
    let mut registry = Registry::empty();
    registry.register_metrics(&metrics);
    Box::new(ManySeries {
        kind,
        metrics,
        registry,
    })
}
