//! The program's source of exemplars. A program of its own, because it can have only one source.

use std::cell::Cell;
use std::sync::Once;
use std::thread;
use std::time::Duration;

use census::prometheus::Exporter;
use census::{
    Buckets, Distribution, ExemplarsFromTwice, Measure, TagKey, TagMap, View, measure, record, tag,
    tags, view,
};
use census_tests::scrape;

thread_local! {
    static IS: Cell<Mode> = const { Cell::new(Mode::Silent) };
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// What the source does on this thread.
#[derive(Clone, Copy)]
enum Mode {
    Silent,
    Labels(u32),
    Panics,
    Records,
    /// Another thread registers the view `CHANGED_BY_SOURCE` again.
    ChangesViews,
}

fn source() -> Option<(&'static str, u32)> {
    ASKED.set(ASKED.get() + 1);
    match IS.get() {
        Mode::Silent => None,
        Mode::Labels(id) => Some(("trace_id", id)),
        Mode::Panics => {
            assert_eq!(ASKED.get(), 0, "on purpose");
            None
        }
        Mode::Records => {
            NESTED.record(1);
            record!(NESTED = 1, tags(KEY = "x".repeat(2)), exemplar(own = 1));
            Some(("trace_id", 9))
        }
        Mode::ChangesViews => {
            let change = || {
                CHANGED_BY_SOURCE.unregister();
                CHANGED_BY_SOURCE.register()
            };
            let changed = thread::scope(|threads| threads.spawn(change).join());
            assert_eq!(changed.expect("it does not panic"), Ok(()));
            None
        }
    }
}

/// Sets the source, once for all tests.
fn set_source() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| assert_eq!(census::exemplars_from(source), Ok(())));
}

/// How often the source is asked while `f` runs on this thread.
fn asked(mode: Mode, f: impl FnOnce()) -> u32 {
    set_source();
    IS.set(mode);
    let before = ASKED.get();
    f();
    ASKED.get() - before
}

/// The values of the label `trace_id` in a view's rows.
fn trace_ids(view: &View<Distribution>) -> Vec<String> {
    let data = view.data();
    let exemplars = data.rows.iter().flat_map(|row| &row.data.exemplars);
    let labels = exemplars.flatten().flat_map(|kept| &kept.labels);
    labels.map(|(_, value)| value.clone()).collect()
}

fn count(view: &View<Distribution>) -> u64 {
    view.data().rows.iter().map(|row| row.data.count).sum()
}

#[tag]
static KEY: TagKey;
#[measure]
static NESTED: Measure<u64>;
#[measure]
static PATHS: Measure<u64>;
#[measure]
static TIMES: Measure<Duration>;
#[measure]
static PLAIN: Measure<u64>;
#[measure]
static LEVEL: Measure<i64>;
#[measure]
static WRONG: Measure<u64>;
#[measure]
static MANY: Measure<u64>;
#[measure]
static CHANGED: Measure<u64>;

view! {
    static NESTED_SIZES: Distribution<NESTED> by (KEY) { buckets: [10] }
    static PATH_SIZES: Distribution<PATHS> by (KEY) { buckets: [10] }
    static PATH_COUNT: Count<PATHS>;
    static TIME_SECONDS: Distribution<TIMES>;
    static PLAIN_COUNT: Count<PLAIN> by (KEY);
    static PLAIN_SUM: Sum<PLAIN>;
    static PLAIN_LAST: LastValue<PLAIN>;
    static LEVELS: Distribution<LEVEL> { buckets: [0] }
    static LEVEL_NOW: Sum<LEVEL>;
    static CHANGED_BY_SOURCE: Distribution<CHANGED> { buckets: [10] }
    static WRONG_SIZES: Distribution<WRONG> { buckets: [10] }
    static MANY_SIZES: Distribution<MANY> by (KEY) { buckets: Buckets::linear(0, 1, 2) }
}

#[measure(TIMES)]
fn measured() -> Option<u8> {
    None
}

#[test]
fn every_way_to_record_asks_once() {
    let text = String::from("text");
    let bound = PATHS.bind(tags!(KEY = "bound"));
    let mut ways: [&mut dyn FnMut(); 9] = [
        &mut || PATHS.record(1),
        &mut || record!(PATHS = 1, tags(KEY = "literal")),
        &mut || record!(PATHS = 1, tags(KEY = text.as_str())),
        &mut || record!(PATHS = 1, tags(KEY = None::<&str>)),
        &mut || record!(PATHS = 1, exemplar(trace_id = None::<u8>)),
        &mut || tags!(KEY = "scope").scope(|| PATHS.record(1)),
        &mut || bound.record(1),
        &mut || assert_eq!(measured(), None),
        &mut || TIMES.time(|| ()),
    ];
    for (index, way) in ways.iter_mut().enumerate() {
        for _ in 0..3 {
            let id = u32::try_from(index).expect("it is small");
            assert_eq!(asked(Mode::Labels(id), &mut **way), 1, "{index}");
        }
    }
    for index in [0, 1, 2, 3, 4, 5, 6] {
        let is_kept = trace_ids(&PATH_SIZES).contains(&index.to_string());
        // The ways without a tag have one row.
        assert_eq!(is_kept, ![0, 3].contains(&index), "{index}");
    }
    assert_eq!(trace_ids(&TIME_SECONDS), ["8"]);
    assert_eq!(count(&PATH_SIZES), 21);
    assert_eq!(PATH_COUNT.data().get(&TagMap::new()), Some(&21));
}

