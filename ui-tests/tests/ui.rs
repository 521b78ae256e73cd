//! An index of mistakes: each file of `<macro>/fail` has one mistake, and the compiler's output beside it; each file of
//! `<macro>/pass` must compile and run. `README.md` explains how to read and update the output.

/// Compiles the files of one macro.
fn check(name: &str) {
    let cases = trybuild::TestCases::new();
    cases.pass(format!("{name}/pass/*.rs"));
    cases.compile_fail(format!("{name}/fail/*.rs"));
}

#[test]
fn tag() {
    check("tag");
}

#[test]
fn measure() {
    check("measure");
}

#[test]
fn measure_fn() {
    check("measure_fn");
}

#[test]
fn view() {
    check("view");
}

#[test]
fn record() {
    check("record");
}

#[test]
fn tags() {
    check("tags");
}

#[test]
fn tag_value() {
    check("tag_value");
}

/// In scopes where common names mean something else, and with another name of the library.
#[test]
fn scope() {
    trybuild::TestCases::new().pass("scope/pass/*.rs");
}
