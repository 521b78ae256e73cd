//! Very many rows, columns, buckets and bound measures: more than the cache of a thread holds, and more than a thread
//! may have words of its own for. All measurements are counted.

use std::time::Duration;

use census::{
    CatalogueError, Measure, Number, TagKey, TagMap, TagValue, View, ViewBuilder, measure, record,
    snapshot, tag, tags, view,
};
use census_tests::rows::{RisingRows, row, tag_number};
use census_tests::threads::{Stop, on_new_thread, on_threads, with_background};

#[tag]
static ROW: TagKey;
#[measure]
static WORK: Measure<u64>;
#[measure]
static TOOK: Measure<Duration>;
#[measure]
static PART: Measure<f64>;

const ROWS: u64 = 5_000;
const THREADS: u64 = 32;

view! {
    static WORKS: Count<WORK> by (ROW) { max_series: 5_000 }
    static SIZES: Distribution<WORK> by (ROW) { buckets: [10, 1_000, 4_000], max_series: 5_000 }
    static TIMES: Sum<TOOK> by (ROW) { max_series: 5_000 }
    static PARTS: Sum<PART> by (ROW) { max_series: 5_000 }
}

/// Records once into each row, in an order of the thread's own.
fn record_into_each_row(thread: u64) {
    for number in 0..ROWS {
        let row = (number * 7 + thread * 911) % ROWS;
        record!(
            WORK = row,
            TOOK = Duration::from_nanos(row),
            PART = 0.1,
            tags(ROW = row)
        );
    }
}

