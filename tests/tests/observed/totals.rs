//! Running totals, whose sums never fall.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use census::{Observed, TagKey, measure, tag, tags, view};
use census_tests::scrape;

use super::{row, rows};

#[tag]
static ENGINE: TagKey;

#[measure(total)]
static SENT: Observed<u64>;
#[measure(total)]
static BUSY: Observed<Duration>;
#[measure(total)]
static ENERGY: Observed<f64>;
#[measure(total)]
static ENGINES: Observed<u64>;
#[measure(total)]
static PARTLY: Observed<u64>;

view! {
    static SENT_BYTES: Sum<SENT> by (ENGINE);
    static SAID: Count<SENT> by (ENGINE);
    static BUSY_SECONDS: Sum<BUSY>;
    static JOULES: Sum<ENERGY>;
    static FEW_ENGINES: Sum<ENGINES> by (ENGINE) { max_series: 2 }
    static PARTS: Sum<PARTLY> by (ENGINE);
}

fn shared(value: u64) -> (Arc<AtomicU64>, Arc<AtomicU64>) {
    let shared = Arc::new(AtomicU64::new(value));
    (Arc::clone(&shared), shared)
}

#[test]
fn a_total_that_says_less_or_is_dropped_keeps_what_it_said() {
    let _alone = super::alone();
    let (sent, read) = shared(10);
    let observe = |read: Arc<AtomicU64>| {
        SENT.observe(move |seen| seen.record(read.load(Ordering::Relaxed), tags!(ENGINE = "a")))
    };
    let observation = observe(read);
    let sum = || match rows(&SENT_BYTES).as_slice() {
        [(_, census::Number::U64(sum))] => *sum,
        rows => panic!("{rows:?}"),
    };
    assert_eq!(sum(), 10);
    sent.store(25, Ordering::Relaxed);
    assert_eq!(sum(), 25);
    sent.store(5, Ordering::Relaxed);
    assert_eq!(sum(), 30, "it began anew");
    assert_eq!(rows(&SAID), [row(&["a"], 1_u64)]);
    drop(observation);
    assert_eq!(sum(), 30);
    assert!(rows(&SAID).is_empty(), "a count is of what is there");
    let (again, read) = shared(7);
    let observation = observe(read);
    assert_eq!(sum(), 37, "the engine was restarted");
    again.store(9, Ordering::Relaxed);
    assert_eq!(sum(), 39);
    let text = scrape::views_of_this_process();
    let lines = "# TYPE sent_bytes_total counter\nsent_bytes_total{engine=\"a\"} 39\n";
    assert!(text.contains(lines), "{text}");
    assert!(text.contains("# TYPE said gauge\n"), "{text}");
    let snapshot = census::snapshot();
    let is_monotonic = |name| snapshot.view(name).expect("a view").is_monotonic();
    assert!(is_monotonic("sent_bytes") && !is_monotonic("said"));
    drop(observation);
}

#[test]
fn a_row_for_which_nothing_is_said_stays() {
    let _alone = super::alone();
    let (engine, read) = shared(0);
    let observation = PARTLY.observe(move |seen| match read.load(Ordering::Relaxed) {
        0 => seen.record(3, tags!(ENGINE = "a")),
        1 => seen.record(4, tags!(ENGINE = "b")),
        _ => seen.record(5, tags!(ENGINE = "a")),
    });
    assert_eq!(rows(&PARTS), [row(&["a"], 3_u64)]);
    engine.store(1, Ordering::Relaxed);
    assert_eq!(rows(&PARTS), [row(&["a"], 3_u64), row(&["b"], 4_u64)]);
    engine.store(2, Ordering::Relaxed);
    assert_eq!(rows(&PARTS), [row(&["a"], 5_u64), row(&["b"], 4_u64)]);
    drop(observation);
}

#[test]
fn durations_and_floats_are_totals_too() {
    let _alone = super::alone();
    let mut said = [3.0, 4.5, -1.0, 0.5].into_iter();
    let observation = ENERGY.observe(move |seen| {
        seen.record(said.next().expect("four collections"), tags!());
    });
    for expected in [3.0, 4.5, 4.5, 5.0] {
        assert_eq!(
            rows(&JOULES),
            [row(&[], expected)],
            "a negative total is refused"
        );
    }
    drop(observation);
    let mut said = [3, 1].into_iter();
    let observation = BUSY.observe(move |seen| {
        seen.record(
            Duration::from_secs(said.next().expect("two collections")),
            tags!(),
        );
    });
    assert_eq!(rows(&BUSY_SECONDS), [row(&[], Duration::from_secs(3))]);
    assert_eq!(rows(&BUSY_SECONDS), [row(&[], Duration::from_secs(4))]);
    drop(observation);
}

#[test]
fn a_total_does_not_move_from_an_overflow_row() {
    let _alone = super::alone();
    let (round, read) = shared(0);
    let observation = ENGINES.observe(move |seen| {
        let engines: &[&str] = match read.load(Ordering::Relaxed) {
            0 => &["a", "b", "c", "d"],
            _ => &["d", "c"],
        };
        for engine in engines {
            seen.record(10, tags!(ENGINE = engine));
        }
    });
    let expected = [
        row(&["_overflow"], 20_u64),
        row(&["a"], 10_u64),
        row(&["b"], 10_u64),
    ];
    assert_eq!(rows(&FEW_ENGINES), expected);
    round.store(1, Ordering::Relaxed);
    assert_eq!(rows(&FEW_ENGINES), expected);
    drop(observation);
    assert_eq!(rows(&FEW_ENGINES), expected);
}
