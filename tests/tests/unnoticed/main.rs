//! `#[measure]` on a function goes unnoticed: Clippy and the compiler report the same lints as without it, at the same
//! places, and coverage has the same regions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use census_tests::crates::{self, Crate, dependency};
use census_tests::process;
use serde::Deserialize;

#[test]
fn lints_and_coverage_are_those_of_the_function_without_the_attribute() {
    let code = include_str!("shapes.rs");
    let [plain, measured] = both("shapes", code, "");
    let (plain, mut measured) = same_lints(code, &plain, &measured);
    // The closures in the arguments of `#[measure]` are code, too.
    let is_attribute = |line: usize| {
        let line = code.lines().nth(line - 1).unwrap_or_default();
        line.trim_start().starts_with("#[measure(")
    };
    measured.retain(|[line, ..]| !is_attribute(*line));
    assert!(plain.len() > 400, "too few to be true: {plain:#?}");
    let lost: Vec<_> = plain.difference(&measured).collect();
    let new: Vec<_> = measured.difference(&plain).collect();
    assert!(
        lost.is_empty() && new.is_empty(),
        "lost {lost:#?}, new {new:#?}"
    );
}

#[test]
fn lints_of_async_traits_are_those_of_the_methods_without_the_attribute() {
    let code = include_str!("async_traits.rs");
    let [plain, measured] = both("async-traits", code, "async-trait = \"0.1.89\"\n");
    let (plain, measured) = same_lints(code, &plain, &measured);
    // Below `#[measure]`, `#[async_trait]` leaves coverage more than it does else.
    let lost: Vec<_> = plain.difference(&measured).collect();
    assert!(!plain.is_empty() && lost.is_empty(), "lost {lost:#?}");
}

#[test]
fn what_only_arguments_use_is_used() {
    let code = include_str!("arguments.rs");
    let of_file = variant("arguments", code, "");
    assert_eq!(of_file.lints_of_clippy(), Lints::new());
    assert_eq!(of_file.lints_and_regions().0, Lints::new());
}

#[test]
fn clippy_reports_mistakes_in_arguments() {
    let code = include_str!("arguments.rs");
    for (right, wrong) in [
        ("tags(KIND = text)", "tags(KIND = 0.5)"),
        ("LATENCY, name = NAME", "SIZE, name = NAME"),
        ("in_flight = IN_FLIGHT", "in_flight = SIZE"),
        ("u64::from(*returned)", "returned.missing()"),
        ("|returned| returned.name().trim()", "|_| 0.5"),
    ] {
        let of_file = variant("mistakes", &code.replace(right, wrong), "");
        let ended = process::run(&mut of_file.cargo("clippy", &[]), "");
        assert_ne!(ended.code, Some(0), "{wrong}");
        let before = code.split_once(right).map_or("", |(before, _)| before);
        let place = format!("src/lib.rs:{}:", before.split('\n').count());
        assert!(ended.stderr.contains(&place), "{}", ended.stderr);
    }
}

/// A file without its `#[measure]`s, and as it is.
fn both(name: &str, code: &str, dependencies: &str) -> [Variant; 2] {
    let plain = code.lines().map(without_attribute).collect::<String>();
    [("plain", &*plain), ("measured", code)]
        .map(|(suffix, code)| variant(&format!("{name}-{suffix}"), code, dependencies))
}

fn variant(name: &str, code: &str, dependencies: &str) -> Variant {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unnoticed");
    let dependencies = format!("{dependencies}{}", dependency("census", &[]));
    let of_file = Crate {
        name,
        edition: "2024",
        dependencies: &dependencies,
        file: "lib.rs",
        code,
    };
    Variant {
        directory: of_file.write(&root),
        target: root.join("target"),
        crate_name: name.replace('-', "_"),
    }
}

/// A line without `#[measure]`. It stays a line with an attribute: lints look at empty lines after a comment.
fn without_attribute(line: &str) -> String {
    let code = line.trim_start();
    let indentation = &line[..line.len() - code.len()];
    if code.starts_with("#[measure") {
        format!("{indentation}#[rustfmt::skip]\n")
    } else if code == "use census::measure;" {
        "\n".to_owned()
    } else {
        format!("{line}\n")
    }
}

/// A crate on the disk.
struct Variant {
    directory: PathBuf,
    target: PathBuf,
    crate_name: String,
}

/// A lint, and how often it is reported with one message at one place.
type Lints = BTreeMap<(Place, String, String), usize>;

/// Lines and columns: of the start and of the end.
type Place = [usize; 4];

/// A line of cargo's output with `--message-format=json`.
#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    code: Option<Code>,
    #[serde(rename = "message")]
    text: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    is_primary: bool,
    line_start: usize,
    column_start: usize,
    line_end: usize,
    column_end: usize,
}

