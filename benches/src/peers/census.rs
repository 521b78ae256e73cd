//! `census`: measures and tags, and views over them.

pub(crate) mod http;
pub(crate) mod observed;

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use census::prometheus::Exporter;
use census::{LocalMeasure, Measure, TagKey, TagMap, measure, record, tag, tags, view};

use crate::case::Case;
use crate::names::{CENSUS, CENSUS_LOCAL, CENSUS_NATIVE};
use crate::series::{Series, SeriesKind};
use crate::work::{ForEachLabelSet, Method, STRINGS, Status, VALUES};

#[tag]
static METHOD: TagKey;
#[tag]
static STATUS: TagKey;
#[tag]
static TENANT: TagKey;
#[tag]
static ROUTE: TagKey;

#[measure]
static REQUESTS: Measure<u64>;
#[measure]
static BY_TENANT: Measure<u64>;
#[measure]
static SECONDS: Measure<f64>;
#[measure]
static NATIVE_SECONDS: Measure<f64>;
#[measure]
static THRICE: Measure<f64>;
#[measure]
static LITERAL: Measure<u64>;
#[measure]
static BOUND: Measure<u64>;
#[measure]
static BOUND_SECONDS: Measure<f64>;
#[measure]
static UNVIEWED: Measure<u64>;
#[measure]
static CHANGING: Measure<u64>;
#[measure]
static GOING: Measure<u64>;
#[measure]
static REMOVED: Measure<u64>;

// The bounds are those of `work::BUCKETS`. They are repeated because `view!` takes a list, not a constant.
view! {
    static REQUESTS_TOTAL: Count<REQUESTS> by (METHOD, STATUS);
    static BY_TENANT_TOTAL: Count<BY_TENANT> by (TENANT, ROUTE);
    static THRICE_TOTAL: Count<THRICE> by (METHOD, STATUS);
    static THRICE_SUM: Sum<THRICE> by (METHOD, STATUS);
    #[optional]
    static CHANGING_TOTAL: Count<CHANGING>;
    static GOING_IDLE: Sum<GOING> by (TENANT) { idle: Duration::from_millis(500), max_series: 10_000 }
    static REMOVED_TOTAL: Count<REMOVED> by (TENANT);
    static LITERAL_TOTAL: Count<LITERAL> by (METHOD, STATUS);
    static BOUND_TOTAL: Count<BOUND> by (METHOD, STATUS);
    static SECONDS_HISTOGRAM: Distribution<SECONDS> by (METHOD, STATUS) {
        buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
    }
    static NATIVE_HISTOGRAM: Distribution<NATIVE_SECONDS> by (METHOD, STATUS) { buckets: native }
    static THRICE_HISTOGRAM: Distribution<THRICE> by (METHOD, STATUS) {
        buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
    }
    static BOUND_HISTOGRAM: Distribution<BOUND_SECONDS> by (METHOD, STATUS) {
        buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
    }
}

pub(crate) fn counter_labels() -> Case {
    Case::new(CENSUS, |batch| {
        batch.each(|pick| {
            record!(
                REQUESTS = 1,
                tags(METHOD = Method::of(pick), STATUS = Status::of(pick))
            );
        });
    })
}

pub(crate) fn counter_strings() -> Case {
    Case::new(CENSUS, |batch| {
        batch.each(|pick| {
            let (tenant, route) = STRINGS.of(pick);
            record!(BY_TENANT = 1, tags(TENANT = tenant, ROUTE = route));
        });
    })
}

pub(crate) fn histogram() -> Case {
    Case::new(CENSUS, |batch| {
        batch.each(|pick| {
            record!(
                SECONDS = VALUES.of(pick),
                tags(METHOD = Method::of(pick), STATUS = Status::of(pick))
            );
        });
    })
}

pub(crate) fn native_histogram() -> Case {
    Case::new(CENSUS_NATIVE, |batch| {
        batch.each(|pick| {
            record!(
                NATIVE_SECONDS = VALUES.of(pick),
                tags(METHOD = Method::of(pick), STATUS = Status::of(pick))
            );
        });
    })
}

pub(crate) fn three_aggregates() -> Case {
    Case::new(CENSUS, |batch| {
        batch.each(|pick| {
            record!(
                THRICE = VALUES.of(pick),
                tags(METHOD = Method::of(pick), STATUS = Status::of(pick))
            );
        });
    })
}

pub(crate) fn literal() -> Case {
    Case::new(CENSUS, |batch| {
        batch.each(|_| record!(LITERAL = 1, tags(METHOD = "get", STATUS = "ok")));
    })
}

fn labels(method: Method, status: Status) -> TagMap {
    tags!(METHOD = method, STATUS = status)
}

pub(crate) fn bound_counter() -> Case {
    let handles = ForEachLabelSet::new(|method, status| BOUND.bind(labels(method, status)));
    Case::new(CENSUS, move |batch| {
        batch.each(|pick| handles.of(pick).record(1));
    })
}

