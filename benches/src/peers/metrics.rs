//! `metrics`, with the recorder of `metrics-exporter-prometheus` installed for the whole program.

use std::sync::LazyLock;

use metrics::{Counter, Histogram, SharedString, counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::harness::Case;
use crate::series::{Kind, Series};
use crate::work::{BUCKETS, ForEachLabelSet, Method, STRINGS, Status, VALUES};

const NAME: &str = "metrics";

/// The recorder, installed when it is first needed.
pub(crate) static RECORDER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .expect("there are buckets")
        .build_recorder();
    let handle = recorder.handle();
    assert!(
        metrics::set_global_recorder(recorder).is_ok(),
        "the only one"
    );
    handle
});

/// Its histograms keep every value until they are told to add them up, which an exporter does from time to time.
fn upkeep() {
    RECORDER.run_upkeep();
}

fn text(label: &'static str) -> SharedString {
    SharedString::const_str(label)
}

fn of(pick: usize) -> (SharedString, SharedString) {
    (
        text(Method::of(pick).as_str()),
        text(Status::of(pick).as_str()),
    )
}

pub(crate) fn counter_labels() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(NAME, |batch| {
        batch.each(|pick| {
            let (method, status) = of(pick);
            counter!("requests", "method" => method, "status" => status).increment(1);
        });
    })
}

pub(crate) fn counter_strings() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(NAME, |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            counter!("by_tenant", "tenant" => tenant.to_owned(), "route" => route.to_owned())
                .increment(1);
        });
    })
}

pub(crate) fn histogram() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(NAME, |batch| {
        batch.each(|pick| {
            let (method, status) = of(pick);
            histogram!("seconds", "method" => method, "status" => status).record(VALUES.of(pick));
        });
        upkeep();
    })
}

/// Its counters are integers, so the sum is a gauge.
pub(crate) fn three() -> Case {
    LazyLock::force(&RECORDER);
    Case::new(NAME, |batch| {
        batch.each(|pick| {
            let (method, status) = of(pick);
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
    Case::new(NAME, |batch| {
        batch.each(|_| counter!("literal", "method" => "get", "status" => "ok").increment(1));
    })
}

pub(crate) fn bound_counter() -> Case {
    LazyLock::force(&RECORDER);
    let handles: ForEachLabelSet<Counter> = ForEachLabelSet::new(
        |method, status| counter!("bound", "method" => method.as_str(), "status" => status.as_str()),
    );
    Case::new(NAME, move |batch| {
        batch.each(|pick| handles.of(pick).increment(1));
    })
}

pub(crate) fn bound_histogram() -> Case {
    LazyLock::force(&RECORDER);
    let handles: ForEachLabelSet<Histogram> = ForEachLabelSet::new(
        |method, status| histogram!("bound_seconds", "method" => method.as_str(), "status" => status.as_str()),
    );
    Case::new(NAME, move |batch| {
        batch.each(|pick| handles.of(pick).record(VALUES.of(pick)));
        upkeep();
    })
}

/// What has very many series.
struct Many(Kind);

impl Series for Many {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        let labels = [("tenant", tenant.to_owned()), ("route", route.to_owned())];
        match self.0 {
            Kind::Counters => counter!("many", &labels).increment(1),
            Kind::Histograms => histogram!("many_seconds", &labels).record(value),
        }
    }

    fn scrape(&self) -> usize {
        RECORDER.render().len()
    }

    fn upkeep(&self) {
        upkeep();
    }
}

pub(crate) fn series(kind: Kind) -> Box<dyn Series> {
    LazyLock::force(&RECORDER);
    Box::new(Many(kind))
}
