//! The messages of the stress tests: a difference names the row, the threads and the steps.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind};
use std::sync::mpsc::channel;

use census_tests::differences::Differences;
use census_tests::ledger::{FirstFault, Ledger, Ledgers, Recorded};
use census_tests::rows::Values;
use census_tests::threads::{Progress, Stop, with_background};

/// The tenant of a measurement.
type Tenant = &'static str;

fn rows<V: Copy>(rows: &[(&str, V)]) -> BTreeMap<Vec<String>, V> {
    let row = |(tag, value): &(&str, V)| (vec![(*tag).to_owned()], *value);
    rows.iter().map(row).collect()
}

fn values(sums: &[(&str, i64)]) -> Values<i64> {
    Values {
        view: "held".to_owned(),
        rows: rows(sums),
    }
}

/// The view does not count the tenant `uncounted`.
fn row_of(tenant: &Tenant) -> Option<Vec<String>> {
    (*tenant != "uncounted").then(|| vec![(*tenant).to_owned()])
}

/// A ledger of steps, each with a tenant and a value.
fn ledger(steps: &[(u64, Tenant, i64)]) -> Ledger<Tenant> {
    let mut ledger = Ledger::default();
    for (step, tenant, value) in steps {
        ledger.step = *step;
        ledger.note(*tenant, *value);
    }
    ledger
}

fn two_threads() -> Ledgers<Tenant> {
    let mut ledgers = Ledgers::default();
    let first = ledger(&[(3, "a", 5), (4, "b", 1), (9, "a", -2)]);
    ledgers.add("thread 0 of wave 2".to_owned(), first);
    let second = ledger(&[(1, "b", 7), (2, "uncounted", 100)]);
    ledgers.add("thread 1 of wave 2".to_owned(), second);
    ledgers
}

/// The message with which a function panics.
fn message(function: impl FnOnce() + UnwindSafe) -> String {
    let panic = catch_unwind(function).expect_err("it panics");
    *panic.downcast().expect("a message with arguments")
}

fn message_of(differences: Differences) -> String {
    message(move || differences.assert_none(&"after wave 2"))
}

#[test]
fn difference_names_the_row_its_threads_and_their_steps() {
    let actual = values(&[("a", 4), ("b", 8)]);
    let differences = two_threads().compare(&actual, row_of, Recorded::sum);
    assert_eq!(
        message_of(differences),
        r#"after wave 2: 1 row differs
  held ["a"]: expected 3, actual 4
    thread 0 of wave 2: 2 measurements (+5 -2) in steps 3 to 9"#
    );
}

#[test]
fn newest_threads_come_first() {
    let actual = values(&[("a", 3)]);
    let differences = two_threads().compare(&actual, row_of, Recorded::sum);
    assert_eq!(
        message_of(differences),
        r#"after wave 2: 1 row differs
  held ["b"]: expected 8, actual no row
    thread 1 of wave 2: 1 measurement (+7 -0) in step 1
    thread 0 of wave 2: 1 measurement (+1 -0) in step 4"#
    );
}

#[test]
fn equal_rows_are_no_difference() {
    let actual = values(&[("a", 3), ("b", 8), ("untouched", 0)]);
    let differences = two_threads().compare(&actual, row_of, Recorded::sum);
    differences.assert_none(&"after wave 2");
    let counts = Values {
        view: "counted".to_owned(),
        rows: rows(&[("a", 2), ("b", 2)]),
    };
    let differences = two_threads().compare(&counts, row_of, Recorded::count);
    differences.assert_none(&"after wave 2");
}

/// A row that the view has no room for is counted in the overflow row.
#[test]
fn overflow_row_has_the_rest() {
    let actual = values(&[("a", 3), ("_overflow", 9)]);
    let differences = two_threads().compare(&actual, row_of, Recorded::sum);
    assert_eq!(
        message_of(differences),
        r#"after wave 2: 1 row differs
  held ["_overflow"]: expected 8, actual 9
    thread 1 of wave 2: 1 measurement (+7 -0) in step 1
    thread 0 of wave 2: 1 measurement (+1 -0) in step 4"#
    );
}

#[test]
fn message_is_bounded() {
    let names: Vec<String> = (100..130).map(|number| number.to_string()).collect();
    let actual: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    let mut ledgers = Ledgers::default();
    for thread in 0..9 {
        ledgers.add(format!("thread {thread}"), ledger(&[(thread, "100", 1)]));
    }
    let differences = ledgers.compare(&values(&actual), row_of, Recorded::sum);
    let message = message_of(differences);
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines[0], "after wave 2: 30 rows differ");
    assert_eq!(lines[1], r#"  held ["100"]: expected 9, actual 1"#);
    assert_eq!(lines[2], "    thread 8: 1 measurement (+1 -0) in step 8");
    assert_eq!(lines[8], "    … and 3 more threads before");
    assert_eq!(lines[27], r#"  held ["119"]: expected 0, actual 1"#);
    assert_eq!(lines[28..], ["  … and 10 more rows"]);
}

#[test]
fn fault_of_the_background_names_the_round_and_the_threads() {
    let (progress, fault) = (Progress::new("wave"), FirstFault::default());
    progress.set(2);
    let mut below_zero = Differences::default();
    below_zero.add("held", &["a".to_owned()], "0 or more", "-1");
    let (sender, reported) = channel();
    let read = |stop: &Stop| {
        stop.repeat_until_set("reading", &progress, |round| {
            fault.report(round, below_zero.clone(), |_, tenant| row_of(tenant));
            let _ = sender.send(());
        });
    };
    with_background(&[&read], || reported.recv().expect("the background runs"));
    assert_eq!(
        message(AssertUnwindSafe(|| fault.assert_none(&two_threads()))),
        r#"reading 1 during wave 2: 1 row differs
  held ["a"]: expected 0 or more, actual -1
    thread 0 of wave 2: 2 measurements (+5 -2) in steps 3 to 9"#
    );
}
