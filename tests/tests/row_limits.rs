//! Beyond what a thread remembers or may own, measurements are counted all the same.

use census::{
    CatalogueError, Measure, Number, TagKey, TagMap, TagValue, View, ViewBuilder, record, tag, tags,
};

#[tag]
static ROW: TagKey;

/// A row's tags: column `n` has the value `vn`.
fn wide(keys: &[TagKey]) -> TagMap {
    let mut tags = TagMap::new();
    for (number, key) in keys.iter().enumerate() {
        tags.insert(key, TagValue::new(&format!("v{number}")).expect("short"));
    }
    tags
}

#[test]
fn a_view_may_have_many_columns() -> Result<(), CatalogueError> {
    for columns in [4, 5, 16, 17, 256, 257, 300] {
        let measure = Measure::<u64>::builder(format!("wide/{columns}")).register()?;
        let keys: Vec<TagKey> = (0..columns)
            .map(|number| TagKey::new(format!("wide_{number}")))
            .collect::<Result<_, _>>()?;
        let view = View::sum(format!("wide_{columns}"), &measure);
        let view = keys.iter().fold(view, ViewBuilder::column).register()?;
        let tags = wide(&keys);
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
        std::thread::scope(|scope| drop(scope.spawn(fill)));
        let data = view.data();
        assert_eq!(data.rows.len(), 2, "{columns}");
        assert_eq!(data.get(&tags), Some(&Number::U64(6)), "{columns}");
        assert_eq!(data.get(&own), Some(&Number::U64(60)), "{columns}");
    }
    Ok(())
}

/// Records into more rows than a thread remembers, again and again.
#[test]
fn there_may_be_more_sets_of_tags_than_a_thread_remembers() -> Result<(), CatalogueError> {
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
        let number: u64 = row
            .tag(&ROW)
            .and_then(|row| row.parse().ok())
            .expect("a number");
        assert_eq!(row.data, Number::U64(3 * number));
    }
    Ok(())
}

#[test]
fn there_may_be_more_bound_measures_than_a_thread_remembers() -> Result<(), CatalogueError> {
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
    std::thread::scope(|scope| drop(scope.spawn(fill)));
    let data = view.data();
    assert_eq!(data.rows.len(), ROWS);
    assert!(
        data.rows.iter().all(|row| row.data == Number::U64(3_600)),
        "{data:?}"
    );
    Ok(())
}

/// The first row has all the words that a thread may own: the others are everybody's.
#[test]
fn there_may_be_more_words_than_a_thread_may_own() -> Result<(), CatalogueError> {
    const RECORDS: u64 = 5_000;
    let measure = Measure::<u64>::builder("many/words").register()?;
    let view = View::distribution("many_words", &measure, 0..70_000)
        .column(&ROW)
        .register()?;
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for number in 0..RECORDS {
                    record!(measure = number % 100, tags(ROW = number % 4));
                }
            });
        }
    });
    let data = view.data();
    assert_eq!(data.rows.len(), 4);
    for row in data.rows {
        let number: u64 = row
            .tag(&ROW)
            .and_then(|row| row.parse().ok())
            .expect("a number");
        // Of 0 to 99, every fourth.
        let sum: u64 = (0..100).filter(|value| value % 4 == number).sum();
        assert_eq!(row.data.count, 3 * RECORDS / 4);
        assert_eq!(row.data.sum, Number::U64(3 * RECORDS / 100 * sum));
        assert_eq!(row.data.min, Some(Number::U64(number)));
        assert_eq!(row.data.max, Some(Number::U64(96 + number)));
        assert!((row.data.mean - Number::U64(48 + number).as_f64()).abs() < 1e-9);
        // Of 0, 4, …, 96: 4² × (25² - 1) / 12.
        assert!(
            (row.data.variance() - 832.0).abs() < 1.0,
            "{}",
            row.data.variance()
        );
    }
    Ok(())
}
