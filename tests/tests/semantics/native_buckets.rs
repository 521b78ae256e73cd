//! Native buckets: which bucket a value is in, what is exact, and what stands beside them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use census::testing::isolate;
use census::{
    Buckets, CatalogueError, Distribution, DistributionData, Measure, NativeBuckets, ProblemKind,
    TagKey, TagMap, TagValue, View, record,
};
use census_tests::rows::only_row;
use census_tests::scrape;

fn data(view: &View<Distribution>) -> DistributionData {
    only_row(view).expect("the view has a row")
}

fn native(view: &View<Distribution>) -> NativeBuckets {
    data(view).native.expect("the view has native buckets")
}

/// How many values the native buckets have together.
fn count(native: &NativeBuckets) -> u64 {
    let buckets = native.positive.iter().chain(&native.negative);
    native.zero_count + buckets.map(|(_, count)| count).sum::<u64>()
}

#[test]
fn values_are_in_the_buckets_of_the_specification() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let load = Measure::<f64>::builder("native/load").register()?;
    let buckets = Buckets::native_with_growth(2.0);
    let view = View::distribution("native_load", &load, buckets).register()?;
    for value in [
        1.0, 1.5, 2.0, 2.5, -1.0, -1.5, -1.5, 0.0, -0.0, 1e-39, -1e-39, 0.25,
    ] {
        load.record(value);
    }
    let data = data(&view);
    let native = data.native.expect("the view has native buckets");
    assert_eq!((native.schema, native.zero_count), (0, 4));
    assert_eq!(native.zero_threshold.to_bits(), 2_f64.powi(-128).to_bits());
    // The bucket 1 has the values above 1 up to 2.
    assert_eq!(native.positive, [(-2, 1), (0, 1), (1, 2), (2, 1)]);
    assert_eq!(native.negative, [(0, 1), (1, 2)]);
    assert_eq!((data.count, data.bucket_counts.iter().sum()), (12, 12_u64));
    assert_eq!(
        (data.min, data.max),
        (Some((-1.5).into()), Some(2.5.into()))
    );
    Ok(())
}

#[test]
fn durations_are_counted_as_they_are_exported() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let seconds = Measure::<Duration>::builder("native/seconds").register()?;
    let millis = Measure::<Duration>::builder("native/millis")
        .unit("ms")
        .register()?;
    let native_of = |name: &str, measure: &Measure<Duration>| {
        let view = View::distribution(name, measure, Buckets::native()).register()?;
        for value in [0, 250, 500, 501] {
            measure.record(Duration::from_millis(value));
        }
        Ok::<_, CatalogueError>(native(&view))
    };
    let of_seconds = native_of("native_seconds", &seconds)?;
    assert_eq!((of_seconds.schema, of_seconds.zero_count), (3, 1));
    // 2^(-16/8) and 2^(-8/8) seconds.
    assert_eq!(of_seconds.positive, [(-16, 1), (-8, 1), (-7, 1)]);
    let of_millis = native_of("native_millis", &millis)?;
    // 250 is above 2^(63/8), and 500 above 2^(71/8).
    assert_eq!(of_millis.positive, [(64, 1), (72, 2)]);
    Ok(())
}

#[test]
fn more_buckets_than_a_row_may_have_halve_the_resolution() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let load = Measure::<f64>::builder("native/halved").register()?;
    let view = View::distribution("native_halved", &load, Buckets::native()).register()?;
    // One value in each of 160 buckets: the bound of bucket i is 2^(i/8).
    let bound = |index: i32| (f64::from(index) / 8.0).exp2() * (1.0 - 1e-9);
    (1..=160).for_each(|index| load.record(bound(index)));
    let before = native(&view);
    assert_eq!(before.schema, 3);
    let each: Vec<(i32, u64)> = (1..=160).map(|index| (index, 1)).collect();
    assert_eq!(before.positive, each);
    load.record(0.0);
    assert_eq!(native(&view).schema, 3, "the zero bucket is not counted");
    load.record(-1.0);
    let after = native(&view);
    assert_eq!((after.schema, after.zero_count), (2, 1));
    let each: Vec<(i32, u64)> = (1..=80).map(|index| (index, 2)).collect();
    assert_eq!(after.positive, each);
    assert_eq!(after.negative, [(0, 1)]);
    Ok(())
}

