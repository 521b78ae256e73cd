//! A program whose metrics are hard to export: each type of value with each aggregation, and texts that a careless
//! encoder breaks on. It records them once, and serves them until it is killed. `census_tests::expected` has the series
//! that a Prometheus must see.

use std::time::Duration;

use census::prometheus::Exporter;
use census::{Measure, TagKey, calls, measure, record, tag, view};
use census_tests::hostile;

/// A kind of thing.
#[tag]
static KIND: TagKey;
/// A tenant. The name cannot be a label's name as it is.
#[tag(name = "fixture/tenant-id")]
static TENANT: TagKey;
/// A number.
#[tag]
static SHARD: TagKey;

/// Bytes read.
#[measure(unit = "By")]
static READ: Measure<u64>;
/// Coins put into the purse or taken out.
#[measure(unit = "{coin}")]
static CHANGE: Measure<i64>;
/// Any number.
#[measure]
static RATIO: Measure<f64>;
/// How long a call took.
#[measure]
static LATENCY: Measure<Duration>;
/// How long nothing happened.
#[measure(unit = "ms")]
static PAUSE: Measure<Duration>;
/// Greetings sent.
#[measure]
static GREETINGS: Measure<u64>;
/// Never recorded.
#[measure]
static UNTOUCHED: Measure<u64>;
#[measure]
static UNDESCRIBED: Measure<u64>;

view! {
    static READS: Count<READ> by (KIND);
    static READ_BYTES: Sum<READ> by (KIND);
    static LAST_READ_BYTES: LastValue<READ> by (KIND);
    static READ_SIZE_BYTES: Distribution<READ> by (KIND) { buckets: [0, 1 << 10, 1 << 20] };

    static CHANGES: Count<CHANGE>;
    static BALANCE: Sum<CHANGE>;
    static LAST_CHANGE: LastValue<CHANGE>;
    static CHANGE_SIZE: Distribution<CHANGE> { buckets: [-100, 0, 100] };

    static RATIOS: Count<RATIO> by (KIND);
    static RATIOS_ADDED: Sum<RATIO> by (KIND);
    static LAST_RATIO: LastValue<RATIO> by (KIND);
    static RATIO_SPREAD: Distribution<RATIO> by (KIND) { buckets: [0.1, 0.5, 1e21] };

    static CALLS: Count<LATENCY>;
    static BUSY_SECONDS: Sum<LATENCY>;
    static LAST_LATENCY_SECONDS: LastValue<LATENCY>;
    static LATENCY_SECONDS: Distribution<LATENCY>;
    static PAUSE_MILLISECONDS: Distribution<PAUSE> { buckets: [Duration::from_micros(500), Duration::from_millis(20)] };

    /// Greetings by tenant.
    static GREETED: Sum<GREETINGS> by (TENANT) { name: "fixture/greeted-tenants" };
    static GREETINGS_BY_SHARD: Count<GREETINGS> by (SHARD) { max_series: 3 };
    static DESCRIBED: LastValue<GREETINGS> { description: hostile::DESCRIPTION };
    static UNDESCRIBED_TOTAL: Sum<UNDESCRIBED>;

    static UNTOUCHED_COUNT: Count<UNTOUCHED> { name: "untouched" };
    static UNTOUCHED_SIZE: Distribution<UNTOUCHED> { buckets: [1] };
    static UNTOUCHED_LAST: LastValue<UNTOUCHED>;
    static UNTOUCHED_BY_KIND: Count<UNTOUCHED> by (KIND);
}

fn main() {
    // The views of functions have rows of other crates' functions. Other tests check them.
    calls::CALLS.unregister();
    calls::DURATIONS.unregister();
    calls::CALLS_IN_FLIGHT.unregister();
    record_bytes();
    for change in [-100, -99, 0, 250, -151] {
        record!(CHANGE = change);
    }
    for ratio in [
        0.1,
        0.125,
        f64::NAN,
        0.25,
        f64::NEG_INFINITY,
        0.75,
        2_f64.powi(70),
    ] {
        record!(RATIO = ratio, tags(KIND = "ratio"));
    }
    record!(RATIO = -0.0, tags(KIND = "zero"));
    record_times();
    record_greetings();
    let exporter = Exporter::builder()
        .namespace("fixture")
        .const_label("region", hostile::CONST_LABEL)
        .build();
    let server = exporter
        .expect("a valid catalogue")
        .spawn("127.0.0.1:0")
        .expect("a free port");
    let address = server.local_addr();
    #[expect(clippy::print_stdout, reason = "a test reads this line")]
    {
        println!("http://{address}/metrics");
    }
    loop {
        std::thread::park();
    }
}

fn record_bytes() {
    record!(READ = 0, tags(KIND = "small"));
    record!(
        READ = 1 << 10,
        tags(KIND = "small"),
        exemplar(trace_id = "old")
    );
    record!(
        READ = 1 << 10,
        tags(KIND = "small"),
        exemplar(trace_id = "new", "span-id" = 7)
    );
    record!(READ = (1 << 10) + 1, tags(KIND = "big"));
    record!(
        READ = 1 << 40,
        tags(KIND = "big"),
        exemplar(note = "a \"quoted\" word\nC:\\new")
    );
    record!(
        READ = 1 << 20,
        tags(KIND = "big"),
        exemplar(note = "x".repeat(129))
    );
    record!(READ = u64::MAX - 1, tags(KIND = "huge"));
}

fn record_times() {
    record!(LATENCY = Duration::from_millis(5));
    record!(
        LATENCY = Duration::from_micros(30_500),
        exemplar(trace_id = "4bf92f3577b34da6a3ce929d0e0e4736")
    );
    record!(
        LATENCY = Duration::from_hours(1),
        exemplar(trace_id = "slow")
    );
    record!(LATENCY = Duration::from_millis(2500));
    record!(PAUSE = Duration::from_micros(500));
    record!(PAUSE = Duration::from_micros(20_001));
}

fn record_greetings() {
    for (greetings, tenant) in (1..).zip(hostile::TAG_VALUES) {
        record!(GREETINGS = greetings, tags(TENANT = tenant));
    }
    record!(GREETINGS = 100, tags(TENANT = hostile::too_long()));
    record!(GREETINGS = 1000, tags(TENANT = hostile::truncated()));
    for shard in 0..10 {
        record!(GREETINGS = shard, tags(SHARD = shard));
    }
    record!(GREETINGS = 7, tags(SHARD = 0));
    record!(UNDESCRIBED = 1);
}
