//! The groups: the cases of each, and how each is measured.

use crate::beside_scrapes;
use crate::builds;
use crate::case::Case;
use crate::children::{http, insert, memory, observed, scrape};
use crate::effort::Effort;
use crate::peers::{
    autometrics, census, clocks, fastmetrics, foundations_metrics, measured, metrics, nm,
    opentelemetry, prometheus, prometheus_client, vise,
};
use crate::report::Report;
use crate::work::{ForEachLabelSet, Method, STRINGS, Status, VALUES};

/// Cases that do the same work. The command line names groups.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) procedure: Procedure,
}

/// How a group is measured.
pub(crate) enum Procedure {
    /// The cases are timed in turn, with one thread and with several.
    Timed(fn() -> Vec<Case>),
    /// The cases are timed in turn, with one thread.
    TimedOnOneThread(fn() -> Vec<Case>),
    /// Each case runs in child processes of its own. The function adds the figures to the report and prints them.
    Children(fn(&mut Report, Effort)),
    /// As `Children`, and only if the command line names the group, because it takes minutes.
    OnlyIfNamed(fn(&mut Report, Effort)),
}

use Procedure::{Children, OnlyIfNamed, Timed, TimedOnOneThread};

/// All groups, in the order in which they run.
pub(crate) const GROUPS: [Group; 18] = [
    Group {
        name: "counter",
        about: "a counter with 2 labels that the recording code knows (enums, 16 label sets)",
        procedure: Timed(|| {
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
                foundations_metrics::counter_labels(),
                foundations_metrics::counter_map(),
                vise::counter_labels(),
                fastmetrics::counter_labels(),
                nm::counter_labels(),
                nm::counter_pushed(),
            ]
        }),
    },
    Group {
        name: "strings",
        about: "a counter with 2 strings known at run time (1,000 series)",
        procedure: Timed(|| {
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
                foundations_metrics::counter_strings(),
                vise::counter_strings(),
                fastmetrics::counter_strings(),
            ]
        }),
    },
    Group {
        name: "histogram",
        about: "a histogram of 14 buckets with 2 labels that the recording code knows",
        procedure: Timed(|| {
            vec![
                Case::floor(|pick| (labels(pick), VALUES.of(pick))),
                census::histogram(),
                census::native_histogram(),
                prometheus_client::histogram(),
                prometheus::histogram(),
                measured::histogram(),
                metrics::histogram(),
                opentelemetry::histogram(),
                foundations_metrics::histogram(),
                vise::histogram(),
                fastmetrics::histogram(),
                nm::histogram(),
            ]
        }),
    },
    Group {
        name: "three",
        about: "one measurement, three aggregates (count, sum, histogram) with 2 labels",
        procedure: Timed(|| {
            vec![
                Case::floor(|pick| (labels(pick), VALUES.of(pick))),
                census::three_aggregates(),
                prometheus_client::three_aggregates(),
                prometheus::three_aggregates(),
                measured::three_aggregates(),
                metrics::three_aggregates(),
                opentelemetry::three_aggregates(),
                foundations_metrics::three_aggregates(),
                vise::three_aggregates(),
                fastmetrics::three_aggregates(),
                nm::three_aggregates(),
            ]
        }),
    },
    Group {
        name: "literal",
        about: "a counter whose 2 labels are literals in the code (1 series)",
        procedure: Timed(|| {
            vec![
                Case::floor(|_| ()),
                census::literal(),
                prometheus_client::literal(),
                prometheus::literal(),
                measured::literal(),
                metrics::literal(),
                opentelemetry::literal(),
                foundations_metrics::literal(),
                vise::literal(),
                fastmetrics::literal(),
                nm::literal(),
            ]
        }),
    },
    Group {
        name: "bound-counter",
        about: "a counter by a handle that the program keeps (16 handles)",
        procedure: Timed(|| {
            vec![
                Case::floor(handles()),
                census::bound_counter(),
                census::local_counter(),
                prometheus_client::bound_counter(),
                prometheus::bound_counter(),
                measured::bound_counter(),
                metrics::bound_counter(),
                opentelemetry::bound_counter(),
                foundations_metrics::bound_counter(),
                vise::bound_counter(),
                fastmetrics::bound_counter(),
                nm::bound_counter(),
            ]
        }),
    },
    Group {
        name: "bound-histogram",
        about: "a histogram of 14 buckets by a handle that the program keeps (16 handles)",
        procedure: Timed(|| {
            let handles = handles();
            vec![
                Case::floor(move |pick| (handles(pick), VALUES.of(pick))),
                census::bound_histogram(),
                census::local_histogram(),
                prometheus_client::bound_histogram(),
                prometheus::bound_histogram(),
                measured::bound_histogram(),
                metrics::bound_histogram(),
                opentelemetry::bound_histogram(),
                foundations_metrics::bound_histogram(),
                vise::bound_histogram(),
                fastmetrics::bound_histogram(),
                nm::bound_histogram(),
            ]
        }),
    },
    Group {
        name: "function",
        about: "a call of an empty, instrumented function: calls by result, durations, and additions of the peer's macro",
        procedure: Timed(|| {
            vec![
                Case::floor(|_| ()),
                census::function(),
                autometrics::function(),
                prometheus_client::function(),
                nm::function(),
                clocks::standard(),
                clocks::quanta(),
            ]
        }),
    },
    Group {
        name: "unviewed",
        about: "a measure that no view uses",
        procedure: Timed(|| vec![Case::floor(|_| ()), census::unviewed()]),
    },
    Group {
        name: "beside-scrapes",
        about: "recording (into 1,000 of 10,000 series) while another thread sleeps, formats, scrapes, changes views, or makes rows that go",
        procedure: TimedOnOneThread(beside_scrapes::cases),
    },
    Group {
        name: "scrape",
        about: "a scrape, per series, at several sizes",
        procedure: Children(scrape::run),
    },
    Group {
        name: "observed",
        about: "a scrape of 1,000 values that are read: as 1,000 metrics, and as one metric",
        procedure: Children(observed::run),
    },
    Group {
        name: "http",
        about: "what a layer adds to a request to an empty handler: time, allocations, instructions",
        procedure: Children(http::run),
    },
    Group {
        name: "insert",
        about: "the first measurement of a new series: mean and maximum of a million",
        procedure: Children(insert::run),
    },
    Group {
        name: "memory",
        about: "bytes per series, recorded by 1, 2 and 16 threads",
        procedure: Children(memory::bytes_per_series),
    },
    Group {
        name: "memory-ended-threads",
        about: "bytes that remain after threads have ended",
        procedure: Children(memory::ended_threads),
    },
    Group {
        name: "scrape-memory",
        about: "peak bytes of a scrape at several sizes, and of 200 scrapes at once",
        procedure: Children(memory::scrapes),
    },
    Group {
        name: "build",
        about: "seconds and bytes of programs that are built; only if it is named",
        procedure: OnlyIfNamed(builds::run),
    },
];

fn labels(pick: usize) -> (Method, Status) {
    (Method::of(pick), Status::of(pick))
}

fn handles() -> impl Fn(usize) -> u64 + Send + Sync + 'static {
    let handles = ForEachLabelSet::new(|method, _| Box::new(method as u64));
    move |pick| **handles.of(pick)
}