#[test]
fn the_resolution_of_a_row_does_not_rise_when_a_thread_ends() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let load = Measure::<f64>::builder("native/ended").register()?;
    let view = View::distribution("native_ended", &load, Buckets::native()).register()?;
    let record = |signs: &[f64]| {
        for index in 1..=100 {
            for sign in signs {
                load.record(sign * (f64::from(index) / 8.0).exp2());
            }
        }
    };
    let current = &TagMap::current();
    // Neither thread has more buckets than it may, but both together have.
    thread::scope(|scope| {
        let (record, view) = (&record, &view);
        scope.spawn(move || {
            current.clone().scope(|| {
                record(&[1.0]);
                assert_eq!(native(view).schema, 3);
                thread::scope(|scope| {
                    scope.spawn(move || current.clone().scope(|| record(&[-1.0])));
                });
                assert_eq!(native(view).schema, 2);
            });
        });
    });
    let ended = native(&view);
    assert_eq!((ended.schema, count(&ended)), (2, 200));
    record(&[1.0, -1.0]);
    let later = native(&view);
    assert_eq!((later.schema, count(&later)), (2, 400));
    assert_eq!(later.positive.len() + later.negative.len(), 100);
    Ok(())
}

/// Threads record values that make the resolution fall again and again, and end, while others scrape.
#[test]
fn every_value_is_counted_once_while_threads_scrape_and_end() -> Result<(), CatalogueError> {
    const THREADS: u32 = 8;
    const LIVES: u32 = 6;
    const VALUES: u32 = 3_000;
    let _isolated = isolate();
    let load = Measure::<f64>::builder("native/storm").register()?;
    let bounds = [-1e3, -1.3, 0.0, 0.7, 1.0, 1.9, 100.0, 1e6];
    let view = View::distribution("native_storm", &load, bounds)
        .native(1.01)
        .register()?;
    // The values of a life are in more buckets than those of the life before.
    let value = |life: u32, number: u32| {
        let magnitude = (f64::from(number % 97) - 48.0) * f64::from(1 << life) / 64.0;
        let sign = if number.is_multiple_of(3) { -1.0 } else { 1.0 };
        if number.is_multiple_of(11) {
            0.0
        } else {
            sign * magnitude.exp2()
        }
    };
    let is_over = AtomicBool::new(false);
    let current = &TagMap::current();
    thread::scope(|scope| {
        let recorders: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for life in 0..LIVES {
                        thread::scope(|scope| {
                            scope.spawn(|| {
                                let record = |it| load.record(value(life, it));
                                current.clone().scope(|| (0..VALUES).for_each(record));
                            });
                        });
                    }
                })
            })
            .collect();
        let scraper = scope.spawn(|| {
            let (mut last_count, mut last_schema) = (0, i32::MAX);
            while !is_over.load(Ordering::Relaxed) {
                let data = current.clone().scope(|| data(&view));
                let native = data.native.expect("the view has native buckets");
                assert_eq!(count(&native), data.count);
                assert_eq!(data.bucket_counts.iter().sum::<u64>(), data.count);
                assert!(data.count >= last_count && native.schema <= last_schema);
                (last_count, last_schema) = (data.count, native.schema);
            }
        });
        for recorder in recorders {
            recorder.join().expect("it does not panic");
        }
        is_over.store(true, Ordering::Relaxed);
        scraper.join().expect("it does not panic");
    });
    let data = data(&view);
    let native = data.native.expect("the view has native buckets");
    let all = || (0..LIVES).flat_map(|life| (0..VALUES).map(move |number| value(life, number)));
    let of_all = |is: &dyn Fn(f64) -> bool| {
        u64::from(THREADS) * all().filter(|value| is(*value)).count() as u64
    };
    assert_eq!(data.count, of_all(&|_| true));
    assert_eq!(count(&native), data.count);
    assert_eq!(native.zero_count, of_all(&|value| value == 0.0));
    let classic: Vec<u64> = (0..=bounds.len())
        .map(|bucket| {
            let above = bucket
                .checked_sub(1)
                .map_or(f64::NEG_INFINITY, |it| bounds[it]);
            let bound = bounds.get(bucket).copied().unwrap_or(f64::INFINITY);
            of_all(&|value| above < value && value <= bound)
        })
        .collect();
    assert_eq!(data.bucket_counts, classic);
    let base = 2_f64.powf(2_f64.powi(-native.schema));
    for (buckets, sign) in [(&native.positive, 1.0), (&native.negative, -1.0)] {
        for (index, counted) in buckets {
            // No value is so near to a bound that rounding matters, but those that are powers of two.
            let [low, high] = [index - 1, *index].map(|it| base.powi(it) * (1.0 + 1e-9));
            let expected = of_all(&|value| low < sign * value && sign * value <= high);
            assert_eq!(*counted, expected, "{index}");
        }
    }
    Ok(())
}

