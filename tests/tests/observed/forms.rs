//! All forms in which a measure can be read.

use std::sync::Mutex;
use std::time::Duration;

use census::{Observed, Readings, TagKey, measure, record, tag, tags, view};

static JOBS: Mutex<Vec<&str>> = Mutex::new(Vec::new());

struct Pool {
    name: &'static str,
    size: u64,
}

fn pools() -> [Pool; 2] {
    [("main", 5), ("batch", 3)].map(|(name, size)| Pool { name, size })
}

fn cpu_time() -> Duration {
    Duration::from_millis(1_500)
}

fn temperatures(seen: &mut Readings<'_, f64>) {
    seen.record(-3.5, tags!());
}

#[tag]
static POOL: TagKey;

/// Jobs waiting.
#[measure]
static QUEUE_DEPTH: Observed<u64> = || JOBS.lock().expect("no panic").len() as u64;

/// Connections, by pool.
#[measure]
static POOL_SIZE: Observed<u64> = |seen| {
    for pool in pools() {
        seen.record(pool.size, tags!(POOL = pool.name));
    }
};

/// Processor time used.
#[measure(total)]
static CPU: Observed<Duration> = cpu_time;

#[measure]
static TEMPERATURE: Observed<f64> = temperatures;

#[measure]
static BALANCE: Observed<i64> = move || -7;

#[measure]
static IDLE: Observed<u64>;

#[measure(total)]
static HITS: Observed<u64>;

#[measure]
static HIT_RATIO: Observed<f64>;

view! {
    static QUEUE: LastValue<QUEUE_DEPTH>;
    static POOL_CONNECTIONS: Sum<POOL_SIZE> by (POOL);
    static ALL_CONNECTIONS: Sum<POOL_SIZE>;
    static POOLS: Count<POOL_SIZE>;
    static CPU_SECONDS: Sum<CPU>;
    static DEGREES: LastValue<TEMPERATURE>;
    static BALANCE_NOW: Sum<BALANCE>;
    static IDLE_CONNECTIONS: Sum<IDLE> by (POOL);
    static ENGINE_HITS: Sum<HITS>;
    static ENGINE_RATIO: LastValue<HIT_RATIO>;
}

#[test]
fn a_function_without_arguments_says_one_value() {
    let _alone = super::alone();
    JOBS.lock().expect("no panic").extend(["a", "b"]);
    assert_eq!(QUEUE.data().get(&tags!()).expect("a row"), &2);
    assert_eq!(BALANCE_NOW.data().get(&tags!()).expect("a row"), &-7);
}

#[test]
fn a_function_with_an_argument_says_values_with_tags() {
    let _alone = super::alone();
    let data = POOL_CONNECTIONS.data();
    let rows: Vec<_> = data.rows.iter().map(|row| row.tag(&POOL)).collect();
    assert_eq!(rows, [Some("batch"), Some("main")], "sorted by their tags");
    assert_eq!(data.get(&tags!(POOL = "main")).expect("a row"), &5);
    assert_eq!(ALL_CONNECTIONS.data().get(&tags!()).expect("a row"), &8);
    assert_eq!(POOLS.data().get(&tags!()), Some(&2));
}

#[test]
fn a_path_to_a_function_of_either_shape_reads() {
    let _alone = super::alone();
    let cpu = CPU_SECONDS.data();
    assert_eq!(
        cpu.get(&tags!()).expect("a row"),
        &Duration::from_millis(1_500)
    );
    assert_eq!(DEGREES.data().get(&tags!()).expect("a row"), &-3.5);
}

#[test]
fn objects_add_themselves() {
    let _alone = super::alone();
    assert!(IDLE_CONNECTIONS.data().rows.is_empty());
    let pool = Pool {
        name: "main",
        size: 4,
    };
    let observation = IDLE.observe(move |seen| seen.record(pool.size, tags!(POOL = pool.name)));
    let further = IDLE.observe(|seen| seen.record(1, tags!(POOL = "main")));
    let main = tags!(POOL = "main");
    assert_eq!(IDLE_CONNECTIONS.data().get(&main).expect("a row"), &5);
    drop(observation);
    assert_eq!(IDLE_CONNECTIONS.data().get(&main).expect("a row"), &1);
    drop(further);
    assert!(IDLE_CONNECTIONS.data().rows.is_empty());
}

#[test]
fn one_reading_says_values_of_several_measures() {
    let _alone = super::alone();
    let mut stats = (10, 0.5);
    let observation = census::observe([&HITS, &HIT_RATIO], move |seen| {
        stats.0 += 1;
        seen.record(&HITS, stats.0, tags!());
        seen.record(&HIT_RATIO, stats.1, tags!());
    });
    assert_eq!(ENGINE_HITS.data().get(&tags!()).expect("a row"), &11);
    assert_eq!(ENGINE_RATIO.data().get(&tags!()).expect("a row"), &0.5);
    drop(observation);
    assert!(ENGINE_RATIO.data().rows.is_empty());
    let hits = ENGINE_HITS.data();
    assert_eq!(hits.get(&tags!()).expect("a total stays"), &11);
}

#[test]
fn a_measure_says_what_it_is() {
    let _alone = super::alone();
    assert_eq!(QUEUE_DEPTH.name(), "observed/queue_depth");
    assert_eq!(QUEUE_DEPTH.description(), "Jobs waiting.");
    assert_eq!((CPU.unit(), CPU.is_total()), ("s", true));
    assert!(!QUEUE_DEPTH.is_total());
    assert_eq!(census::check(), Ok(()));
    let clone = IDLE.clone();
    assert_eq!(clone.origin(), IDLE.origin());
    assert_eq!(format!("{clone:?}"), "Observed(\"observed/idle\")");
}

#[test]
fn a_reading_records_to_other_measures() {
    #[measure]
    static READ: census::Measure<u64>;
    view! { static TIMES_READ: Count<READ>; }
    let _alone = super::alone();
    let observation = IDLE.observe(|_| record!(READ = 1));
    let _ = IDLE_CONNECTIONS.data();
    assert!(
        TIMES_READ
            .data()
            .get(&tags!())
            .is_some_and(|count| *count > 0)
    );
    drop(observation);
}
