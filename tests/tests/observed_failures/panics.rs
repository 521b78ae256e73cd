//! Readings that panic.

#![expect(clippy::panic, reason = "the readings panic on purpose")]

use std::sync::atomic::{AtomicBool, Ordering};

use census::prometheus::Exporter;
use census::{Observed, measure, tags, view};
use census_tests::scrape;

use super::failures;

#[measure]
static BROKEN: Observed<u64>;
#[measure]
static BESIDE: Observed<u64>;
#[measure]
static WHOLE: Observed<u64> = || 7;
#[measure(total)]
static BROKEN_TOTAL: Observed<u64>;

view! {
    static BROKEN_VALUE: Sum<BROKEN>;
    static BROKEN_COUNT: Count<BROKEN>;
    static BESIDE_VALUE: Sum<BESIDE>;
    static WHOLE_VALUE: Sum<WHOLE>;
    static BROKEN_SUM: Sum<BROKEN_TOTAL>;
}

/// Its destructor panics, with another one.
struct PanicsWhenDropped(bool);

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        if self.0 {
            std::panic::panic_any(Self(false));
        }
    }
}

#[test]
fn a_panic_costs_the_families_of_the_measures_that_the_observation_names() {
    static PANICS: AtomicBool = AtomicBool::new(true);
    let _alone = super::alone();
    let broken = census::observe([&BROKEN, &BROKEN_TOTAL], |seen| {
        seen.record(&BROKEN, 1, tags!());
        seen.record(&BROKEN_TOTAL, 5, tags!());
        if PANICS.load(Ordering::SeqCst) {
            std::panic::panic_any(PanicsWhenDropped(true));
        }
    });
    let healthy = census::observe([&BROKEN, &BESIDE], |seen| {
        seen.record(&BROKEN, 10, tags!());
        seen.record(&BESIDE, 20, tags!());
    });
    let before = failures("broken", "panic");
    let exporter = Exporter::builder().build_lenient();
    for text in [scrape::text(&exporter), scrape::open_metrics(&exporter)] {
        for absent in ["broken_value", "broken_count", "broken_sum"] {
            assert!(!text.contains(absent), "{absent} in {text}");
        }
        assert!(text.contains("beside_value 20\n"), "{text}");
        assert!(text.contains("whole_value 7\n"), "{text}");
    }
    let mut registry = census::prometheus::client::registry::Registry::default();
    exporter.register_into(&mut registry);
    let mut text = String::new();
    census::prometheus::client::encoding::text::encode(&mut text, &registry).expect("text");
    assert!(
        !text.contains("broken_value") && text.contains("beside_value 20\n"),
        "{text}"
    );
    assert!(BROKEN_VALUE.data().rows.is_empty());
    let snapshot = census::snapshot();
    let rows = |name| snapshot.view(name).expect("a view").data.rows.len();
    assert_eq!((rows("broken_value"), rows("beside_value")), (0, 1));

    // The scrape that tells is itself one.
    assert_eq!(failures("broken", "panic") - before, 6);
    assert_eq!(failures("whole", "panic"), 0);
    PANICS.store(false, Ordering::SeqCst);
    assert!(
        BROKEN_VALUE
            .data()
            .get(&tags!())
            .is_some_and(|sum| *sum == 11)
    );
    assert!(BROKEN_SUM.data().get(&tags!()).is_some_and(|sum| *sum == 5));
    PANICS.store(true, Ordering::SeqCst);
    assert!(BROKEN_SUM.data().rows.is_empty());
    PANICS.store(false, Ordering::SeqCst);
    assert!(
        BROKEN_SUM.data().get(&tags!()).is_some_and(|sum| *sum == 5),
        "a failure changes no total"
    );
    drop((broken, healthy));
}
