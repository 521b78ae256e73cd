//! An index of mistakes: each file of `<macro>/fail` shows one, and what the compiler then says; each file of
//! `<macro>/pass` must compile and run. `README.md` beside this directory says how to add one.

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

/// Where nothing means what it usually does, and where the library has another name.
#[test]
fn scope() {
    trybuild::TestCases::new().pass("scope/pass/*.rs");
}