impl Variant {
    fn cargo(&self, command: &str, args: &[&str]) -> Command {
        // Cargo would not print again what it has printed for this file.
        let file = self.directory.join("src/lib.rs");
        let code = fs::read(&file).expect("the file");
        fs::write(&file, code).expect("the file");
        crates::cargo(&self.directory, &self.target, command, args)
    }

    fn lints_of_clippy(&self) -> Lints {
        let args = ["--message-format=json", "--", "--cap-lints=warn"];
        lints(&process::succeed(&mut self.cargo("clippy", &args)))
    }

    /// The compiler's lints, and the regions of the source that `-C instrument-coverage` counts. The compiler's own
    /// representation of the crate has them, in lines like
    /// `coverage Code { bcb: bcb0 } => src/lib.rs:12:1: 12:26 (#0);`.
    fn lints_and_regions(&self) -> (Lints, BTreeSet<Place>) {
        let args = [
            "--lib",
            "--message-format=json",
            "--",
            "-Cinstrument-coverage",
            "--emit=mir",
            "--cap-lints=warn",
        ];
        let deps = self.target.join("debug/deps");
        let prefix = format!("{}-", self.crate_name);
        let representations = || {
            let files = fs::read_dir(&deps).into_iter().flatten();
            let files = files.map(|file| file.expect("a file").path());
            let is_of_crate = |path: &PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(&prefix) && name.ends_with(".mir")
            };
            files.filter(is_of_crate).collect::<Vec<_>>()
        };
        for earlier in representations() {
            fs::remove_file(earlier).expect("a file of an earlier run");
        }
        let output = process::succeed(&mut self.cargo("rustc", &args));
        let [file] = representations().try_into().expect("one file");
        let content = fs::read_to_string(file).expect("text");
        let regions = content.lines().filter_map(|line| {
            let line = line.trim_start().strip_prefix("coverage Code ")?;
            let (_, place) = line.split_once(" => src/lib.rs:")?;
            let (place, _) = place.split_once(" (")?;
            let numbers = place.split(':').map(|it| it.trim().parse().ok());
            let numbers: Option<Vec<usize>> = numbers.collect();
            Some(numbers.and_then(|it| it.try_into().ok()).expect("a place"))
        });
        (lints(&output), regions.collect())
    }
}

/// The lints in cargo's output.
fn lints(output: &str) -> Lints {
    let mut lints = Lints::new();
    for line in output.lines() {
        let line: Line = serde_json::from_str(line).expect("a line of cargo's");
        let Some(Message {
            code: Some(Code { code }),
            text,
            spans,
        }) = line.message
        else {
            continue;
        };
        let span = spans.iter().find(|span| span.is_primary);
        let span = span.expect("a lint has a place");
        let place = [
            span.line_start,
            span.column_start,
            span.line_end,
            span.column_end,
        ];
        *lints.entry((place, code, text)).or_default() += 1;
    }
    lints
}

/// Asserts that Clippy reports the same lints for both variants, and the compiler too, except where comments say
/// otherwise. Returns the regions.
fn same_lints(
    code: &str,
    plain: &Variant,
    measured: &Variant,
) -> (BTreeSet<Place>, BTreeSet<Place>) {
    let of_clippy = [plain.lints_of_clippy(), measured.lints_of_clippy()];
    assert_eq!(differences(&of_clippy), [[], []], "Clippy: lost, new");
    let (plain, plain_regions) = plain.lints_and_regions();
    let (measured, measured_regions) = measured.lints_and_regions();
    assert!(!plain.is_empty(), "no lints at all");
    assert_eq!(
        differences(&[plain, measured]),
        ["// rustc loses: ", "// rustc adds: "].map(|mark| marked(code, mark)),
        "the compiler: lost, new"
    );
    (plain_regions, measured_regions)
}

/// The lines and names of the lints that only the first has, and of those that only the second has.
fn differences([plain, measured]: &[Lints; 2]) -> [Vec<(usize, String)>; 2] {
    [(plain, measured), (measured, plain)].map(|(some, others)| {
        let more = some
            .iter()
            .filter(|(lint, count)| others.get(lint) < Some(count));
        more.map(|(([line, ..], code, _), _)| (*line, code.clone()))
            .collect()
    })
}

/// The lines with a mark, and the lints in the marks. Another mark can follow.
fn marked(code: &str, mark: &str) -> Vec<(usize, String)> {
    let marked = |(number, line): (usize, &str)| {
        let (_, rest) = line.split_once(mark)?;
        let lint = rest.split(" //").next()?;
        Some((number, lint.to_owned()))
    };
    (1..).zip(code.lines()).filter_map(marked).collect()
}
