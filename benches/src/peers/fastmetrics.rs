//! `fastmetrics`: a `Family` with a typed label set, behind a lock. A handle is a clone of the metric.

use fastmetrics::derive::LabelSet;
use fastmetrics::format::text::{TextProfile, encode};
use fastmetrics::metrics::counter::Counter;
use fastmetrics::metrics::family::Family;
use fastmetrics::metrics::histogram::Histogram;
use fastmetrics::registry::Registry;

use crate::case::Case;
use crate::names::FASTMETRICS;
use crate::series::{Series, SeriesKind};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
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
#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
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

#[derive(Clone, PartialEq, Eq, Hash, LabelSet)]
struct Literals {
    method: &'static str,
    status: &'static str,
}

fn new_histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

pub(crate) fn counter_labels() -> Case {
    let family = Family::<Labels, Counter>::default();
    Case::new(FASTMETRICS, move |batch| {
        batch.each(|pick| family.with_or_new(&Labels::of(pick), Counter::inc));
    })
}

pub(crate) fn counter_strings() -> Case {
    let family = Family::<Strings, Counter>::default();
    Case::new(FASTMETRICS, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            family.with_or_new(&Strings::of(tenant, route), Counter::inc);
        });
    })
}

pub(crate) fn histogram() -> Case {
    let family = Family::<Labels, Histogram>::new(new_histogram);
    Case::new(FASTMETRICS, move |batch| {
        batch.each(|pick| {
            family.with_or_new(&Labels::of(pick), |histogram| {
                histogram.observe(VALUES.of(pick));
            });
        });
    })
}

pub(crate) fn three_aggregates() -> Case {
    let counts = Family::<Labels, Counter>::default();
    let sums = Family::<Labels, Counter<f64>>::default();
    let histograms = Family::<Labels, Histogram>::new(new_histogram);
    Case::new(FASTMETRICS, move |batch| {
        batch.each(|pick| {
            let (labels, value) = (Labels::of(pick), VALUES.of(pick));
            counts.with_or_new(&labels, Counter::inc);
            sums.with_or_new(&labels, |sum| sum.inc_by(value));
            histograms.with_or_new(&labels, |histogram| histogram.observe(value));
        });
    })
}

pub(crate) fn literal() -> Case {
    let family = Family::<Literals, Counter>::default();
    let labels = Literals {
        method: "get",
        status: "ok",
    };
    Case::new(FASTMETRICS, move |batch| {
        batch.each(|_| family.with_or_new(&labels, Counter::inc));
    })
}

pub(crate) fn bound_counter() -> Case {
    let family = Family::<Labels, Counter>::default();
    let handles = ForEachLabelSet::new(|method, status| {
        family.with_or_new(&Labels { method, status }, Counter::clone)
    });
    Case::new(FASTMETRICS, move |batch| {
        batch.each(|pick| handles.of(pick).inc());
    })
}

pub(crate) fn bound_histogram() -> Case {
    let family = Family::<Labels, Histogram>::new(new_histogram);
    let handles = ForEachLabelSet::new(|method, status| {
        family.with_or_new(&Labels { method, status }, Histogram::clone)
    });
    Case::new(FASTMETRICS, move |batch| {
        batch.each(|pick| handles.of(pick).observe(VALUES.of(pick)));
    })
}

/// A metric with very many series.
struct ManySeries {
    registry: Registry,
    family: ManyFamily,
}

enum ManyFamily {
    Counters(Family<Strings, Counter>),
    Histograms(Family<Strings, Histogram>),
}

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let labels = Strings::of(tenant, route);
        match &self.family {
            ManyFamily::Counters(counters) => counters.with_or_new(&labels, Counter::inc),
            ManyFamily::Histograms(histograms) => {
                histograms.with_or_new(&labels, |histogram| histogram.observe(value));
            }
        }
    }

    fn scrape(&self) -> usize {
        let mut body = String::new();
        encode(&mut body, &self.registry, TextProfile::default())
            .expect("writing to a string cannot fail");
        body.len()
    }
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    let mut registry = Registry::default();
    let family = match kind {
        SeriesKind::Counters => {
            let family = Family::default();
            let registered = registry.register("many", "Many", Family::clone(&family));
            registered.expect("the registry has no other metric");
            ManyFamily::Counters(family)
        }
        SeriesKind::Histograms => {
            let family = Family::new(new_histogram);
            let registered = registry.register("many_seconds", "Many", Family::clone(&family));
            registered.expect("the registry has no other metric");
            ManyFamily::Histograms(family)
        }
    };
    Box::new(ManySeries { registry, family })
}