/// A thread has words of its own for some of the rows only. All threads count the others in the same words.
#[test]
fn rows_in_shared_words_are_exact() -> Result<(), Box<dyn std::error::Error>> {
    const ROWS: u32 = 400;
    const THREADS: u64 = 4;
    let _isolated = isolate();
    let load = Measure::<u64>::builder("native/shared").register()?;
    let key = TagKey::new("native_row")?;
    let view = View::distribution("native_shared", &load, [5, 50])
        .native(1.05)
        .column(&key)
        .register()?;
    let current = TagMap::current();
    let tags_of = |row: u32| {
        let mut tags = current.clone();
        tags.insert(&key, TagValue::new(&row.to_string())?);
        Ok(tags)
    };
    let tags = (0..ROWS).map(tags_of);
    let tags: Vec<TagMap> = tags.collect::<Result<_, census::TagValueError>>()?;
    let tags = &tags;
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for value in [0, 3, 7, 1 << 20, 1 << 40, u64::MAX, 7] {
                    for tags in tags {
                        tags.clone().scope(|| load.record(value));
                    }
                }
                for value in 1..1_000 {
                    tags[ROWS as usize - 1].clone().scope(|| load.record(value));
                }
            });
        }
    });
    let data = view.data();
    assert_eq!(data.rows.len(), ROWS as usize);
    for tags in &tags[..ROWS as usize - 1] {
        let data = data.get(tags).expect("the row is there");
        let native = data.native.as_ref().expect("the view has native buckets");
        assert_eq!((data.count, count(native)), (7 * THREADS, 7 * THREADS));
        assert_eq!(data.bucket_counts, [2, 2, 3].map(|count| count * THREADS));
        assert_eq!(native.zero_count, THREADS);
        assert!(
            native
                .positive
                .iter()
                .any(|(_, count)| *count == 2 * THREADS)
        );
    }
    let last = data
        .get(&tags[ROWS as usize - 1])
        .expect("the row is there");
    let native = last.native.as_ref().expect("the view has native buckets");
    assert_eq!(
        (last.count, count(native)),
        (1_006 * THREADS, 1_006 * THREADS)
    );
    assert_eq!(
        last.bucket_counts,
        [7, 47, 952].map(|count| count * THREADS)
    );
    Ok(())
}

#[test]
fn text_formats_have_classic_buckets() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let seconds = Measure::<Duration>::builder("native/text").register()?;
    View::distribution("native_derived", &seconds, Buckets::native()).register()?;
    let given = [Duration::from_millis(100)];
    View::distribution("native_given", &seconds, given)
        .native(1.5)
        .register()?;
    seconds.record(Duration::from_millis(250));
    let body = scrape::text(&census::prometheus::Exporter::builder().build()?);
    for line in [
        "native_derived_bucket{le=\"0.0625\"} 0\n",
        "native_derived_bucket{le=\"0.25\"} 1\n",
        "native_derived_bucket{le=\"1024.0\"} 1\n",
        "native_derived_bucket{le=\"+Inf\"} 1\n",
        "native_given_bucket{le=\"0.1\"} 0\n",
        "native_given_bucket{le=\"+Inf\"} 1\n",
        "native_given_count 1\n",
    ] {
        assert!(body.contains(line), "{line}{body}");
    }
    census::testing::assert_metrics(
        "native_given_bucket{le=\"0.1\"} 0
         native_given_count 1
         native_derived_bucket{le=\"0.25\"} 1",
    );
    Ok(())
}

