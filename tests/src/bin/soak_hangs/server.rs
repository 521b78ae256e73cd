//! The process that is attacked: it records, serves, and prints its state.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;

use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::scrape::collecting;
use census_tests::state::State;
use census_tests::threads::{Stop, on_threads, with_background};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;

use crate::lock;
use crate::plan::Plan;

/// A tenant.
#[tag]
static TENANT: TagKey;
/// Jobs done.
#[measure]
static JOBS: Measure<u64>;
/// The sizes of jobs.
#[measure]
static SIZE: Measure<u64>;
/// Jobs begun and ended.
#[measure]
static RUNNING: Measure<i64>;

view! {
    static JOBS_BY_TENANT: Sum<JOBS> by (TENANT);
    static JOB_SIZE: Distribution<SIZE> { buckets: [10, 100, 1000] };
    static JOBS_RUNNING: Sum<RUNNING>;
}

pub(crate) const TENANTS: [&str; 4] = ["a", "b", "c", "d"];

/// The buckets of `JOB_SIZE`: the label `le`, and sizes that belong to the bucket.
pub(crate) const BUCKETS: [(&str, RangeInclusive<u64>); 4] = [
    ("10.0", 0..=10),
    ("100.0", 11..=100),
    ("1000.0", 101..=1000),
    ("+Inf", 1001..=9999),
];

pub(crate) const RECORDERS: u64 = 4;

/// The exporter's deadline. It is longer than a short hang, and much shorter than the long one.
pub(crate) const DEADLINE: Duration = Duration::from_secs(5);

/// The bytes of a body, almost all of them in the labels of a few series.
pub(crate) const BODY: usize = 3_000_000;
const SERIES: usize = 20;

/// A collector with a large body, which hangs by the plan.
#[derive(Debug)]
struct Hanging(Plan);

impl Collector for Hanging {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        if let Some(hang) = self.0.hang(self.0.now()) {
            self.0.sleep_until(hang.end.min(self.0.end + 3600.0));
        }
        let mut family = encoder.encode_descriptor("large", "Large.", None, MetricType::Counter)?;
        for series in 0..SERIES {
            let labels = [
                ("series".to_owned(), series.to_string()),
                ("long".to_owned(), "x".repeat(BODY / SERIES)),
            ];
            ConstCounter::new(1_u64).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// Serves and records until the end of the plan. Prints the state of the process each second, and what was recorded.
pub(crate) fn serve(plan: Plan) {
    let exporter = collecting(Hanging(plan)).deadline(DEADLINE).build();
    let exporter = exporter.expect("a valid catalogue");
    let server = exporter.spawn("127.0.0.1:0").expect("a free port");
    println!("http://{}/metrics", server.local_addr());
    with_background(&[&|stop| print_samples(plan, stop)], || {
        let recorded = Mutex::new(BTreeMap::new());
        on_threads(0..RECORDERS, |thread| record_jobs(plan, thread, &recorded));
        for (series, value) in lock(&recorded).iter() {
            println!("recorded {series} {value}");
        }
        println!("all recorded");
        plan.sleep_until(plan.end - 2.0);
    });
    plan.sleep_until(plan.end);
    server.shutdown();
}

/// Records jobs, and adds their numbers to those of other threads, by series.
fn record_jobs(plan: Plan, thread: u64, recorded: &Mutex<BTreeMap<String, u64>>) {
    let mut random = fastrand::Rng::with_seed(thread);
    let mut jobs = 0;
    let mut sizes = 0;
    while plan.now() < plan.recorded() {
        record!(RUNNING = 1);
        for _ in 0..100 {
            for tenant in TENANTS {
                record!(JOBS = thread + 1, tags(TENANT = tenant));
            }
            for (_, range) in BUCKETS {
                let size = random.u64(range);
                record!(SIZE = size);
                sizes += size;
            }
            jobs += 1;
        }
        record!(RUNNING = -1);
        sleep(Duration::from_millis(5));
    }
    // A job that never ends.
    record!(RUNNING = 1);
    let mut recorded = lock(recorded);
    let mut add = |series: String, value| *recorded.entry(series).or_default() += value;
    for tenant in TENANTS {
        let series = format!("jobs_by_tenant_total{{tenant=\"{tenant}\"}}");
        add(series, jobs * (thread + 1));
    }
    for ((le, _), buckets) in BUCKETS.iter().zip(1..) {
        add(format!("job_size_bucket{{le=\"{le}\"}}"), jobs * buckets);
    }
    add("job_size_count".to_owned(), jobs * 4);
    add("job_size_sum".to_owned(), sizes);
    add("jobs_running".to_owned(), 1);
}

/// Prints the memory in KiB, the threads and the file descriptors of this process each second.
fn print_samples(plan: Plan, stop: &Stop) {
    while !stop.is_set() {
        let State {
            memory,
            threads,
            descriptors,
        } = State::now();
        println!("sample {:.0} {memory} {threads} {descriptors}", plan.now());
        sleep(Duration::from_secs(1));
    }
}
