//! What an isolation has of its own.

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{
    CatalogueError, Held, Measure, Observed, Sum, TagKey, View, measure, record, tag, tags, view,
};

use census_tests::rows::integer;

#[tag]
static KIND: TagKey;
#[measure]
static EVENTS: Measure<u64>;
#[measure]
static LEVEL: Measure<i64>;
#[measure]
static RATIO: Measure<f64>;
#[measure]
static OBSERVED: Observed<u64>;
view! {
    static EVENT_COUNT: Count<EVENTS> by (KIND);
    static EVENT_SUM: Sum<EVENTS>;
    static LEVELS: Sum<LEVEL> by (KIND);
    static RATIOS: LastValue<RATIO>;
    static SIZES: Distribution<RATIO> { name: "own_ratio_sizes", buckets: [1.0] }
    static OBSERVATIONS: Sum<OBSERVED>;
}

#[measure]
fn works() {}

fn count(kind: &str) -> Option<u64> {
    EVENT_COUNT.data().get(&tags!(KIND = kind)).copied()
}

#[test]
fn rows_are_those_of_the_isolation() {
    record!(EVENTS = 5, tags(KIND = "own"));
    let outer = isolate();
    assert_eq!(count("own"), None);
    record!(EVENTS = 5, tags(KIND = "own"));
    record!(EVENTS = 5, tags(KIND = String::from("own")));
    {
        let _inner = isolate();
        assert_eq!(count("own"), None);
        record!(EVENTS = 7, tags(KIND = "own"));
        assert_eq!(count("own"), Some(1));
    }
    assert_eq!(count("own"), Some(2));
    drop(outer);
    assert_eq!(count("own"), Some(1));
}

#[test]
fn measured_functions_count_in_the_isolation() {
    works();
    let _isolated = isolate();
    works();
    works();
    let data = census::calls::CALLS.data();
    let counts: Vec<u64> = data.rows.iter().map(|row| row.data).collect();
    assert_eq!(counts.iter().sum::<u64>(), 2);
}

#[test]
fn views_that_are_registered_and_unregistered_are_those_of_the_isolation()
-> Result<(), CatalogueError> {
    let isolated = isolate();
    let size = Measure::<u64>::builder("own/size").register()?;
    let sizes: View<Sum> = View::sum("own_sizes", &size).register()?;
    size.record(3);
    assert!(EVENT_SUM.unregister());
    EVENTS.record(1);
    assert_eq!(sizes.data().rows.len(), 1);
    assert!(!EVENT_SUM.is_registered());
    assert_eq!(EVENT_COUNT.data().rows.len(), 1);
    drop(isolated);
    assert!(EVENT_SUM.is_registered() && !sizes.is_registered());
    // A measure that was made in an isolation can be used outside of it.
    size.record(3);
    sizes.register()?;
    size.record(4);
    assert_eq!(
        sizes.data().rows.first().map(|row| row.data),
        Some(4_u64.into())
    );
    assert!(sizes.unregister());
    Ok(())
}

#[test]
fn a_measure_that_the_isolation_rejects_is_not_recorded() -> Result<(), CatalogueError> {
    let first = isolate();
    let float = Measure::<f64>::builder("own/rejected").register()?;
    drop(first);
    let _second = isolate();
    let integers = Measure::<u64>::builder("own/rejected").register()?;
    let sum = View::sum("own_rejected", &integers).register()?;
    integers.record(1);
    float.record(0.5);
    record!(float = 0.5);
    float.bind(tags!()).record(0.5);
    assert!(integers.is_viewed() && !float.is_viewed());
    assert_eq!(
        sum.data().rows.first().map(|row| row.data),
        Some(1_u64.into())
    );
    Ok(())
}

#[test]
fn a_guard_ends_in_the_isolation_in_which_it_began() {
    let isolated = isolate();
    let bound = LEVEL.bind(tags!(KIND = "bound"));
    let held: [Held; 3] = [
        LEVEL.hold(1),
        census::hold!(LEVEL = 2, tags(KIND = "x")),
        bound.hold(4),
    ];
    let exporter = Exporter::builder().build_lenient();
    let level = |line: &str| exporter.scrape(None).text().contains(line);
    assert!(level("levels{kind=\"x\"} 2\n") && level("levels{kind=\"bound\"} 4\n"));
    drop(isolated);
    let _other = isolate();
    let _held = LEVEL.hold(16);
    // The exporter belongs to the first isolation, and keeps it.
    assert!(level("levels{kind=\"\"} 1\n"));
    std::thread::spawn(move || drop(held))
        .join()
        .expect("it does not panic");
    assert!(
        level("levels{kind=\"\"} 0\n")
            && level("levels{kind=\"x\"} 0\n")
            && level("levels{kind=\"bound\"} 0\n")
    );
    assert_eq!(LEVELS.data().rows.len(), 1);
}