/// Threads of a second wave begin when there are very many rows already.
#[test]
fn many_threads_share_many_rows() {
    let rows_never_fall = |stop: &Stop| {
        let mut rows = RisingRows::default();
        while !stop.is_set() {
            rows.check(&snapshot(), &[]);
        }
    };
    with_background(&[&rows_never_fall], || {
        for wave in 0..2 {
            on_threads(0..THREADS, |number| {
                // In a view of this size, the first measurement of a row misses the cache, the second one makes the
                // entry, and the third one hits it.
                let times = if number.is_multiple_of(2) { 1 } else { 3 };
                for _ in 0..times {
                    record_into_each_row(number + wave);
                }
            });
        }
    });
    // Of two threads, one records once, and the other three times.
    let times = 2 * THREADS * 2;
    let counts = WORKS.data();
    assert_eq!((counts.rows.len() as u64, counts.overflowed), (ROWS, 0));
    assert!(counts.rows.iter().all(|row| row.data == times));
    for row in SIZES.data().rows {
        let value = tag_number(&row, &ROW);
        assert_eq!(row.data.count, times);
        assert_eq!(row.data.bucket_counts.iter().sum::<u64>(), times);
        assert_eq!(row.data.sum, Number::U64(value * times));
        assert_eq!(row.data.min, Some(Number::U64(value)));
        assert_eq!(row.data.max, Some(Number::U64(value)));
        assert!(row.data.variance() < 1e-9);
    }
    for row in TIMES.data().rows {
        let time = Duration::from_nanos(tag_number(&row, &ROW) * times);
        assert_eq!(row.data, time);
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let expected = 0.1 * times as f64;
    for row in PARTS.data().rows {
        let sum = row.data.as_f64();
        assert!((sum - expected).abs() < 1e-9 * expected, "{sum}");
    }
}

/// Tags for all columns: column `n` has the value `vn`.
fn tags_for(keys: &[TagKey]) -> TagMap {
    let mut tags = TagMap::new();
    for (index, key) in keys.iter().enumerate() {
        tags.insert(key, TagValue::new(&format!("v{index}")).expect("short"));
    }
    tags
}

#[test]
fn many_columns() -> Result<(), CatalogueError> {
    for columns in [4, 5, 16, 17, 256, 257, 300] {
        let measure = Measure::<u64>::builder(format!("wide/{columns}")).register()?;
        let keys: Vec<TagKey> = (0..columns)
            .map(|index| TagKey::new(format!("wide_{index}")))
            .collect::<Result<_, _>>()?;
        let view = View::sum(format!("wide_{columns}"), &measure);
        let view = keys.iter().fold(view, ViewBuilder::column).register()?;
        let tags = tags_for(&keys);
        let first = keys[0].clone();
        let mut own = tags.clone();
        own.upsert(&first, TagValue::new("own").expect("short"));
        let fill = || {
            for _ in 0..3 {
                tags.clone().scope(|| {
                    measure.record(1);
                    record!(measure = 10, tags(first = "own"));
                });
            }
        };
        fill();
        on_new_thread(fill);
        let data = view.data();
        assert_eq!(data.rows.len(), 2, "{columns}");
        assert_eq!(row(&view, &tags), Some(Number::U64(6)), "{columns}");
        assert_eq!(row(&view, &own), Some(Number::U64(60)), "{columns}");
    }
    Ok(())
}

/// More rows than a thread's cache holds, so that later rows evict earlier ones.
#[test]
fn more_rows_than_a_cache_holds() -> Result<(), CatalogueError> {
    const ROWS: u64 = 20_000;
    let measure = Measure::<u64>::builder("many/sets").register()?;
    let view = View::sum("many_sets", &measure)
        .column(&ROW)
        .max_series(30_000)
        .register()?;
    for _ in 0..3 {
        for row in 0..ROWS {
            record!(measure = row, tags(ROW = row));
        }
    }
    let data = view.data();
    assert_eq!((data.rows.len() as u64, data.overflowed), (ROWS, 0));
    for row in data.rows {
        assert_eq!(row.data, Number::U64(3 * tag_number(&row, &ROW)));
    }
    Ok(())
}

#[test]
fn more_bound_measures_than_a_cache_holds() -> Result<(), CatalogueError> {
    const ROWS: usize = 10;
    let measure = Measure::<u64>::builder("many/bound").register()?;
    let view = View::sum("many_bound", &measure).column(&ROW).register()?;
    let bound: Vec<_> = (0..6_000)
        .map(|number| measure.bind(tags!(ROW = number % ROWS)))
        .collect();
    let fill = || {
        for _ in 0..3 {
            for bound in &bound {
                bound.record(1);
            }
        }
    };
    fill();
    on_new_thread(fill);
    let data = view.data();
    assert_eq!(data.rows.len(), ROWS);
    assert!(
        data.rows.iter().all(|row| row.data == Number::U64(3_600)),
        "{data:?}"
    );
    Ok(())
}

/// The first row takes all the words that a thread may own. All threads share the words of the other rows.
#[test]
fn more_words_than_a_thread_may_own() -> Result<(), CatalogueError> {
    const RECORDS: u64 = 5_000;
    let measure = Measure::<u64>::builder("many/words").register()?;
    let view = View::distribution("many_words", &measure, 0..70_000)
        .column(&ROW)
        .register()?;
    on_threads(0..3, |_| {
        for number in 0..RECORDS {
            record!(measure = number % 100, tags(ROW = number % 4));
        }
    });
    let data = view.data();
    assert_eq!(data.rows.len(), 4);
    for row in data.rows {
        let number = tag_number(&row, &ROW);
        // Every fourth number from 0 to 99.
        let sum: u64 = (0..100).filter(|value| value % 4 == number).sum();
        assert_eq!(row.data.count, 3 * RECORDS / 4);
        assert_eq!(row.data.sum, Number::U64(3 * RECORDS / 100 * sum));
        assert_eq!(row.data.min, Some(Number::U64(number)));
        assert_eq!(row.data.max, Some(Number::U64(96 + number)));
        assert!((row.data.mean - Number::U64(48 + number).as_f64()).abs() < 1e-9);
        // The variance of 0, 4, …, 96 is 4² × (25² - 1) / 12.
        assert!(
            (row.data.variance() - 832.0).abs() < 1.0,
            "{}",
            row.data.variance()
        );
    }
    Ok(())
}
