//! `census_removed_rows_total`.

use std::thread;

use census::prometheus::Exporter;
use census::testing::isolate;
use census::{record, tags};
use census_tests::scrape;

use super::{BYTES, GOING_SUM, IDLE_SUM, SHORT, TENANT};

#[test]
fn removed_rows_are_counted_by_view_and_reason() {
    let _isolated = isolate();
    IDLE_SUM.register().expect("a valid view");
    let exporter = Exporter::builder().build().expect("a valid catalogue");
    let removed = || {
        let text = scrape::text(&exporter);
        let lines = text.lines();
        let of_family = lines.filter_map(|line| line.strip_prefix("census_removed_rows_total"));
        of_family.map(str::to_owned).collect::<Vec<_>>()
    };
    let idle = |count| format!("{{view=\"idle_sum\",reason=\"idle\"}} {count}");
    assert_eq!(removed(), [idle(0)]);
    for tenant in ["a", "b", "c"] {
        record!(BYTES = 1, tags(TENANT = tenant));
    }
    assert!(GOING_SUM.remove(&tags!(TENANT = "a")));
    assert_eq!(GOING_SUM.clear(), 2);
    assert_eq!(
        removed(),
        [
            "{view=\"going_sum\",reason=\"removed\"} 1".to_owned(),
            "{view=\"going_sum\",reason=\"cleared\"} 2".to_owned(),
            idle(0),
        ]
    );
    thread::sleep(SHORT);
    assert_eq!(removed().last(), Some(&idle(3)));
    // The view has no rows, and it is still known that none of its measurements overflowed.
    let text = scrape::text(&exporter);
    let overflowed = "census_overflowed_measurements_total{view=\"going_sum\"} 0\n";
    assert!(text.contains(overflowed), "{text}");
}