pub(crate) fn bound_histogram() -> Case {
    let handles = ForEachLabelSet::new(|method, status| BOUND_SECONDS.bind(labels(method, status)));
    Case::new(CENSUS, move |batch| {
        batch.each(|pick| handles.of(pick).record(VALUES.of(pick)));
    })
}

/// Each thread has handles of its own.
pub(crate) fn local_counter() -> Case {
    thread_local! {
        static HANDLES: ForEachLabelSet<LocalMeasure<u64>> =
            ForEachLabelSet::new(|method, status| BOUND.bind_local(labels(method, status)));
    }
    Case::new(CENSUS_LOCAL, |batch| {
        HANDLES.with(|handles| batch.each(|pick| handles.of(pick).record(1)));
    })
}

pub(crate) fn local_histogram() -> Case {
    thread_local! {
        static HANDLES: ForEachLabelSet<LocalMeasure<f64>> =
            ForEachLabelSet::new(|method, status| BOUND_SECONDS.bind_local(labels(method, status)));
    }
    Case::new(CENSUS_LOCAL, |batch| {
        HANDLES.with(|handles| {
            batch.each(|pick| handles.of(pick).record(VALUES.of(pick)));
        });
    })
}

/// Changes the views of a measure twice, and takes about a millisecond.
pub(crate) fn change_views_of_another_measure() {
    CHANGING_TOTAL.register().expect("the view is valid");
    CHANGING_TOTAL.unregister();
    std::thread::sleep(Duration::from_millis(1));
}

/// Makes ten rows of a measure, and looks at all its rows. Those of the former half a second are there; the others are idle, and
/// leave. It takes about ten milliseconds.
pub(crate) fn make_rows_that_go_idle() {
    for _ in 0..10 {
        let tenant = next_tenant();
        record!(GOING = 1, tags(TENANT = tenant));
    }
    black_box(GOING_IDLE.data());
    std::thread::sleep(Duration::from_millis(10));
}

/// Makes a row of a measure, and removes it. It takes about a millisecond.
pub(crate) fn make_and_remove_a_row() {
    let tenant = next_tenant();
    record!(REMOVED = 1, tags(TENANT = tenant));
    assert!(REMOVED_TOTAL.remove(&tags!(TENANT = tenant)));
    std::thread::sleep(Duration::from_millis(1));
}

fn next_tenant() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(crate) fn unviewed() -> Case {
    Case::new(CENSUS, |batch| {
        batch.each(|pick| {
            record!(
                UNVIEWED = 1,
                tags(METHOD = Method::of(pick), STATUS = Status::of(pick))
            );
        });
    })
}

#[measure]
fn measured() {}

pub(crate) fn function() -> Case {
    Case::new(CENSUS, |batch| batch.each(|_| measured()))
}

// The metrics with very many series.

#[measure]
static MANY: Measure<u64>;
#[measure]
static MANY_SECONDS: Measure<f64>;

view! {
    static MANY_TOTAL: Count<MANY> by (TENANT, ROUTE) { max_series: 2_000_000 }
    static MANY_HISTOGRAM: Distribution<MANY_SECONDS> by (TENANT, ROUTE) {
        buckets: [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
        max_series: 2_000_000,
    }
}

struct ManySeries {
    kind: SeriesKind,
    exporter: Exporter,
    accept: &'static str,
}

impl Series for ManySeries {
    fn record(&self, tenant: &str, route: &str, value: f64) {
        match self.kind {
            SeriesKind::Counters => record!(MANY = 1, tags(TENANT = tenant, ROUTE = route)),
            SeriesKind::Histograms => {
                record!(MANY_SECONDS = value, tags(TENANT = tenant, ROUTE = route));
            }
        }
    }

    fn scrape(&self) -> usize {
        self.exporter.scrape(Some(self.accept)).body.len()
    }
}

fn many_series(kind: SeriesKind, accept: &'static str) -> Box<dyn Series> {
    let exporter = Exporter::builder().build().expect("the catalogue is valid");
    Box::new(ManySeries {
        kind,
        exporter,
        accept,
    })
}

/// Scraped as OpenMetrics.
pub(crate) fn series(kind: SeriesKind) -> Box<dyn Series> {
    many_series(kind, "application/openmetrics-text; version=1.0.0")
}

/// Scraped as text 0.0.4, which is also the answer to a request without an `Accept`.
pub(crate) fn series_as_plain_text(kind: SeriesKind) -> Box<dyn Series> {
    many_series(kind, "text/plain")
}

/// The tests of this package run in one process, whose rows they share. A test that records into rows, or scrapes them,
/// holds this lock.
#[cfg(test)]
pub(crate) static ROWS: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[cfg(test)]
mod tests;
