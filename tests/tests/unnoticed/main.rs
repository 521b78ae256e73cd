//! `#[measure]` on a function goes unnoticed: lints report the same as without it, at the same places, and coverage has
//! the same regions.

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
    assert_same_lints(code, &plain, &measured);
    let (plain, mut measured) = (plain.regions(), measured.regions());
    // The closures in the arguments of `#[measure]` are code, too.
    let is_attribute = |line: usize| {
        let line = code.lines().nth(line - 1).unwrap_or_default();
        line.starts_with("#[measure(")
    };
    measured.retain(|[line, ..]| !is_attribute(*line));
    assert!(plain.len() > 300, "too few to be true: {plain:#?}");
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
    assert_same_lints(code, &plain, &measured);
    // Below `#[measure]`, `#[async_trait]` leaves coverage more than it does else.
    let (plain, measured) = (plain.regions(), measured.regions());
    let lost: Vec<_> = plain.difference(&measured).collect();
    assert!(!plain.is_empty() && lost.is_empty(), "lost {lost:#?}");
}

/// A file without its `#[measure]`s, and as it is.
fn both(name: &str, code: &str, dependencies: &str) -> [Variant; 2] {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unnoticed");
    let dependencies = format!("{dependencies}{}", dependency("census", &[]));
    let variant = |suffix: &str, code: &str| {
        let name = format!("{name}-{suffix}");
        let of_file = Crate {
            name: &name,
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
    };
    let plain = code.lines().map(without_attribute).collect::<String>();
    [variant("plain", &plain), variant("measured", code)]
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

    fn lints(&self) -> Lints {
        let args = ["--message-format=json", "--", "--cap-lints=warn"];
        let output = process::succeed(&mut self.cargo("clippy", &args));
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

    /// The regions of the source that `-C instrument-coverage` counts. The compiler's own representation of the crate has
    /// them, in lines like `coverage Code { bcb: bcb0 } => src/lib.rs:12:1: 12:26 (#0);`.
    fn regions(&self) -> BTreeSet<Place> {
        let args = [
            "--lib",
            "--",
            "-Cinstrument-coverage",
            "--emit=mir",
            "--cap-lints=allow",
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
        let _ = process::succeed(&mut self.cargo("rustc", &args));
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
        regions.collect()
    }
}

/// A lint is lost exactly where a comment says so.
fn assert_same_lints(code: &str, plain: &Variant, measured: &Variant) {
    let (plain, measured) = (plain.lints(), measured.lints());
    let more_in = |some: &Lints, others: &Lints| {
        let more = some
            .iter()
            .filter(|(lint, count)| others.get(lint) < Some(count));
        more.map(|(lint, _)| lint.clone()).collect::<Vec<_>>()
    };
    let expected: Vec<_> = (1..)
        .zip(code.lines())
        .filter_map(|(number, line)| Some((number, line.split_once("// without: ")?.1.to_owned())))
        .collect();
    let lost = more_in(&plain, &measured);
    let lost_at: Vec<_> = lost
        .iter()
        .map(|([line, ..], code, _)| (*line, code.clone()))
        .collect();
    assert_eq!(lost_at, expected, "lost: {lost:#?}");
    let new = more_in(&measured, &plain);
    assert!(new.is_empty(), "new: {new:#?}");
    assert!(!plain.is_empty(), "no lints at all");
}
