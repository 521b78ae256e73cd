//! One scrape after the other, and many at once.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::scope;

use census::prometheus::Exporter;
use census::{Measure, View};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

/// Says how many times it was asked, and panics each `panics`th time.
#[derive(Debug)]
struct Asked {
    times: Arc<AtomicU64>,
    panics: u64,
}

impl Collector for Asked {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let times = self.times.fetch_add(1, Ordering::SeqCst) + 1;
        assert!(!times.is_multiple_of(self.panics), "on purpose");
        let mut metric = encoder.encode_descriptor("asked", "So often", None, MetricType::Gauge)?;
        metric.encode_gauge(&times)
    }
}

fn exporter(collector: impl Collector) -> Exporter {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(collector));
    Exporter::builder()
        .registry(registry)
        .build()
        .expect("sound")
}

#[test]
fn of_many_at_once_nobody_gets_what_was_begun_before_he_asked_and_none_hangs() {
    for panics in [u64::MAX, 3] {
        let times = Arc::new(AtomicU64::new(0));
        let exporter = exporter(Asked {
            times: Arc::clone(&times),
            panics,
        });
        let failed = AtomicU64::new(0);
        scope(|scope| {
            for accept in [None, Some("application/openmetrics-text")].repeat(8) {
                let (exporter, times, failed) = (&exporter, &times, &failed);
                scope.spawn(move || {
                    for _ in 0..50 {
                        let before = times.load(Ordering::SeqCst);
                        let scrape = exporter.scrape(accept);
                        if scrape.status == 500 {
                            failed.fetch_add(1, Ordering::SeqCst);
                            continue;
                        }
                        let text = scrape.text();
                        let said = text.lines().find_map(|line| line.strip_prefix("asked "));
                        let said: u64 = said.expect("it is there").parse().expect("a number");
                        assert!(said > before, "{said} was begun before {before}");
                        let whole = scrape
                            .text()
                            .matches("# TYPE census_left_out_families")
                            .count();
                        assert_eq!(whole, 1);
                    }
                });
            }
        });
        assert_eq!(failed.into_inner() > 0, panics == 3);
    }
}

#[test]
fn views_that_come_and_go_do_so_in_the_next_scrape() {
    let exporter = Exporter::builder().namespace("ns").build().expect("sound");
    let measure = Measure::<u64>::builder("coming_and_going").register();
    let measure = measure.expect("free");
    for bound in [1, 2] {
        assert!(!exporter.scrape(None).text().contains("ns_comes"));
        // Of the same name, and not the same.
        let view = View::distribution("comes", &measure, [bound]);
        let view = view.register().expect("free");
        measure.record(2);
        let body = exporter.scrape(None).body.to_string();
        let line = format!("ns_comes_bucket{{le=\"{bound}.0\"}} {}\n", bound - 1);
        assert!(body.contains(&line), "{body}");
        assert!(view.unregister());
    }
}

/// Has a family at times.
#[derive(Debug)]
struct Fickle(Arc<AtomicBool>);

impl Collector for Fickle {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        if self.0.load(Ordering::SeqCst) {
            let metric = encoder.encode_descriptor("fickle", "Theirs", None, MetricType::Gauge);
            metric?.encode_gauge(&1_i64)?;
        }
        Ok(())
    }
}

#[test]
fn a_family_that_the_users_registry_has_at_times_is_left_out_at_those() {
    let measure = Measure::<u64>::builder("fickle").register().expect("free");
    let view = View::last_value("fickle", &measure).register();
    let view = view.expect("free");
    measure.record(7);
    let there = Arc::new(AtomicBool::new(false));
    let exporter = exporter(Fickle(Arc::clone(&there)));
    for theirs in [false, true, true, false, true] {
        there.store(theirs, Ordering::SeqCst);
        let body = exporter.scrape(None).body.to_string();
        let value = if theirs { 1 } else { 7 };
        assert!(body.contains(&format!("\nfickle {value}\n")), "{body}");
        let left_out = format!("census_left_out_families {}\n", u8::from(theirs));
        assert!(body.contains(&left_out), "{body}");
        assert_eq!(body.matches("\nfickle ").count(), 1);
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
    assert_eq!(scrape.body.into_bytes().as_ptr(), address);
}
