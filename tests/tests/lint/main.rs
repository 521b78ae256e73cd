//! The findings of `census::testing::lint`: their exact texts, and those of `promtool check metrics` beside them.

mod against_promtool;
mod declared;
mod generated;
mod texts;

use census::ViewState;
use census::testing::{Finding, FindingKind};

use self::declared::{EMPTY, PAUSE, PAUSE_MS, linted};

/// The findings about one view of this program.
fn findings_of(view: &str) -> Vec<Finding> {
    let findings = linted().findings.iter();
    let of_view = findings.filter(|finding| finding.view() == view);
    of_view.cloned().collect()
}

/// Checks the findings about a view: their kinds, and their texts without the places. A change of the measure begins its
/// text with an `*`.
#[track_caller]
fn check(view: &str, expected: &[(FindingKind, &str)]) {
    let findings = findings_of(view);
    let actual = findings.iter().map(|it| {
        let mark = it.measure_origin().map_or("", |_| "*");
        let text = format!("{mark}{}: {}", it.problem(), it.instead());
        (it.kind(), text)
    });
    let actual: Vec<_> = actual.collect();
    let actual: Vec<_> = actual.iter().map(|(kind, it)| (*kind, &**it)).collect();
    assert_eq!(actual, expected);
}

#[test]
fn the_places_stand_last() {
    let empty = &findings_of("empty")[0];
    let text = format!(
        "the view `empty` has no description, so its HELP is empty: write a doc comment above the view, or above its measure \
         `lint/undocumented`\n    view: {}",
        EMPTY.origin()
    );
    assert_eq!(empty.to_string(), text);
    assert_eq!(format!("{empty:?}"), text);
    assert!(text.ends_with(" (crate lint)"), "{text}");
    assert_eq!(empty.origin(), EMPTY.origin());
    assert_eq!(empty.measure_origin(), None);
    let pause = &findings_of("pause_ms")[0];
    let text = format!(
        "the view `pause_ms` is exported as the histogram `pause_ms`, whose name has the abbreviated unit `ms` in it: leave \
         out the unit `ms` of the measure `lint/pause`, so that it is exported in seconds, and write `static PAUSE_SECONDS` or `{{ name: \"pause_seconds\" \
         }}`\n    view: {}; measure: {}",
        PAUSE_MS.origin(),
        PAUSE.origin()
    );
    assert_eq!(pause.to_string(), text);
    assert_eq!(pause.measure_origin(), Some(PAUSE.origin()));
}

#[test]
fn findings_are_in_the_order_of_views() {
    let findings = &linted().findings;
    assert!(findings.is_sorted_by_key(Finding::view));
    // Nothing is found twice.
    for (index, finding) in findings.iter().enumerate() {
        assert!(!findings[..index].contains(finding), "{finding}");
    }
}

#[test]
fn views_of_the_library_have_no_findings() {
    let findings = linted().findings.iter();
    let of_library = findings.filter(|it| it.origin().crate_name() == "census");
    assert_eq!(of_library.collect::<Vec<_>>(), [] as [&Finding; 0]);
    let views = census::catalogue().views;
    let of_library = views
        .iter()
        .filter(|it| it.origin.crate_name() == "census" && it.state == ViewState::Registered);
    // Those of functions, of the process and of tokio.
    assert!(of_library.count() >= 3 + 8 + 5);
}

#[test]
fn good_views_have_no_findings() {
    for view in [
        "own",
        "of_its_measure",
        "last_timestamp_seconds",
        "gauge_of_jobs",
        "wait_seconds",
        "waits",
        "belt_metres",
        "closed",
    ] {
        check(view, &[]);
    }
}
