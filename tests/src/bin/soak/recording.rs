//! What the attacked process records. Its threads count for themselves what they recorded.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use census::{Measure, TagKey, View, measure, record, tag, view};
use census_tests::threads::{Stop, map_threads, on_new_thread};

/// A tenant.
#[tag]
static TENANT: TagKey;
/// One of a thousand things.
#[tag]
static ITEM: TagKey;
/// A session, which is new every tenth of a second.
#[tag]
static SESSION: TagKey;
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
    static JOBS_BY_ITEM: Count<JOBS> by (ITEM);
    static JOBS_BY_SESSION: Count<JOBS> by (SESSION) { idle: Duration::from_secs(3) };
    static JOB_SIZE: Distribution<SIZE> { buckets: [10, 100, 1000] };
    static JOB_SIZE_NATIVE: Distribution<SIZE> { buckets: native };
    static JOBS_RUNNING: Sum<RUNNING>;
}

const TENANTS: [&str; 4] = ["a", "b", "c", "d"];
const ITEMS: usize = 1000;

/// The number of threads that record at one time.
pub(crate) const RECORDERS: u64 = 3;
/// The time after which a thread that records ends, and another one takes its place.
const LIFE: Duration = Duration::from_secs(5);

/// What was recorded.
#[derive(Clone, Copy, Debug, Default)]
struct Recorded {
    /// The jobs of each tenant. A job records one size.
    jobs: u64,
    /// The sum of all values of `JOBS` of a tenant.
    of_tenant: u64,
    sizes: u64,
    up_to_100: u64,
}

/// Records on several threads until this time. Returns queries of Prometheus, and the values that they must have.
pub(crate) fn record_jobs(until: Instant) -> BTreeMap<String, u64> {
    let threads = map_threads(0..RECORDERS, |slot| {
        let mut all = Recorded::default();
        for life in 0.. {
            if Instant::now() >= until {
                break;
            }
            let end = until.min(Instant::now() + LIFE);
            let of_life = on_new_thread(|| record_for_a_life(slot, life, end));
            all = all.and(of_life);
        }
        // A job that never ends.
        record!(RUNNING = 1);
        all
    });
    let Recorded {
        jobs,
        of_tenant,
        sizes,
        up_to_100,
    } = threads.into_iter().fold(Recorded::default(), Recorded::and);
    let all_jobs = jobs * 4;
    let mut expected = BTreeMap::new();
    let mut expect = |query: &str, value| expected.insert(query.to_owned(), value);
    for tenant in TENANTS {
        expect(
            &format!("jobs_by_tenant_total{{tenant=\"{tenant}\"}}"),
            of_tenant,
        );
    }
    expect("sum(jobs_by_item_total)", all_jobs);
    expect("count(jobs_by_item_total)", 1000);
    expect("jobs_running", RECORDERS);
    expect("job_size_count", all_jobs);
    expect("job_size_sum", sizes);
    // In OpenMetrics the bound is written `100.0`.
    expect("job_size_bucket{le=~\"100(\\\\.0)?\"}", up_to_100);
    expect("job_size_bucket{le=\"+Inf\"}", all_jobs);
    // With native histograms a sample is one histogram, and else there are series.
    expect(
        "histogram_count(job_size_native) or job_size_native_count",
        all_jobs,
    );
    expect(
        "histogram_sum(job_size_native) or job_size_native_sum",
        sizes,
    );
    expected
}

fn record_for_a_life(slot: u64, life: u64, end: Instant) -> Recorded {
    let mut random = fastrand::Rng::with_seed(life * RECORDERS + slot);
    let mut recorded = Recorded::default();
    for turn in 0_u32.. {
        if Instant::now() >= end {
            break;
        }
        record!(RUNNING = 1);
        let session = format!("{slot}-{life}-{}", turn / 10);
        for _ in 0..50 {
            for tenant in TENANTS {
                let item = random.usize(..ITEMS).to_string();
                let (item, session) = (item.as_str(), session.as_str());
                record!(
                    JOBS = slot + 1,
                    tags(TENANT = tenant, ITEM = item, SESSION = session)
                );
                let size = random.u64(..2000);
                record!(SIZE = size);
                recorded.sizes += size;
                recorded.up_to_100 += u64::from(size <= 100);
            }
            recorded.jobs += 1;
            recorded.of_tenant += slot + 1;
        }
        record!(RUNNING = -1);
        sleep(Duration::from_millis(10));
    }
    recorded
}

impl Recorded {
    fn and(self, other: Self) -> Self {
        Self {
            jobs: self.jobs + other.jobs,
            of_tenant: self.of_tenant + other.of_tenant,
            sizes: self.sizes + other.sizes,
            up_to_100: self.up_to_100 + other.up_to_100,
        }
    }
}

/// Registers views and unregisters them, while others record to their measures.
pub(crate) fn come_and_go(stop: &Stop) {
    while !stop.is_set() {
        let views = [
            View::count("passing_jobs", &JOBS).column(&ITEM).register(),
            View::count("passing_sizes", &SIZE).register(),
        ];
        sleep(Duration::from_secs(1));
        for view in views {
            view.expect("a free name").unregister();
        }
        sleep(Duration::from_secs(1));
    }
}
