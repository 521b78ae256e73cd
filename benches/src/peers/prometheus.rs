//! `prometheus` (`tikv/rust-prometheus`): a metric vector with labels by position. A handle is a clone of the metric of
//! one label set.

use prometheus::{
    CounterVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder,
};

use crate::case::Case;
use crate::names::PROMETHEUS;
use crate::series::{Series, SeriesKind};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

const LABELS: [&str; 2] = ["method", "status"];

fn labels(pick: usize) -> [&'static str; 2] {
    [Method::of(pick).as_str(), Status::of(pick).as_str()]
}

fn counters(labels: &[&str]) -> IntCounterVec {
    IntCounterVec::new(Opts::new("requests", "Requests."), labels).expect("the name is valid")
}

fn histograms(labels: &[&str]) -> HistogramVec {
    let options = HistogramOpts::new("seconds", "Seconds.").buckets(BUCKETS.to_vec());
    HistogramVec::new(options, labels).expect("the name is valid")
}

pub(crate) fn counter_labels() -> Case {
    let counters = counters(&LABELS);
    Case::new(PROMETHEUS, move |batch| {
        batch.each(|pick| counters.with_label_values(&labels(pick)).inc());
    })
}

pub(crate) fn counter_strings() -> Case {
    let counters = counters(&["tenant", "route"]);
    Case::new(PROMETHEUS, move |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            counters.with_label_values(&[tenant, route]).inc();
        });
    })
}

pub(crate) fn histogram() -> Case {
    let histograms = histograms(&LABELS);
    Case::new(PROMETHEUS, move |batch| {
        batch.each(|pick| {
            histograms
                .with_label_values(&labels(pick))
                .observe(VALUES.of(pick));
        });
    })
}

pub(crate) fn three_aggregates() -> Case {
    let counts = counters(&LABELS);
    let sums = CounterVec::new(Opts::new("sum", "Sum."), &LABELS).expect("the name is valid");
    let histograms = histograms(&LABELS);
    Case::new(PROMETHEUS, move |batch| {
        batch.each(|pick| {
            let (labels, value) = (labels(pick), VALUES.of(pick));
            counts.with_label_values(&labels).inc();
            sums.with_label_values(&labels).inc_by(value);
            histograms.with_label_values(&labels).observe(value);
        });
    })
}

pub(crate) fn literal() -> Case {
    let counters = counters(&LABELS);
    Case::new(PROMETHEUS, move |batch| {
        batch.each(|_| counters.with_label_values(&["get", "ok"]).inc());
    })
}

pub(crate) fn bound_counter() -> Case {
    let counters = counters(&LABELS);
    let handles = ForEachLabelSet::new(|method, status| {
        counters.with_label_values(&[method.as_str(), status.as_str()])
    });
    Case::new(PROMETHEUS, move |batch| {
        batch.each(|pick| handles.of(pick).inc());
    })
}

pub(crate) fn bound_histogram() -> Case {
    let histograms = histograms(&LABELS);
    let handles = ForEachLabelSet::new(|method, status| {
        histograms.with_label_values(&[method.as_str(), status.as_str()])
    });
    Case::new(PROMETHEUS, move |batch| {
        batch.each(|pick| handles.of(pick).observe(VALUES.of(pick)));
    })
}

/// The metric with very many series.
enum Vecs {
    Counters(IntCounterVec),
    Histograms(HistogramVec),
}

struct ManySeries {
    registry: Registry,
    vecs: Vecs,
}

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        match &self.vecs {
            Vecs::Counters(counters) => counters.with_label_values(&[tenant, route]).inc(),
            Vecs::Histograms(histograms) => {
                histograms
                    .with_label_values(&[tenant, route])
                    .observe(value);
            }
        }
    }

    fn scrape(&self) -> usize {
        let encoded = TextEncoder::new().encode_to_string(&self.registry.gather());
        encoded.expect("writing to a string cannot fail").len()
    }
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    let registry = Registry::new();
    let labels = ["tenant", "route"];
    let vecs = match kind {
        SeriesKind::Counters => Vecs::Counters(counters(&labels)),
        SeriesKind::Histograms => Vecs::Histograms(histograms(&labels)),
    };
    let registered = match &vecs {
        Vecs::Counters(counters) => registry.register(Box::new(counters.clone())),
        Vecs::Histograms(histograms) => registry.register(Box::new(histograms.clone())),
    };
    registered.expect("the registry has no other metric");
    Box::new(ManySeries { registry, vecs })
}
