//! What tokio tells of runtimes that an exporter observes. All tests share the views, so they run one after the other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use census::prometheus::{Exporter, ExporterBuilder};
use census::{Number, View, tokio_runtime as itself};
use census_tests::eventually;
use census_tests::rows::{integer, only_row};
use census_tests::scrape;
use tokio::runtime::{Builder, Handle, Runtime};

/// Held while a test runs.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that it was dropped.
struct Noted(Arc<AtomicBool>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn runtime(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(workers).enable_time();
    builder.build().expect("a runtime")
}

fn current_thread() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime")
}

fn observing(handles: &[&Handle]) -> Exporter {
    let builder = Exporter::builder().namespace("ns");
    let add = |builder: ExporterBuilder, handle: &&Handle| builder.tokio(handle);
    let builder = handles.iter().fold(builder, add);
    builder.build().expect("no problems")
}

/// The value of a view, if it has its row.
fn value(view: &View<census::Sum>) -> Option<i64> {
    only_row(view).as_ref().map(integer)
}

fn busy() -> Duration {
    match only_row(&itself::BUSY_SECONDS) {
        Some(Number::Duration(busy)) => busy,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn families_have_names_in_the_style_of_prometheus() {
    let _alone = alone();
    let runtime = runtime(2);
    let exporter = observing(&[runtime.handle()]);
    let text = scrape::text(&exporter);
    for (name, kind) in [
        ("tokio_workers", "gauge"),
        ("tokio_alive_tasks", "gauge"),
        ("tokio_global_queue_depth", "gauge"),
        ("tokio_worker_busy_seconds_total", "counter"),
        ("tokio_worker_parks_total", "counter"),
    ] {
        assert!(
            text.contains(&format!("# TYPE {name} {kind}\n{name} ")),
            "{text}"
        );
    }
    drop(exporter);
    assert!(itself::VIEWS.iter().all(|view| !view.is_registered()));
}

#[test]
fn tasks_and_work_are_counted() {
    let _alone = alone();
    let runtime = runtime(3);
    let _exporter = observing(&[runtime.handle()]);
    assert_eq!(value(&itself::WORKER_COUNT), Some(3));
    assert_eq!(value(&itself::ALIVE_TASK_COUNT), Some(0));
    let tasks: Vec<_> = (0..7)
        .map(|_| runtime.spawn(std::future::pending::<()>()))
        .collect();
    assert_eq!(value(&itself::ALIVE_TASK_COUNT), Some(7));
    for task in &tasks {
        task.abort();
    }
    let ended = eventually(|| (value(&itself::ALIVE_TASK_COUNT) == Some(0)).then_some(()));
    assert!(ended.is_some(), "{:?}", value(&itself::ALIVE_TASK_COUNT));

    let parks = value(&itself::PARK_COUNT);
    let work = runtime.spawn(async {
        for _ in 0..5 {
            thread::sleep(Duration::from_millis(20));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    runtime.block_on(work).expect("the task ends");
    // A worker adds its time when it parks.
    let counted = eventually(|| (busy() >= Duration::from_millis(100)).then_some(()));
    assert!(counted.is_some(), "{:?}", busy());
    assert!(value(&itself::PARK_COUNT) >= parks.map(|parks| parks + 5));
}

#[test]
fn tasks_that_no_worker_has_taken_are_queued() {
    let _alone = alone();
    // Nothing drives it.
    let runtime = current_thread();
    let _exporter = observing(&[runtime.handle()]);
    let before = value(&itself::QUEUED_TASKS).expect("a row");
    for _ in 0..4 {
        runtime.spawn(async {});
    }
    assert_eq!(value(&itself::QUEUED_TASKS), Some(before + 4));
    assert_eq!(value(&itself::WORKER_COUNT), Some(1));
}

#[test]
fn several_runtimes_are_added_up_and_each_counts_once() {
    let _alone = alone();
    let (first, second) = (runtime(2), runtime(3));
    let both = observing(&[first.handle(), second.handle(), first.handle()]);
    assert_eq!(value(&itself::WORKER_COUNT), Some(5));
    let again = observing(&[first.handle()]);
    assert_eq!(value(&itself::WORKER_COUNT), Some(5));
    drop(both);
    assert_eq!(value(&itself::WORKER_COUNT), Some(2));
    drop(again);
    assert_eq!(value(&itself::WORKER_COUNT), None);
}

#[test]
fn runtime_that_has_ended_is_gone_from_gauges_and_its_totals_stay() {
    let _alone = alone();
    let (first, second) = (runtime(2), runtime(3));
    let exporter = observing(&[first.handle(), second.handle()]);
    let parks = eventually(|| value(&itself::PARK_COUNT).filter(|parks| *parks >= 5));
    let parks = parks.expect("idle workers have parked");
    drop(first);
    assert_eq!(value(&itself::WORKER_COUNT), Some(3));
    assert!(value(&itself::PARK_COUNT) >= Some(parks));
    drop(second);
    assert_eq!(value(&itself::WORKER_COUNT), None);
    assert!(value(&itself::PARK_COUNT) >= Some(parks));
    let text = scrape::text(&exporter);
    assert!(!text.contains("\ntokio_workers "), "{text}");
    assert!(text.contains("\ntokio_worker_parks_total "), "{text}");
}

#[test]
fn observation_does_not_keep_a_runtime_alive() {
    let _alone = alone();
    for runtime in [runtime(2), current_thread()] {
        let exporter = observing(&[runtime.handle()]);
        let is_dropped = Arc::new(AtomicBool::new(false));
        let noted = Noted(Arc::clone(&is_dropped));
        runtime.spawn(async move {
            let _noted = noted;
            std::future::pending::<()>().await;
        });
        let begun = Instant::now();
        drop(runtime);
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(is_dropped.load(Ordering::SeqCst));
        drop(exporter);
    }
    let ended = [runtime(1), current_thread()].map(|runtime| runtime.handle().clone());
    for handle in ended {
        let exporter = observing(&[&handle]);
        assert_eq!(value(&itself::WORKER_COUNT), None, "it had ended before");
        drop(exporter);
    }
    let in_background = runtime(2);
    let exporter = observing(&[in_background.handle()]);
    in_background.shutdown_background();
    let ended = eventually(|| value(&itself::WORKER_COUNT).is_none().then_some(()));
    assert!(ended.is_some());
    drop(exporter);
}

#[test]
fn a_runtime_that_is_held_again_does_not_count_twice() {
    let _alone = alone();
    itself::VIEWS.register().expect("no problems");
    let before = value(&itself::PARK_COUNT).unwrap_or_default();
    let runtime = runtime(2);
    let metrics = runtime.metrics();
    let parks = || -> u64 { (0..2).map(|worker| metrics.worker_park_count(worker)).sum() };
    let mut last = before;
    for round in 0..4 {
        let (exporter, observed) = if round % 2 == 0 {
            (Some(observing(&[runtime.handle()])), None)
        } else {
            (None, Some(census::observe_runtime(runtime.handle())))
        };
        runtime.block_on(async {
            for _ in 0..20 {
                tokio::spawn(tokio::time::sleep(Duration::from_millis(1)))
                    .await
                    .expect("a task");
            }
        });
        // The library's task is there once. A task that has ended is still counted for a moment.
        let is_alone = eventually(|| (metrics.num_alive_tasks() == 1).then_some(()));
        assert!(is_alone.is_some(), "{}", metrics.num_alive_tasks());
        assert_eq!(value(&itself::WORKER_COUNT), Some(2));
        let counted = value(&itself::PARK_COUNT).expect("a row");
        assert!(counted > last, "{counted} after {last}");
        let limit = before + i64::try_from(parks()).expect("a small number");
        assert!(
            counted <= limit,
            "round {round}: {counted}, and tokio has {limit}"
        );
        last = counted;
        drop((exporter, observed));
        assert_eq!(value(&itself::WORKER_COUNT), None);
        assert_eq!(value(&itself::PARK_COUNT), Some(last));
    }
    drop(runtime);
    assert_eq!(value(&itself::PARK_COUNT), Some(last));
    for view in [
        &itself::WORKER_COUNT,
        &itself::ALIVE_TASK_COUNT,
        &itself::QUEUED_TASKS,
        &itself::BUSY_SECONDS,
        &itself::PARK_COUNT,
    ] {
        assert!(view.unregister());
    }
}

#[test]
fn runtimes_end_while_scrapes_run() {
    let _alone = alone();
    let stop = Arc::new(AtomicBool::new(false));
    let kept = runtime(1);
    let exporter = observing(&[kept.handle()]);
    let scraper = {
        let (stop, exporter) = (Arc::clone(&stop), exporter.clone());
        thread::spawn(move || {
            let mut parks = 0;
            while !stop.load(Ordering::SeqCst) {
                let samples = scrape::Samples::parse(&scrape::text(&exporter));
                assert!(samples.value("tokio_workers") >= 1);
                let now = samples.value("tokio_worker_parks_total");
                assert!(now >= parks, "{now} after {parks}");
                parks = now;
            }
        })
    };
    for round in 0..60 {
        let runtime = if round % 2 == 0 {
            runtime(2)
        } else {
            current_thread()
        };
        let exporter = observing(&[runtime.handle()]);
        runtime.block_on(async {
            tokio::spawn(async {}).await.expect("a task");
        });
        if round % 3 == 0 {
            drop(exporter);
            drop(runtime);
        } else {
            drop(runtime);
            drop(exporter);
        }
    }
    stop.store(true, Ordering::SeqCst);
    scraper.join().expect("the scraper");
}
