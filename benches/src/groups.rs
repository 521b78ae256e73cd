//! The groups of cases that are timed in turn: which peers do which work.

use crate::beside_scrapes;
use crate::children;
use crate::harness::Case;
use crate::peers::{
    autometrics, census, clocks, measured, metrics, opentelemetry, prometheus, prometheus_client,
};
use crate::report::Report;
use crate::run::Effort;
use crate::work::{ForEachLabelSet, Method, STRINGS, Status, VALUES};

/// What can be asked for by name.
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) work: Work,
}

/// How it is measured.
pub(crate) enum Work {
    /// Cases that are timed in turn, with one thread and with two.
    Timed(fn() -> Vec<Case>),
    /// The same with one thread.
    TimedAlone(fn() -> Vec<Case>),
    /// Processes, a fresh one for each case.
    Children(fn(&mut Report, Effort)),
}

use Work::{Children, Timed, TimedAlone};

/// All of them, in the order in which they run.
pub(crate) const PLANS: [Plan; 15] = [
    Plan {
        name: "counter",
        about: "a counter with 2 labels known where one records (enums, 16 label sets)",
        work: Timed(|| {
            vec![
                Case::floor(labels),
                census::counter_labels(),
                prometheus_client::counter_labels(),
                prometheus::counter_labels(),
                measured::counter_labels(),
                measured::counter_sparse(),
                measured::counter_interned(),
                metrics::counter_labels(),
                opentelemetry::counter_labels(),
            ]
        }),
    },
    Plan {
        name: "strings",
        about: "a counter with 2 strings known at run time (1,000 series)",
        work: Timed(|| {
            vec![
                Case::floor(|pick| STRINGS.of(pick)),
                census::counter_strings(),
                prometheus_client::counter_strings(),
                prometheus::counter_strings(),
                measured::counter_strings(),
                measured::counter_closed_strings(),
                metrics::counter_strings(),
                opentelemetry::counter_strings(),
                opentelemetry::counter_shared_strings(),
            ]
        }),
    },
    Plan {
        name: "histogram",
        about: "a histogram of 14 buckets with 2 labels known where one records",
        work: Timed(|| {
            vec![
                Case::floor(|pick| (labels(pick), VALUES.of(pick))),
                census::histogram(),
                prometheus_client::histogram(),
                prometheus::histogram(),
                measured::histogram(),
                metrics::histogram(),
                opentelemetry::histogram(),
            ]
        }),
    },
    Plan {
        name: "three",
        about: "one measurement, three aggregates (count, sum, histogram) with 2 labels",
        work: Timed(|| {
            vec![
                Case::floor(|pick| (labels(pick), VALUES.of(pick))),
                census::three(),
                prometheus_client::three(),
                prometheus::three(),
                measured::three(),
                metrics::three(),
                opentelemetry::three(),
            ]
        }),
    },
    Plan {
        name: "literal",
        about: "a counter whose 2 labels are literals in the code (1 series)",
        work: Timed(|| {
            vec![
                Case::floor(|_| ()),
                census::literal(),
                prometheus_client::literal(),
                prometheus::literal(),
                measured::literal(),
                metrics::literal(),
                opentelemetry::literal(),
            ]
        }),
    },
    Plan {
        name: "bound-counter",
        about: "a counter by a handle that the program keeps (16 handles)",
        work: Timed(|| {
            vec![
                Case::floor(handles()),
                census::bound_counter(),
                prometheus_client::bound_counter(),
                prometheus::bound_counter(),
                measured::bound_counter(),
                metrics::bound_counter(),
                opentelemetry::bound_counter(),
            ]
        }),
    },
    Plan {
        name: "bound-histogram",
        about: "a histogram of 14 buckets by a handle that the program keeps (16 handles)",
        work: Timed(|| {
            let handles = handles();
            vec![
                Case::floor(move |pick| (handles(pick), VALUES.of(pick))),
                census::bound_histogram(),
                prometheus_client::bound_histogram(),
                prometheus::bound_histogram(),
                measured::bound_histogram(),
                metrics::bound_histogram(),
                opentelemetry::bound_histogram(),
            ]
        }),
    },
    Plan {
        name: "function",
        about: "an empty function, instrumented: calls by result, durations, and what the peer's macro adds",
        work: Timed(|| {
            vec![
                Case::floor(|_| ()),
                census::function(),
                autometrics::function(),
                prometheus_client::function(),
                clocks::standard(),
                clocks::quanta(),
            ]
        }),
    },
    Plan {
        name: "unviewed",
        about: "a measure that no view uses",
        work: Timed(|| vec![Case::floor(|_| ()), census::unviewed()]),
    },
    Plan {
        name: "beside-scrapes",
        about: "recording (10,000 series, 1,000 of them hit) while another thread does nothing, formats, or scrapes",
        work: TimedAlone(beside_scrapes::cases),
    },
    Plan {
        name: "scrape",
        about: "a scrape, per series, at several sizes",
        work: Children(children::scrape::run),
    },
    Plan {
        name: "insert",
        about: "a new series: the mean, and the worst of a million",
        work: Children(children::insert::run),
    },
    Plan {
        name: "memory",
        about: "bytes per series, with 1, 2 and 16 threads that record",
        work: Children(children::memory::series),
    },
    Plan {
        name: "memory-ended-threads",
        about: "bytes that are left of threads that have ended",
        work: Children(children::memory::ended_threads),
    },
    Plan {
        name: "scrape-memory",
        about: "peak bytes of a scrape at several sizes, and of hundreds at once",
        work: Children(children::memory::scrapes),
    },
];

fn labels(pick: usize) -> (Method, Status) {
    (Method::of(pick), Status::of(pick))
}

fn handles() -> impl Fn(usize) -> u64 + Send + Sync + 'static {
    let handles = ForEachLabelSet::new(|method, _| Box::new(method as u64));
    move |pick| **handles.of(pick)
}