#[test]
fn an_exemplar_of_its_own_is_kept() {
    let asked = asked(Mode::Labels(1), || {
        let view = View::distribution("own", &PLAIN, [5]).register();
        let view = view.expect("it is valid");
        record!(PLAIN = 0, tags(KEY = "own"), exemplar(trace_id = "own"));
        assert_eq!(trace_ids(&view), ["own"]);
        PLAIN.record(0);
        assert_eq!(trace_ids(&view), ["1"]);
        assert!(view.unregister());
    });
    assert_eq!(asked, 1, "a view that is registered later asks, too");
}

#[test]
fn other_views_do_not_ask() {
    let measure = Measure::<u64>::builder("from/plain").register();
    let measure = measure.expect("it is valid");
    View::count("from_plain_count", &measure)
        .register()
        .expect("it is valid");
    View::sum("from_plain_sum", &measure)
        .register()
        .expect("it is valid");
    View::last_value("from_plain_last", &measure)
        .register()
        .expect("it is valid");
    let asked = asked(Mode::Labels(1), || {
        measure.record(1);
        record!(measure = 1, tags(KEY = "x"));
        measure.bind(tags!(KEY = "y")).record(1);
    });
    assert_eq!(asked, 0);
}

#[test]
fn held_values_do_not_ask() {
    let asked = asked(Mode::Labels(1), || {
        let held = LEVEL.hold(2);
        let bound = LEVEL.bind(tags!(KEY = "x")).hold(3);
        assert_eq!(census_tests::rows::only_row(&LEVEL_NOW), Some(5_i64.into()));
        drop((held, bound));
    });
    assert_eq!(asked, 0);
    assert_eq!(census_tests::rows::only_row(&LEVEL_NOW), Some(0_i64.into()));
    assert_eq!((count(&LEVELS), trace_ids(&LEVELS).len()), (4, 0));
}

#[test]
fn a_source_that_records_is_not_asked_again() {
    assert_eq!(asked(Mode::Records, || NESTED.record(20)), 1);
    assert_eq!(count(&NESTED_SIZES), 3);
    assert_eq!(trace_ids(&NESTED_SIZES), ["9", "1"]);
}

#[test]
fn a_panic_is_counted_and_the_measurement_too() {
    for _ in 0..3 {
        assert_eq!(asked(Mode::Panics, || WRONG.record(1)), 1);
    }
    assert_eq!((count(&WRONG_SIZES), trace_ids(&WRONG_SIZES).len()), (3, 0));
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    let body = scrape::text(&exporter);
    // Maybe more than 3, because another test's source panics, too.
    let counts = [3, 4]
        .map(|count| format!("census_dropped_exemplars_total{{reason=\"panicked\"}} {count}\n"));
    assert!(counts.iter().any(|line| body.contains(line)), "{body}");
    assert_eq!(asked(Mode::Labels(4), || WRONG.record(1)), 1);
    assert_eq!(trace_ids(&WRONG_SIZES), ["4"]);
}

#[measure]
static ENDED: Measure<Duration>;
view! { static ENDED_SECONDS: Distribution<ENDED>; }

#[measure(ENDED)]
fn fails(number: u8) {
    assert_eq!(number, 0, "on purpose");
}

#[test]
fn a_call_that_panics_asks_too() {
    let fail = || assert!(std::panic::catch_unwind(|| fails(1)).is_err());
    assert_eq!(asked(Mode::Labels(5), fail), 1);
    assert_eq!(trace_ids(&ENDED_SECONDS), ["5"]);
    // The source panics while the thread unwinds.
    assert_eq!(asked(Mode::Panics, fail), 1);
    assert_eq!(count(&ENDED_SECONDS), 2);
}

#[test]
fn the_first_source_stays() {
    set_source();
    let again = census::exemplars_from(|| [("a", 1)]);
    assert_eq!(again, Err(ExemplarsFromTwice));
    let measure = Measure::<f64>::builder("from/twice")
        .register()
        .expect("it is valid");
    let view = View::distribution("from_twice", &measure, [0.5]);
    let view = view.register().expect("it is valid");
    assert_eq!(asked(Mode::Labels(3), || measure.record(0.1)), 1);
    assert_eq!(trace_ids(&view), ["3"]);
    assert_eq!(asked(Mode::Labels(3), || measure.record(f64::NAN)), 0);
}

/// The source is set while threads record, views come and go, and no measurement is lost.
#[test]
fn threads_lose_nothing() {
    const PER_THREAD: u64 = 5_000;
    let threads: Vec<_> = (0..4_u32)
        .map(|id| {
            thread::spawn(move || {
                IS.set(Mode::Labels(id));
                for index in 0..PER_THREAD {
                    if index % 2 == 0 {
                        record!(MANY = 1, tags(KEY = "x"));
                    } else {
                        MANY.record(1);
                    }
                }
            })
        })
        .collect();
    set_source();
    for _ in 0..50 {
        let view = View::count("from_many_count", &MANY).register();
        assert!(view.expect("it is valid").unregister());
    }
    for thread in threads {
        thread.join().expect("it does not panic");
    }
    assert_eq!(count(&MANY_SIZES), 4 * PER_THREAD);
}

#[test]
fn a_source_may_change_the_views_of_the_measurement() {
    let bound = CHANGED.bind(TagMap::new());
    let ways: [&dyn Fn(); 3] = [
        &|| CHANGED.record(1),
        &|| record!(CHANGED = 1, tags(KEY = "literal")),
        &|| bound.record(1),
    ];
    for (index, way) in ways.into_iter().enumerate() {
        // The thread has the rows in its cache.
        asked(Mode::Silent, || (way(), way()).1);
        assert_eq!(asked(Mode::ChangesViews, way), 1, "way {index}");
        // The view was registered before the source returned.
        assert_eq!(count(&CHANGED_BY_SOURCE), 1, "way {index}");
    }
}
