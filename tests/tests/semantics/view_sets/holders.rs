//! Servers and collectors hold the views of their exporters; exporters that come and go on many threads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use census::prometheus::Exporter;
use census::testing::isolate;
use census_tests::rows::{integer, only_row};
use prometheus_client::registry::Registry;

use super::{MEASURE, SUM, VIEWS, assert_registered};

#[test]
fn server_holds_the_views_of_its_exporter() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let gone = || {
        (0..500).any(|_| {
            thread::sleep(Duration::from_millis(10));
            VIEWS.iter().all(|view| !view.is_registered())
        })
    };
    let build = || Exporter::builder().views(&VIEWS).build();
    let thread = build()?.spawn("127.0.0.1:0")?;
    assert_registered(&VIEWS, true);
    thread.shutdown();
    assert!(gone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let exporter = build()?;
    let server = runtime.block_on(exporter.bind("127.0.0.1:0"))?;
    drop(exporter);
    assert_registered(&VIEWS, true);
    runtime.block_on(server.shutdown());
    assert!(gone());
    let filter = build()?.warp_filter();
    assert_registered(&VIEWS, true);
    drop(filter);
    assert!(gone());
    Ok(())
}

#[test]
fn collector_holds_the_views_of_its_exporter() -> Result<(), Box<dyn std::error::Error>> {
    let _isolated = isolate();
    let mut registry = Registry::default();
    let exporter = Exporter::builder().views(&VIEWS).build()?;
    exporter.register_into(&mut registry);
    drop(exporter);
    let mut body = String::new();
    prometheus_client::encoding::text::encode(&mut body, &registry)?;
    assert!(body.contains("optional_sum_total 0\n"), "{body}");
    drop(registry);
    assert_registered(&VIEWS, false);
    Ok(())
}

/// Exporters come and go in all threads, and one thread registers and unregisters: no view is lost that is held, and
/// none is left. The program itself is meant, so this is outside of isolations.
#[test]
fn views_come_and_go_concurrently() {
    static ENDS: AtomicBool = AtomicBool::new(false);
    thread::scope(|scope| {
        let exporters = [0, 1, 2].map(|_| {
            scope.spawn(|| {
                for _ in 0..300 {
                    let exporter = Exporter::builder().views(&VIEWS).build_lenient();
                    assert_registered(&VIEWS, true);
                    MEASURE.record(1);
                    let clone = exporter.clone();
                    drop(exporter);
                    let sum = only_row(&SUM).map(|sum| integer(&sum));
                    assert!(sum > Some(0), "{sum:?}");
                    drop(clone);
                }
            })
        });
        scope.spawn(|| {
            while !ENDS.load(Ordering::Relaxed) {
                VIEWS.register().expect("valid views");
                assert_registered(&VIEWS, true);
            }
        });
        let exporters = exporters.map(thread::ScopedJoinHandle::join);
        ENDS.store(true, Ordering::Relaxed);
        assert!(exporters.iter().all(Result::is_ok));
    });
    assert_eq!(VIEWS.unregister(), 2, "the program holds them");
    // Now the program unregisters them at any time. At the end nothing is left, whatever came first.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..300 {
                    let exporter = Exporter::builder().views(&VIEWS).build_lenient();
                    MEASURE.record(1);
                    drop(exporter);
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..300 {
                let _ = VIEWS.unregister();
                MEASURE.record(1);
            }
        });
    });
    assert_registered(&VIEWS, false);
    assert!(!MEASURE.is_viewed());
}