#[test]
fn exemplars_belong_to_classic_buckets() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let size = Measure::<u64>::builder("native/exemplars").register()?;
    let view = View::distribution("native_exemplars", &size, [10, 100])
        .native(1.1)
        .register()?;
    record!(size = 50, exemplar(trace_id = "abc"));
    record!(size = 60);
    let data = data(&view);
    let values: Vec<_> = data
        .exemplars
        .iter()
        .map(|kept| kept.as_ref().map(|it| it.value))
        .collect();
    assert_eq!(values, [None, Some(50_u64.into()), None]);
    assert_eq!(data.native.map(|native| count(&native)), Some(2));
    Ok(())
}

#[test]
fn a_removed_row_begins_with_the_first_resolution() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let load = Measure::<f64>::builder("native/removed").register()?;
    let key = TagKey::new("native_removed_row")?;
    let view = View::distribution("native_removed", &load, Buckets::native())
        .column(&key)
        .register()?;
    let mut tags = TagMap::current();
    tags.insert(&key, TagValue::new("a")?);
    let record = |range: std::ops::Range<i32>| {
        tags.clone()
            .scope(|| range.for_each(|it| load.record(f64::from(it).exp2())));
    };
    let schema = || Some(view.data().get(&tags)?.native.as_ref()?.schema);
    record(-100..100);
    assert!(schema().is_some_and(|schema| schema < 3));
    assert!(view.remove(&tags));
    assert_eq!(schema(), None);
    record(0..2);
    assert_eq!(schema(), Some(3));
    Ok(())
}

#[test]
fn wrong_growth_factors_and_native_buckets_twice_are_refused() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let size = Measure::<u64>::builder("native/wrong").register()?;
    let refused = |builder: census::ViewBuilder<Distribution>, text: &str| {
        let error = builder.register().expect_err("the buckets are wrong");
        let problem = error.problems().first().expect("there is a problem");
        assert_eq!(problem.kind(), ProblemKind::InvalidView);
        assert!(error.to_string().contains(text), "{error}");
    };
    for growth in [1.0, 0.5, -1.0, f64::NAN, f64::INFINITY] {
        let message = "a finite number greater than 1";
        let buckets = Buckets::native_with_growth(growth);
        refused(View::distribution("native_wrong", &size, buckets), message);
        refused(
            View::distribution("native_wrong", &size, [1]).native(growth),
            message,
        );
    }
    let twice = View::distribution("native_wrong", &size, Buckets::native()).native(1.1);
    refused(twice, "beside native ones are classic ones");
    Ok(())
}

#[test]
fn a_snapshot_tells_which_views_have_native_buckets() -> Result<(), CatalogueError> {
    let _isolated = isolate();
    let size = Measure::<u64>::builder("native/listed").register()?;
    let native = View::distribution("native_listed", &size, Buckets::native()).register()?;
    let classic = View::distribution("classic_listed", &size, [1]).register()?;
    size.record(1);
    assert_eq!(data(&classic).native, None);
    let snapshot = census::snapshot();
    let schema = |name: &str| {
        let view = snapshot.views().find(|view| view.name() == name);
        view.map(|view| view.native_schema())
    };
    assert_eq!(schema("native_listed"), Some(Some(3)));
    assert_eq!(schema("classic_listed"), Some(None));
    // Equal definitions are one view, and others are not.
    let again = View::distribution("native_listed", &size, Buckets::native_with_growth(1.15));
    assert_eq!(data(&again.register()?), data(&native));
    let other = View::distribution("native_listed", &size, Buckets::native_with_growth(2.0));
    let error = other.register().expect_err("it is another definition");
    assert!(error.to_string().contains("native buckets"), "{error}");
    Ok(())
}
