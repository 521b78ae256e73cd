//! `prometheus-client`: a `Family` with a typed label set. A handle is a clone of the metric.

pub(crate) mod observed;

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use crate::case::Case;
use crate::names::PROMETHEUS_CLIENT;
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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Literals {
    method: &'static str,
    status: &'static str,
}

fn new_histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

fn histograms() -> Family<Labels, Histogram> {
    Family::new_with_constructor(new_histogram)
}

pub(crate) fn counter_labels() -> Case {
    let family = Family::<Labels, Counter>::default();
    Case::new(PROMETHEUS_CLIENT, move |batch| {
        batch.each(|pick| {
            family.get_or_create(&Labels::of(pick)).inc();
        });
    })
}

pub(crate) fn counter_strings() -> Case {
    let family = Family::<Strings, Counter>::default();
    Case::new(PROMETHEUS_CLIENT, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            let labels = Strings {
                tenant: tenant.to_owned(),
                route: route.to_owned(),
            };
            family.get_or_create(&labels).inc();
        });
    })
}

pub(crate) fn histogram() -> Case {
    let family = histograms();
    Case::new(PROMETHEUS_CLIENT, move |batch| {
        batch.each(|pick| {
            family
                .get_or_create(&Labels::of(pick))
                .observe(VALUES.of(pick));
        });
    })
}

pub(crate) fn three_aggregates() -> Case {
    let counts = Family::<Labels, Counter>::default();
    let sums = Family::<Labels, Counter<f64, AtomicU64>>::default();
    let histograms = histograms();
    Case::new(PROMETHEUS_CLIENT, move |batch| {
        batch.each(|pick| {
            let (labels, value) = (Labels::of(pick), VALUES.of(pick));
            counts.get_or_create(&labels).inc();
            sums.get_or_create(&labels).inc_by(value);
            histograms.get_or_create(&labels).observe(value);
        });
    })
}

pub(crate) fn literal() -> Case {
    let family = Family::<Literals, Counter>::default();
    let labels = Literals {
        method: "get",
        status: "ok",
    };
    Case::new(PROMETHEUS_CLIENT, move |batch| {
        batch.each(|_| {
            family.get_or_create(&labels).inc();
        });
    })
}

pub(crate) fn bound_counter() -> Case {
    let family = Family::<Labels, Counter>::default();
    let handles = ForEachLabelSet::new(|method, status| {
        family.get_or_create_owned(&Labels { method, status })
    });
    Case::new(PROMETHEUS_CLIENT, move |batch| {
        batch.each(|pick| {
            handles.of(pick).inc();
        });
    })
}

pub(crate) fn bound_histogram() -> Case {
    let family = histograms();
    let handles = ForEachLabelSet::new(|method, status| {
        family.get_or_create_owned(&Labels { method, status })
    });
    Case::new(PROMETHEUS_CLIENT, move |batch| {
        batch.each(|pick| handles.of(pick).observe(VALUES.of(pick)));
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    function: &'static str,
    module: &'static str,
    result: &'static str,
}

static CALLS: LazyLock<Family<Call, Counter>> = LazyLock::new(Family::default);
static DURATIONS: LazyLock<Family<Call, Histogram>> =
    LazyLock::new(|| Family::new_with_constructor(new_histogram));

/// The code that a program without a macro contains: a counter, a histogram, and a pair of clock reads.
fn measured_by_hand() {
    let began = Instant::now();
    let call = Call {
        function: "measured_by_hand",
        module: module_path!(),
        result: "ok",
    };
    CALLS.get_or_create(&call).inc();
    DURATIONS
        .get_or_create(&call)
        .observe(began.elapsed().as_secs_f64());
}

pub(crate) fn function() -> Case {
    Case::new("prometheus-client by hand", |batch| {
        batch.each(|_| measured_by_hand());
    })
}

/// A metric with very many series.
struct ManySeries<M> {
    registry: Registry,
    family: Family<Strings, M, fn() -> M>,
    record: fn(&M, f64),
}

impl<M: Send + Sync + 'static> Series for ManySeries<M>
where
    Family<Strings, M, fn() -> M>: Metric,
    M: Clone,
{
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let labels = Strings {
            tenant: tenant.to_owned(),
            route: route.to_owned(),
        };
        (self.record)(&self.family.get_or_create(&labels), value);
    }

    fn scrape(&self) -> usize {
        let mut body = String::new();
        encode(&mut body, &self.registry).expect("writing to a string cannot fail");
        body.len()
    }
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    let mut registry = Registry::default();
    match kind {
        SeriesKind::Counters => {
            let family = Family::<_, _, fn() -> _>::new_with_constructor(Counter::default as _);
            registry.register("many", "Many", family.clone());
            let record = |counter: &Counter, _| {
                counter.inc();
            };
            Box::new(ManySeries {
                registry,
                family,
                record,
            })
        }
        SeriesKind::Histograms => {
            let family = Family::<_, _, fn() -> _>::new_with_constructor(new_histogram as _);
            registry.register("many_seconds", "Many", family.clone());
            let record = Histogram::observe;
            Box::new(ManySeries {
                registry,
                family,
                record,
            })
        }
    }
}
