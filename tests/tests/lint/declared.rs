//! Good and bad views.

use std::sync::OnceLock;
use std::time::Duration;

use census::testing::{Finding, lint};
use census::{
    LastValue, Measure, Observed, Readings, TagKey, TagValue, View, measure, process, record, tag,
    tags, tokio_runtime, view,
};

#[measure]
pub(crate) static UNDOCUMENTED: Measure<u64>;
/// Jobs.
#[measure]
pub(crate) static DOCUMENTED: Measure<u64>;
/// How long jobs wait.
#[measure]
pub(crate) static WAIT: Measure<Duration>;
/// How long jobs pause.
#[measure(unit = "ms")]
pub(crate) static PAUSE: Measure<Duration>;
/// How long jobs sleep.
#[measure(unit = "ms")]
pub(crate) static SLEEP: Measure<u64>;
/// Sizes of jobs.
#[measure(unit = "By")]
pub(crate) static SIZE: Measure<u64>;
/// Large sizes of jobs.
#[measure(unit = "MiBy")]
pub(crate) static LARGE_SIZE: Measure<u64>;
/// How full the queue is.
#[measure(unit = "%")]
pub(crate) static FILL: Measure<f64>;
/// How full the disk is.
#[measure]
pub(crate) static DISK: Measure<f64>;
/// The age of the oldest job.
#[measure]
pub(crate) static AGE: Measure<i64>;
/// The length of the belt.
#[measure(unit = "m")]
pub(crate) static BELT: Measure<f64>;
/// When jobs began.
#[measure(unit = "s")]
pub(crate) static BEGINNING: Measure<f64>;
/// Users.
#[measure]
pub(crate) static USERS: Measure<u64>;
/// Jobs by user.
#[measure]
pub(crate) static JOBS_BY_USER: Measure<u64>;
/// Queues.
#[measure]
pub(crate) static QUEUES: Observed<u64> = |seen: &mut Readings<u64>| {
    for queue in ["a", "b", "c"] {
        seen.record(1, tags!(USER = queue));
    }
};

#[tag]
pub(crate) static USER: TagKey;
#[tag(name = "userId")]
pub(crate) static USER_ID: TagKey;
#[tag]
pub(crate) static LE: TagKey;
#[tag]
pub(crate) static METHOD: TagKey<Method>;

#[derive(Clone, Copy, Debug, TagValue)]
enum Method {
    Get,
    Post,
}

