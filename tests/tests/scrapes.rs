//! Scrapes one after another and at the same time: what a scrape has, and that it is never older than its request.

use std::fmt;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use census::prometheus::Exporter;
use census::{Measure, View};
use census_tests::scrape;
use census_tests::threads::on_threads;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

/// A collector that exports how many times it was called, and panics at each `panic_interval`th call.
///
/// `SeqCst` everywhere in this file: these tests do not depend on a weaker ordering.
#[derive(Debug)]
struct CountsCalls {
    calls: Arc<AtomicU64>,
    panic_interval: u64,
}

impl Collector for CountsCalls {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let calls = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        assert!(!calls.is_multiple_of(self.panic_interval), "on purpose");
        let mut metric =
            encoder.encode_descriptor("collector_calls", "Calls", None, MetricType::Gauge)?;
        metric.encode_gauge(&calls)
    }
}

fn exporter(collector: impl Collector) -> Exporter {
    let exporter = scrape::collecting(collector).build();
    exporter.expect("a valid catalogue")
}

#[test]
fn concurrent_scrapes_are_never_stale() {
    for panic_interval in [u64::MAX, 3] {
        let calls = Arc::new(AtomicU64::new(0));
        let exporter = exporter(CountsCalls {
            calls: Arc::clone(&calls),
            panic_interval,
        });
        let failed = AtomicU64::new(0);
        on_threads(0..16, |number| {
            let accept = (number % 2 == 1).then_some("application/openmetrics-text");
            for _ in 0..50 {
                let before = calls.load(Ordering::SeqCst);
                let scrape = exporter.scrape(accept);
                if scrape.status == 500 {
                    failed.fetch_add(1, Ordering::SeqCst);
                    continue;
                }
                let body = scrape::text_of(&scrape);
                let value = body
                    .lines()
                    .find_map(|line| line.strip_prefix("collector_calls "));
                let value: u64 = value.expect("a sample").parse().expect("a number");
                assert!(value > before, "{value} is older than {before}");
                let families = body.matches("# TYPE census_catalogue_problems").count();
                assert_eq!(families, 1);
            }
        });
        assert_eq!(failed.into_inner() > 0, panic_interval == 3);
    }
}

#[test]
fn next_scrape_follows_registrations() {
    let exporter = Exporter::builder()
        .namespace("ns")
        .build()
        .expect("a valid catalogue");
    let measure = Measure::<u64>::builder("at_times").register();
    let measure = measure.expect("a free name");
    for bound in [1, 2] {
        assert!(!scrape::text(&exporter).contains("ns_at_times"));
        // The second view has the same name and other buckets.
        let view = View::distribution("at_times", &measure, [bound]);
        let view = view.register().expect("a free name");
        measure.record(2);
        let body = scrape::text(&exporter);
        let line = format!("ns_at_times_bucket{{le=\"{bound}.0\"}} {}\n", bound - 1);
        assert!(body.contains(&line), "{body}");
        assert!(view.unregister());
    }
}

/// A collector that has a family at times.
#[derive(Debug)]
struct AtTimes(Arc<AtomicBool>);

impl Collector for AtTimes {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        if self.0.load(Ordering::SeqCst) {
            let metric = encoder.encode_descriptor("theirs", "Theirs", None, MetricType::Gauge);
            metric?.encode_gauge(&1_i64)?;
        }
        Ok(())
    }
}

#[test]
fn view_gives_way_to_a_family_of_the_users_registry() {
    let measure = Measure::<u64>::builder("theirs").register();
    let measure = measure.expect("a free name");
    let view = View::last_value("theirs", &measure).register();
    let view = view.expect("a free name");
    measure.record(7);
    let has_family = Arc::new(AtomicBool::new(false));
    let exporter = exporter(AtTimes(Arc::clone(&has_family)));
    for theirs in [false, true, true, false, true] {
        has_family.store(theirs, Ordering::SeqCst);
        let body = scrape::text(&exporter);
        let value = if theirs { 1 } else { 7 };
        assert!(body.contains(&format!("\ntheirs {value}\n")), "{body}");
        let left_out = "census_left_out_families{family=\"theirs\"} 1\n";
        assert_eq!(body.contains(left_out), theirs, "{body}");
        assert_eq!(body.matches("\ntheirs ").count(), 1);
    }
    assert!(view.unregister());
}

/// A collector that counts its calls when they begin, and takes some time for each.
#[derive(Debug)]
struct Slow {
    calls: Arc<AtomicU64>,
    time: Duration,
}

impl Collector for Slow {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let calls = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        thread::sleep(self.time);
        let mut metric =
            encoder.encode_descriptor("slow_calls", "Calls", None, MetricType::Gauge)?;
        metric.encode_gauge(&calls)
    }
}

