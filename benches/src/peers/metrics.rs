//! `metrics`, with the recorder of `metrics-exporter-prometheus`, which is installed for the whole program.

use std::sync::LazyLock;

use metrics::{Counter, Histogram, SharedString, counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::case::Case;
use crate::names::METRICS;
use crate::series::{Series, SeriesKind};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

/// The recorder. Its first use installs it.
static RECORDER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .expect("the list of buckets is not empty")
        .build_recorder();
    let handle = recorder.handle();
    assert!(
        metrics::set_global_recorder(recorder).is_ok(),
        "the program installs no other recorder"
    );
    handle
});

/// Adds up the values that histograms have kept since the last upkeep. An exporter does so from time to time.
fn upkeep() {
    RECORDER.run_upkeep();
}

fn label_value(label: &'static str) -> SharedString {
    SharedString::const_str(label)
}

fn labels(pick: usize) -> (SharedString, SharedString) {
    (
        label_value(Method::of(pick).as_str()),
        label_value(Status::of(pick).as_str()),
    )
}

pub(crate) fn counter_labels() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(METRICS, |batch| {
        batch.each(|pick| {
            let (method, status) = labels(pick);
            counter!("requests", "method" => method, "status" => status).increment(1);
        });
    })
}

pub(crate) fn counter_strings() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(METRICS, |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            counter!("by_tenant", "tenant" => tenant.to_owned(), "route" => route.to_owned())
                .increment(1);
        });
    })
}

pub(crate) fn histogram() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(METRICS, |batch| {
        batch.each(|pick| {
            let (method, status) = labels(pick);
            histogram!("seconds", "method" => method, "status" => status).record(VALUES.of(pick));
        });
        upkeep();
    })
}

/// The counters of `metrics` are integers, so the sum is a gauge.
pub(crate) fn three_aggregates() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(METRICS, |batch| {
        batch.each(|pick| {
            let (method, status) = labels(pick);
            let labels = [("method", method), ("status", status)];
            let value = VALUES.of(pick);
            counter!("thrice", &labels).increment(1);
            gauge!("thrice_sum", &labels).increment(value);
            histogram!("thrice_seconds", &labels).record(value);
        });
        upkeep();
    })
}

pub(crate) fn literal() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(METRICS, |batch| {
        batch.each(|_| counter!("literal", "method" => "get", "status" => "ok").increment(1));
    })
}

pub(crate) fn bound_counter() -> Case {
    LazyLock::force(&RECORDER);
    let handles: ForEachLabelSet<Counter> = ForEachLabelSet::new(
        |method, status| counter!("bound", "method" => method.as_str(), "status" => status.as_str()),
    );
    Case::new(METRICS, move |batch| {
        batch.each(|pick| handles.of(pick).increment(1));
    })
}

pub(crate) fn bound_histogram() -> Case {
    LazyLock::force(&RECORDER);
    let handles: ForEachLabelSet<Histogram> = ForEachLabelSet::new(
        |method, status| histogram!("bound_seconds", "method" => method.as_str(), "status" => status.as_str()),
    );
    Case::new(METRICS, move |batch| {
        batch.each(|pick| handles.of(pick).record(VALUES.of(pick)));
        upkeep();
    })
}

/// A metric with very many series.
struct ManySeries(SeriesKind);

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let labels = [("tenant", tenant.to_owned()), ("route", route.to_owned())];
        match self.0 {
            SeriesKind::Counters => counter!("many", &labels).increment(1),
            SeriesKind::Histograms => histogram!("many_seconds", &labels).record(value),
        }
    }

    fn scrape(&self) -> usize {
        RECORDER.render().len()
    }

    fn upkeep(&self) {
        upkeep();
    }
}

pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    LazyLock::force(&RECORDER);
    Box::new(ManySeries(kind))
}
