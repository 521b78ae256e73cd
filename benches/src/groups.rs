//! The groups of cases that are timed in turn: which peers do which work.

use crate::harness::{Case, Group};
use crate::peers::{
    autometrics, census, clocks, measured, metrics, opentelemetry, prometheus, prometheus_client,
};
use crate::work::{ForEachLabelSet, Method, STRINGS, Status, VALUES};

/// A group that is made when it is asked for.
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    cases: fn() -> Vec<Case>,
}

impl Plan {
    /// The group, with its cases ready.
    pub(crate) fn group(&self) -> Group {
        Group {
            name: self.name,
            about: self.about,
            cases: std::iter::once(Case::control())
                .chain((self.cases)())
                .collect(),
        }
    }
}

/// All of them, in the order in which they run.
pub(crate) const PLANS: [Plan; 9] = [
    Plan {
        name: "counter",
        about: "a counter with 2 labels known where one records (enums, 16 label sets)",
        cases: || {
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
        },
    },
    Plan {
        name: "strings",
        about: "a counter with 2 strings known at run time (1,000 series)",
        cases: || {
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
        },
    },
    Plan {
        name: "histogram",
        about: "a histogram of 14 buckets with 2 labels known where one records",
        cases: || {
            vec![
                Case::floor(|pick| (labels(pick), VALUES.of(pick))),
                census::histogram(),
                prometheus_client::histogram(),
                prometheus::histogram(),
                measured::histogram(),
                metrics::histogram(),
                opentelemetry::histogram(),
            ]
        },
    },
    Plan {
        name: "three",
        about: "one measurement, three aggregates (count, sum, histogram) with 2 labels",
        cases: || {
            vec![
                Case::floor(|pick| (labels(pick), VALUES.of(pick))),
                census::three(),
                prometheus_client::three(),
                prometheus::three(),
                measured::three(),
                metrics::three(),
                opentelemetry::three(),
            ]
        },
    },
    Plan {
        name: "literal",
        about: "a counter whose 2 labels are literals in the code (1 series)",
        cases: || {
            vec![
                Case::floor(|_| ()),
                census::literal(),
                prometheus_client::literal(),
                prometheus::literal(),
                measured::literal(),
                metrics::literal(),
                opentelemetry::literal(),
            ]
        },
    },
    Plan {
        name: "bound-counter",
        about: "a counter by a handle that the program keeps (16 handles)",
        cases: || {
            vec![
                Case::floor(handles()),
                census::bound_counter(),
                prometheus_client::bound_counter(),
                prometheus::bound_counter(),
                measured::bound_counter(),
                metrics::bound_counter(),
                opentelemetry::bound_counter(),
            ]
        },
    },
    Plan {
        name: "bound-histogram",
        about: "a histogram of 14 buckets by a handle that the program keeps (16 handles)",
        cases: || {
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
        },
    },
    Plan {
        name: "function",
        about: "an empty function, instrumented: calls by result, durations, and what the peer's macro adds",
        cases: || {
            vec![
                Case::floor(|_| ()),
                census::function(),
                autometrics::function(),
                prometheus_client::function(),
                clocks::standard(),
                clocks::quanta(),
            ]
        },
    },
    Plan {
        name: "unviewed",
        about: "a measure that no view uses",
        cases: || vec![Case::floor(|_| ()), census::unviewed()],
    },
];

fn labels(pick: usize) -> (Method, Status) {
    (Method::of(pick), Status::of(pick))
}

fn handles() -> impl Fn(usize) -> u64 + Send + Sync + 'static {
    let handles = ForEachLabelSet::new(|method, _| Box::new(method as u64));
    move |pick| **handles.of(pick)
}