#[test]
fn observations_are_those_of_the_isolation() {
    let _outside = OBSERVED.observe(|seen| seen.record(1, tags!()));
    let isolated = isolate();
    let sum = || {
        OBSERVATIONS
            .data()
            .rows
            .first()
            .map(|row| integer(&row.data))
    };
    assert_eq!(sum(), None);
    let _inside = OBSERVED.observe(|seen| {
        // What a reading records is the isolation's, too.
        EVENTS.record(1);
        seen.record(2, tags!());
    });
    assert_eq!(sum(), Some(2));
    assert_eq!(count(""), Some(1));
    drop(isolated);
    assert_eq!(sum(), Some(1));
}

#[test]
fn the_default_of_max_series_is_that_of_the_isolation() {
    let isolated = isolate();
    census::set_default_max_series(2).expect("it is not 0");
    for kind in ["a", "b", "c", "d"] {
        record!(EVENTS = 1, tags(KIND = kind));
    }
    assert_eq!(EVENT_COUNT.data().rows.len(), 3);
    assert_eq!(count("_overflow"), Some(2));
    drop(isolated);
    let _next = isolate();
    for kind in ["a", "b", "c", "d"] {
        record!(EVENTS = 1, tags(KIND = kind));
    }
    assert_eq!(EVENT_COUNT.data().rows.len(), 4);
}

#[test]
fn refused_values_are_those_of_the_isolation() {
    const REFUSED: &str = "census_refused_measurements_total{measure=\"isolation/ratio\"}";
    let refused = || {
        let text = Exporter::builder()
            .build_lenient()
            .scrape(None)
            .text()
            .into_owned();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(REFUSED))
            .map(str::to_owned);
        line.map(|count| count.trim().to_owned())
    };
    let _isolated = isolate();
    RATIO.record(f64::NAN);
    record!(RATIO = f64::INFINITY, tags(KIND = "x"));
    assert_eq!(refused().as_deref(), Some("2"));
    let _inner = isolate();
    RATIO.bind(tags!()).record(f64::NAN);
    assert_eq!(refused().as_deref(), Some("1"));
}

/// What an exporter outside of all isolations has of this kind.
fn outside(exporter: &Exporter, kind: &str) -> Option<String> {
    let text = exporter.scrape(None).text().into_owned();
    let prefix = format!("levels{{kind=\"{kind}\"}} ");
    let value = text.lines().find_map(|line| line.strip_prefix(&prefix));
    value.map(str::to_owned)
}

#[test]
fn what_was_made_outside_stays_outside() {
    let exporter = Exporter::builder().build_lenient();
    let level = || outside(&exporter, "outside");
    let bound = LEVEL.bind(tags!(KIND = "outside"));
    let held = [
        bound.hold(1),
        census::hold!(LEVEL = 2, tags(KIND = "outside")),
    ];
    let other_thread = std::thread::spawn(|| census::hold!(LEVEL = 4, tags(KIND = "outside")));
    let of_other_thread = other_thread.join().expect("it does not panic");
    assert_eq!(level().as_deref(), Some("7"));
    let _isolated = isolate();
    let inside = census::hold!(LEVEL = 8, tags(KIND = "outside"));
    drop((held, of_other_thread));
    assert_eq!(level().as_deref(), Some("0"));
    assert_eq!(
        LEVELS.data().get(&tags!(KIND = "outside")).map(integer),
        Some(8)
    );
    drop(inside);
    let view = View::count("own_registered_inside", &EVENTS).register();
    assert!(view.is_ok() && exporter.problems().is_empty());
    assert!(
        !exporter
            .scrape(None)
            .text()
            .contains("own_registered_inside")
    );
}

#[test]
fn a_source_of_exemplars_is_that_of_the_isolation() {
    let labels = || {
        let data = SIZES.data();
        let row = data.rows.first().expect("a row");
        let exemplars = row.data.exemplars.iter().flatten();
        exemplars
            .flat_map(|exemplar| exemplar.labels.clone())
            .collect::<Vec<_>>()
    };
    let trace = |id: &str| vec![("trace_id".to_owned(), id.to_owned())];
    let outer = isolate();
    census::exemplars_from(|| Some(("trace_id", "outer"))).expect("the first in this isolation");
    RATIO.record(0.5);
    assert_eq!(labels(), trace("outer"));
    {
        let _inner = isolate();
        RATIO.record(0.5);
        assert_eq!(labels(), []);
        census::exemplars_from(|| Some(("trace_id", "inner")))
            .expect("the first in this isolation");
        RATIO.record(0.5);
        assert_eq!(labels(), trace("inner"));
    }
    assert!(census::exemplars_from(|| Some(("trace_id", "second"))).is_err());
    drop(outer);
    let _later = isolate();
    RATIO.record(0.5);
    assert_eq!(labels(), []);
}

#[tokio::test]
async fn a_runtime_is_observed_in_each_isolation_that_asks_for_it() {
    let runtime = tokio::runtime::Handle::current();
    let workers =
        |exporter: &Exporter| exporter.scrape(None).text().contains("\ntokio_workers 1\n");
    for _ in 0..2 {
        let _isolated = isolate();
        let exporter = Exporter::builder().tokio(&runtime).build_lenient();
        let exporter_there = exporter.clone();
        let found = std::thread::spawn(move || workers(&exporter_there));
        assert!(found.join().expect("it does not panic"));
    }
}
