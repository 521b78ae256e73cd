//! Scrapes one after another and at the same time: what a scrape has, and that it is never older than its request.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use census::prometheus::Exporter;
use census::{Measure, View};
use census_tests::scrape;
use census_tests::threads::on_threads;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

/// A collector that exports how many times it was called, and panics at each `panics`th call.
#[derive(Debug)]
struct CountsCalls {
    calls: Arc<AtomicU64>,
    panics: u64,
}

impl Collector for CountsCalls {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let calls = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        assert!(!calls.is_multiple_of(self.panics), "on purpose");
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
    for panics in [u64::MAX, 3] {
        let calls = Arc::new(AtomicU64::new(0));
        let exporter = exporter(CountsCalls {
            calls: Arc::clone(&calls),
            panics,
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
                let families = body.matches("# TYPE census_left_out_families").count();
                assert_eq!(families, 1);
            }
        });
        assert_eq!(failed.into_inner() > 0, panics == 3);
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
        let left_out = format!("census_left_out_families {}\n", u8::from(theirs));
        assert!(body.contains(&left_out), "{body}");
        assert_eq!(body.matches("\ntheirs ").count(), 1);
    }
    assert!(view.unregister());
}

#[test]
fn a_body_is_given_away_without_a_copy() {
    let scrape = Exporter::builder().build_lenient().scrape(None);
    let bytes: &[u8] = scrape.body.as_ref();
    assert_eq!(bytes, scrape.body.as_bytes());
    let (address, text) = (bytes.as_ptr(), scrape.text().into_owned());
    assert_eq!(scrape.body, text.as_str());
    assert_eq!(scrape.body.to_str(), Some(text.as_str()));
    assert_eq!(scrape.body.to_string(), text);
    // A clone still holds the bytes, so they are copied.
    let copied = scrape.body.clone().into_bytes();
    assert_eq!(copied, text.as_bytes());
    assert_ne!(copied.as_ptr(), address);
    let moved = scrape.body.into_bytes();
    assert_eq!(moved.as_ptr(), address);
}