view! {
    // No HELP.
    pub(crate) static EMPTY: Count<UNDOCUMENTED>;
    /// Jobs that were counted.
    pub(crate) static OF_ITS_OWN: Count<UNDOCUMENTED> { name: "own" }
    pub(crate) static OF_ITS_MEASURE: Sum<DOCUMENTED>;
    pub(crate) static BLANK: Sum<UNDOCUMENTED> { description: "  " }

    // Names.
    pub(crate) static CAMEL: Count<DOCUMENTED> { name: "jobsDone" }
    pub(crate) static DONE_TOTAL: LastValue<DOCUMENTED>;
    pub(crate) static JOBS_COUNT: LastValue<DOCUMENTED>;
    pub(crate) static SAMPLES_BUCKET: LastValue<DOCUMENTED>;
    pub(crate) static SLASHES: LastValue<DOCUMENTED> { name: "app/jobs/sum" }
    pub(crate) static JOBS_TIMESTAMP_SECONDS: Distribution<BEGINNING> { buckets: [1.0] }
    pub(crate) static LAST_TIMESTAMP_SECONDS: LastValue<BEGINNING>;
    pub(crate) static WORK_HISTOGRAM: Distribution<DOCUMENTED> { buckets: [1] }
    pub(crate) static GAUGE_OF_JOBS: LastValue<DOCUMENTED>;
    // One name would be proposed for all.
    pub(crate) static WORKERS_COUNTER: Count<DOCUMENTED>;
    pub(crate) static WORKERS_HISTOGRAM: Count<DOCUMENTED>;
    pub(crate) static WORKERS_SUMMARY: Count<DOCUMENTED>;

    // Units.
    pub(crate) static WAIT_SECONDS: Distribution<WAIT>;
    pub(crate) static WAITS: Count<WAIT>;
    pub(crate) static WAITS_SEC: Distribution<WAIT>;
    pub(crate) static WAIT_MS: Count<WAIT>;
    pub(crate) static WAITED: Sum<WAIT>;
    pub(crate) static PAUSE_MS: Distribution<PAUSE>;
    pub(crate) static STOP_MILLISECONDS: Distribution<PAUSE>;
    pub(crate) static BREAK_SECONDS: Distribution<PAUSE>;
    pub(crate) static SLEPT: Sum<SLEEP>;
    pub(crate) static SLEEP_MINUTES: LastValue<SLEEP>;
    pub(crate) static RECEIVED: Sum<SIZE> { name: "received_total" }
    pub(crate) static SENT_KB: Sum<SIZE> { name: "sent_KB_total" }
    pub(crate) static SENT_MEBIBYTES: Sum<LARGE_SIZE>;
    pub(crate) static FILL_PERCENT: LastValue<FILL>;
    pub(crate) static FILLED: LastValue<FILL>;
    pub(crate) static DISK_PERCENT: LastValue<DISK>;
    pub(crate) static AGE_HOURS: LastValue<AGE>;
    pub(crate) static BELT_METRES: LastValue<BELT>;
    pub(crate) static BELT_M: LastValue<BELT> { name: "2_belt_m" }

    // Labels.
    pub(crate) static USERS_BY_ID: Count<USERS> by (USER_ID);
    pub(crate) static USERS_RENAMED: Count<USERS> by (USER as UserName);
    pub(crate) static USERS_UP_TO: Count<USERS> by (LE);
    pub(crate) static USERS_QUANTILE: Distribution<USERS> by (USER as quantile) { buckets: [1] }

    // Rows.
    pub(crate) static BOUNDED: Count<JOBS_BY_USER> by (METHOD, USER) { max_series: 2 }
    pub(crate) static OPEN: Count<JOBS_BY_USER> by (USER_ID as id, USER, METHOD) { max_series: 1, zero: false }
    pub(crate) static CLOSED: Count<JOBS_BY_USER> by (METHOD);
    pub(crate) static CLOSED_AND_SMALL: Count<JOBS_BY_USER> by (METHOD) { max_series: 1, zero: false }
    pub(crate) static QUEUES_BY_NAME: Sum<QUEUES> by (USER) { max_series: 1 }
}

/// What the library finds in the views of this file.
pub(crate) struct Linted {
    /// The view that is made at run time.
    pub(crate) late: View<LastValue>,
    pub(crate) findings: Vec<Finding>,
}

/// Registers views, records measurements and calls `lint`, once: before other tests register views and read values.
pub(crate) fn linted() -> &'static Linted {
    static LINTED: OnceLock<Linted> = OnceLock::new();
    LINTED.get_or_init(|| {
        process::VIEWS.register().expect("the views of the process");
        tokio_runtime::VIEWS.register().expect("the views of tokio");
        for measure in [&UNDOCUMENTED, &DOCUMENTED, &SLEEP, &SIZE, &LARGE_SIZE] {
            measure.record(1);
        }
        for measure in [&FILL, &DISK, &BELT, &BEGINNING] {
            measure.record(1.0);
        }
        for measure in [&WAIT, &PAUSE] {
            measure.record(Duration::from_millis(1));
        }
        AGE.record(1);
        record!(USERS = 1, tags(USER = "ann", USER_ID = "1", LE = "2"));
        for user in ["ann", "ben", "cho"] {
            record!(JOBS_BY_USER = 1, tags(USER = user, METHOD = Method::Get));
        }
        record!(JOBS_BY_USER = 1, tags(USER = "ann", METHOD = Method::Post));
        assert_eq!(QUEUES_BY_NAME.data().overflowed, 2);
        let waiting = Measure::<u64>::builder("lib/waiting").unit("ms").register();
        let waiting = waiting.expect("a new measure");
        let late = View::last_value("late_ms", &waiting).column(&USER_ID);
        let late = late.register().expect("a new view");
        waiting.record(1);
        Linted {
            late,
            findings: lint(),
        }
    })
}
