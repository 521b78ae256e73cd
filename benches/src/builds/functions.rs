//! A crate of measured functions: what its attributes cost the compiler, and how many bytes each adds to the program.

use std::fmt::Write;

use crate::builds::cargo::{Package, census_dependency, text};
use crate::effort::Effort;
use crate::names::{AUTOMETRICS, CENSUS, TRACING};
use crate::report::{Report, Unit};

/// The crate without attributes.
pub(crate) const NO_ATTRIBUTE: &str = "(no attribute)";

/// How many functions there are of each kind. A third of them is plain, a third fallible, and a third async.
const OF_EACH_KIND: usize = 200;
const KINDS: usize = 3;

const CHECK: &[&str] = &["check"];
const RELEASE: &[&str] = &["build", "--release"];

/// An attribute, and the name of its case.
struct Attribute {
    case: &'static str,
    text: &'static str,
    dependency: String,
    /// Code at the end of `main`, without which the linker would leave out what the attributes record.
    last_words: &'static str,
}

fn attributes() -> Vec<Attribute> {
    vec![
        Attribute {
            case: NO_ATTRIBUTE,
            text: "",
            dependency: String::new(),
            last_words: "",
        },
        Attribute {
            case: CENSUS,
            text: "#[census::measure]",
            dependency: census_dependency(""),
            last_words: "sum += census::snapshot().views().count() as u64;",
        },
        Attribute {
            case: TRACING,
            text: "#[tracing::instrument]",
            dependency: "tracing = \"0.1\"".to_owned(),
            last_words: "",
        },
        Attribute {
            case: AUTOMETRICS,
            text: "#[autometrics::autometrics]",
            dependency: "autometrics = { version = \"3.0.0\", features = [\"prometheus-client\"] }"
                .to_owned(),
            last_words: "",
        },
    ]
}

/// What the functions do.
const BEGINNING: &str = r#"use std::future::{Future, ready};
use std::hint::black_box;
use std::num::ParseIntError;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[inline(never)]
fn work(n: u64) -> u64 {
    black_box(n) + 1
}

#[inline(never)]
fn try_work(n: u64) -> Result<u64, ParseIntError> {
    if black_box(n) == 0 { "x".parse() } else { Ok(n) }
}

#[inline(never)]
async fn wait(n: u64) -> u64 {
    ready(black_box(n)).await
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}
"#;

impl Attribute {
    /// The crate with so many functions of each kind.
    fn source(&self, of_each_kind: usize) -> String {
        let attribute = self.text;
        let mut source = BEGINNING.to_owned();
        let mut calls = String::new();
        for i in 0..of_each_kind {
            let written = write!(
                source,
                "
{attribute}
#[inline(never)]
fn plain_{i}(n: u64) -> u64 {{
    if n > {i} {{ work(n) }} else {{ work({i}) }}
}}
{attribute}
#[inline(never)]
fn fallible_{i}(n: u64) -> Result<u64, ParseIntError> {{
    let n = try_work(n + {i})?;
    Ok(work(n))
}}
{attribute}
async fn asynchronous_{i}(n: u64) -> u64 {{
    let n = wait(n + {i}).await;
    work(n)
}}
"
            )
            .and_then(|()| {
                writeln!(
                    calls,
                    "    sum += plain_{i}(n) + fallible_{i}(n).unwrap_or(0) + block_on(asynchronous_{i}(n));"
                )
            });
            written.expect("writing to a string cannot fail");
        }
        let last_words = self.last_words;
        source
            + &format!(
                "
fn main() {{
    let n = std::env::args().count() as u64;
    let mut sum = 0;
{calls}
    {last_words}
    println!(\"{{sum}}\");
}}
"
            )
    }

    fn package(&self, of_each_kind: usize) -> Package {
        let case: String = self
            .case
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect();
        let name = format!("functions-{case}-{of_each_kind}");
        Package::write(
            "functions",
            &name,
            &self.dependency,
            self.source(of_each_kind),
        )
    }
}

/// The figures of an attribute.
struct Figures {
    case: &'static str,
    check: Vec<f64>,
    check_wall: Vec<f64>,
    release: Vec<f64>,
    release_wall: Vec<f64>,
    /// The bytes of text of the program with all functions, and of the program with half of them.
    text: Option<(f64, f64)>,
}

/// Builds the crate with each attribute in turn, round after round.
pub(super) fn run(report: &mut Report, effort: Effort) {
    let mut cases: Vec<_> = attributes()
        .into_iter()
        .map(|attribute| {
            let figures = Figures {
                case: attribute.case,
                check: Vec::new(),
                check_wall: Vec::new(),
                release: Vec::new(),
                release_wall: Vec::new(),
                text: None,
            };
            (
                attribute.package(OF_EACH_KIND),
                attribute.package(OF_EACH_KIND / 2),
                figures,
            )
        })
        .collect();
    for (whole, half, _) in &cases {
        whole.build(CHECK);
        whole.build(RELEASE);
        half.build(RELEASE);
    }
    for _ in 0..effort.builds() {
        for (whole, _, figures) in &mut cases {
            let check = whole.cost_alone(CHECK);
            figures.check.push(check.processor);
            figures.check_wall.push(check.wall);
            let release = whole.cost_alone(RELEASE);
            figures.release.push(release.processor);
            figures.release_wall.push(release.wall);
        }
    }
    for (whole, half, figures) in &mut cases {
        figures.text = text(&whole.release_program()).zip(text(&half.release_program()));
    }
    let figures: Vec<_> = cases.into_iter().map(|(_, _, figures)| figures).collect();
    report_figures(report, &figures);
}

fn report_figures(report: &mut Report, figures: &[Figures]) {
    let number = KINDS * OF_EACH_KIND;
    let mut add_seconds = |group: &str, about: &str, samples: fn(&Figures) -> &[f64]| {
        let about = format!("a crate of {number} functions with the attribute, alone: {about}");
        let cases = figures.iter().map(|it| (it.case, samples(it).to_vec()));
        report.add_group_from_children(group, &about, Unit::Seconds, cases);
    };
    add_seconds(
        "build-check",
        "`cargo check`, seconds of the processor",
        |it| &it.check,
    );
    add_seconds("build-check-wall", "`cargo check`, seconds", |it| {
        &it.check_wall
    });
    add_seconds(
        "build-release",
        "a release build, seconds of the processor",
        |it| &it.release,
    );
    add_seconds("build-release-wall", "a release build, seconds", |it| {
        &it.release_wall
    });
    let plain = figures
        .iter()
        .find(|it| it.case == NO_ATTRIBUTE)
        .and_then(|it| it.text);
    let Some((plain_whole, plain_half)) = plain else {
        return;
    };
    let with_attribute = || figures.iter().filter(|it| it.case != NO_ATTRIBUTE);
    report.add_group_from_children(
        "build-text",
        "bytes that a function adds to a release build, with its share of the library",
        Unit::Bytes,
        with_attribute().filter_map(|it| {
            let (whole, _) = it.text?;
            Some((it.case, vec![(whole - plain_whole) / number as f64]))
        }),
    );
    report.add_group_from_children(
        "build-text-each",
        "bytes that one function more adds to a release build",
        Unit::Bytes,
        with_attribute().filter_map(|it| {
            let (whole, half) = it.text?;
            let added = whole - half - (plain_whole - plain_half);
            Some((it.case, vec![added / (number / 2) as f64]))
        }),
    );
}
