//! Sets and views that are given at run time, and how many rows with zeros a view may have.

use std::collections::BTreeSet;

use census::calls::{FUNCTION, LATENCY};
use census::testing::isolate;
use census::{Measure, ProblemKind, TagKey, View, ViewBuilder, record, tags};
use census_tests::rows::{keys, keys_of_rows, tag_values};

use super::{CACHED, METHOD, Method, OUTCOME, REQUESTS, TENANT};

#[test]
fn sets_are_given_at_run_time() {
    let _isolated = isolate();
    let key = TagKey::with_values("color", ["red", "green"]).expect("a new key");
    let measure = Measure::<u64>::builder("paint").register().expect("new");
    let view = View::count("paint_by_color", &measure)
        .column_as(&key, "colour")
        .column(&CACHED)
        .register()
        .expect("new");
    let cached = view.data().rows.iter().map(tag_values).collect();
    let expected = [
        ["red", "false"],
        ["red", "true"],
        ["green", "false"],
        ["green", "true"],
    ];
    assert_eq!(keys(&expected), cached);
    record!(measure = 1, tags(key = "blue"));
    let other = tags!(key = "_other");
    assert_eq!(view.data().get(&other), Some(&1));

    let without = View::count("paint_without_zeros", &measure)
        .column(&key)
        .zero(false)
        .register()
        .expect("new");
    assert_eq!(keys_of_rows(&without), BTreeSet::new());

    // The same set in another order is the same set.
    assert!(TagKey::with_values("color", ["green", "red"]).is_ok());
    let clash = TagKey::with_values("color", ["red", "blue"]).expect_err("another set");
    assert_eq!(clash.problems()[0].kind(), ProblemKind::Conflict);
    let invalid = |values: &[&str]| {
        let error = TagKey::with_values("invalid", values.iter().copied()).expect_err("invalid");
        error.problems()[0].kind()
    };
    assert_eq!(invalid(&[]), ProblemKind::InvalidTagKey);
    assert_eq!(invalid(&[""]), ProblemKind::InvalidTagKey);
    assert_eq!(invalid(&["a", "a"]), ProblemKind::InvalidTagKey);
    assert_eq!(invalid(&[&"a".repeat(256)]), ProblemKind::InvalidTagKey);
}

#[test]
fn rows_with_zeros_are_no_more_than_the_view_keeps() {
    let _isolated = isolate();
    let view = |max| {
        View::count("combinations", &REQUESTS)
            .column(&METHOD)
            .column(&OUTCOME)
            .max_series(max)
    };
    let error = view(5).register().expect_err("3 × 2 rows");
    assert_eq!(error.problems()[0].kind(), ProblemKind::InvalidView);
    assert!(error.to_string().contains("6 rows with zeros"), "{error}");
    let without = view(5).zero(false).register().expect("a new view");
    assert!(without.unregister());
    let with_an_open_column = view(1).column(&TENANT).register().expect("a new view");
    assert!(with_an_open_column.unregister());
    assert!(view(6).register().is_ok());
}

#[test]
fn rows_of_functions_and_closed_columns_are_no_more_than_the_view_keeps() {
    let _isolated = isolate();
    let view = |max| {
        View::count("calls_by_method", &LATENCY)
            .column(&FUNCTION)
            .column(&METHOD)
            .max_series(max)
    };
    // The functions of this program, and three methods.
    let error = view(5).register().expect_err("more rows");
    assert!(error.to_string().contains("rows with zeros"), "{error}");
    let view = view(1_000).register().expect("a new view");
    let function = tags!(FUNCTION = "fallible", METHOD = Method::Get);
    assert_eq!(view.data().get(&function), Some(&0));
}

#[test]
fn combinations_of_closed_columns_are_bounded() {
    let _isolated = isolate();
    let keys: Vec<TagKey> = (0..6)
        .map(|index| TagKey::with_values(format!("flag_{index}"), ["no", "yes"]))
        .collect::<Result<_, _>>()
        .expect("new keys");
    let view = |columns: usize| {
        let view = View::count("flags", &REQUESTS).column(&TENANT);
        let view = keys[..columns].iter().fold(view, ViewBuilder::column);
        view.max_series(1).register()
    };
    // 4^6, which is more than 2,000.
    let error = view(6).expect_err("too many combinations");
    assert!(
        error
            .to_string()
            .contains("4096 combinations of values (`flag_0` 2,"),
        "{error}"
    );
    assert!(view(5).is_ok());
}
