//! The findings of `census::testing::lint`.

use census::testing::{Finding, FindingKind, lint};
use census::{Measure, View, measure, view};

#[measure]
static UNDOCUMENTED: Measure<u64>;
/// Jobs.
#[measure]
static DOCUMENTED: Measure<u64>;

view! {
    static EMPTY: Count<UNDOCUMENTED>;
    /// Jobs that were counted.
    static OF_ITS_OWN: Count<UNDOCUMENTED> { name: "own" }
    static OF_ITS_MEASURE: Sum<DOCUMENTED>;
    static BLANK: Sum<UNDOCUMENTED> { description: "  " }
}

#[test]
fn views_with_an_empty_help_are_found() {
    let late = View::count("late", &UNDOCUMENTED);
    late.register().expect("a new view");
    let findings = lint();
    let views: Vec<_> = findings.iter().map(Finding::view).collect();
    assert_eq!(views, ["blank", "empty", "late"]);
    let empty = &findings[1];
    assert_eq!(empty.kind(), FindingKind::NoDescription);
    let message = empty.to_string();
    assert!(
        message.starts_with(
            "the view `empty` has no description, so its HELP is empty: write a doc comment above the view, or above its \
             measure `lint/undocumented`\n    view: tests/tests/lint.rs:13 (crate lint)"
        ),
        "{message}"
    );
    assert_eq!(empty.origin(), EMPTY.origin());
}