#[test]
fn a_scrape_waits_for_two_renderings_at_most() {
    let calls = Arc::new(AtomicU64::new(0));
    let exporter = exporter(Slow {
        calls: Arc::clone(&calls),
        time: Duration::from_millis(3),
    });
    on_threads(0..8, |_| {
        for _ in 0..30 {
            let before = calls.load(Ordering::SeqCst);
            let body = scrape::text(&exporter);
            let value = body
                .lines()
                .find_map(|line| line.strip_prefix("slow_calls "));
            let value: u64 = value.expect("a sample").parse().expect("a number");
            // One more if a rendering had begun, and its collector had not been called yet.
            assert!(
                (before + 1..=before + 2).contains(&value),
                "{before} {value}"
            );
        }
    });
}

/// A collector that waits for a permission.
#[derive(Debug)]
struct Hangs(Mutex<Receiver<()>>);

impl Collector for Hangs {
    fn encode(&self, _: DescriptorEncoder) -> fmt::Result {
        let permitted = self.0.lock().expect("no panic");
        permitted.recv().map_err(|_| fmt::Error)
    }
}

#[test]
fn a_collector_that_hangs_costs_the_deadline_and_two_threads() {
    let (permit, permitted) = channel();
    let exporter = scrape::collecting(Hangs(Mutex::new(permitted)))
        .deadline(Duration::from_millis(50))
        .build()
        .expect("a valid catalogue");
    on_threads(0..20, |number| {
        let accept = (number % 2 == 1).then_some("application/openmetrics-text");
        assert_eq!(exporter.scrape(accept).status, 503);
    });
    let render_threads = fs::read_dir("/proc/self/task")
        .expect("Linux")
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .filter(|name| name.starts_with("census-render"))
        .count();
    // Other tests of this process have exporters, too: none has more than two.
    assert!(render_threads <= 2 * 8, "{render_threads}");
    // When the collector works again, so do scrapes.
    for _ in 0..100 {
        permit.send(()).expect("a collector");
    }
    let body = loop {
        let scrape = exporter.scrape(None);
        if scrape.status == 200 {
            break scrape::text_of(&scrape);
        }
    };
    let failed = "census_failed_scrapes_total{reason=\"deadline\"} ";
    let failed = body.lines().find_map(|line| line.strip_prefix(failed));
    let failed: u64 = failed.expect("a sample").parse().expect("a number");
    assert!(failed >= 20, "{failed}");
}

#[test]
fn a_collector_that_scrapes_its_own_exporter_gets_an_error() {
    #[derive(Debug)]
    struct Nests(Arc<OnceLock<Exporter>>);
    impl Collector for Nests {
        fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
            let status = self
                .0
                .get()
                .map_or(0, |exporter| exporter.scrape(None).status);
            let mut metric =
                encoder.encode_descriptor("nested_status", "Status", None, MetricType::Gauge)?;
            metric.encode_gauge(&u64::from(status))
        }
    }
    let cell = Arc::new(OnceLock::new());
    let exporter = exporter(Nests(Arc::clone(&cell)));
    cell.set(exporter.clone()).expect("empty");
    assert!(scrape::text(&exporter).contains("nested_status 500\n"));
}

#[test]
fn body_is_the_same_in_every_form() {
    const CHUNK: usize = 64 * 1024;
    for lines in [1, 100, 10_000] {
        let scrape = exporter(Lines(lines)).scrape(None);
        let text = scrape.text();
        assert_eq!(
            text.lines().filter(|it| it.starts_with("line{")).count(),
            lines
        );
        let body = &scrape.body;
        assert_eq!(body.to_str(), Some(&*text));
        assert_eq!(body.to_string(), text);
        assert_eq!(*body, &*text);
        assert_eq!(body.as_bytes(), text.as_bytes());
        assert_eq!(body.len(), text.len());
        assert_eq!(body.clone().into_bytes(), text.as_bytes());
        let chunks: Vec<_> = body.chunks().collect();
        assert_eq!(chunks.concat(), text.as_bytes());
        assert!(chunks.iter().all(|it| (1..=CHUNK).contains(&it.len())));
        // The clones share the memory.
        assert_eq!(body.clone().as_bytes().as_ptr(), body.as_bytes().as_ptr());
    }
}

/// So many samples, whose label values have characters of several bytes.
#[derive(Debug)]
struct Lines(usize);

impl Collector for Lines {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut metric = encoder.encode_descriptor("line", "Line", None, MetricType::Gauge)?;
        for number in 0..self.0 {
            let labels = [("label", format!("{}{number}", "äß".repeat(number % 7)))];
            metric.encode_family(&labels)?.encode_gauge(&1)?;
        }
        Ok(())
    }
}
