//! Plays every scenario of `conformance/scenarios` in both formats. A script with other parsers compares the result
//! with the expected one, and `promtool` checks the text. A new scenario needs two files, and no change here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use census_tests::{process, programs};
use serde_json::Value;

/// The paths of the scenarios, without extensions.
fn scenarios() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/scenarios");
    let files = std::fs::read_dir(directory).expect("the scenarios");
    let mut scenarios: Vec<PathBuf> = files
        .map(|file| file.expect("a file").path())
        .filter_map(|file| {
            let name = file.file_name()?.to_str()?.strip_suffix(".census.json")?;
            Some(file.with_file_name(name))
        })
        .collect();
    scenarios.sort();
    assert!(!scenarios.is_empty(), "no scenarios");
    scenarios
}

fn play(scenario: &Path, format: &str) -> process::Ended {
    let mut runner = Command::new(env!("CARGO_BIN_EXE_scenario"));
    let file = scenario.with_extension("json");
    let ended = process::run(runner.args(["--format", format]).arg(file), "");
    assert_eq!(
        ended.code,
        Some(0),
        "{}: {}",
        scenario.display(),
        ended.stderr
    );
    ended
}

fn expected(scenario: &Path) -> (PathBuf, Value) {
    let file = scenario.with_extension("census.json");
    let text = std::fs::read_to_string(&file).expect("the expected result");
    (file, serde_json::from_str(&text).expect("JSON"))
}

/// The errors of the strict parser for histograms with negative values.
const NEGATIVE: [&str; 2] = [
    "Counter-like samples cannot be negative",
    "Cannot have _sum with negative buckets",
];

/// Compares all scenarios in a format. `relax` lists differences to ignore, for parts that the format does not have.
fn compare(format: &str, relax: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/compare.py");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let exposition = directory.path().join("exposition");
    let mut wrong = Vec::new();
    for scenario in scenarios() {
        let (file, expected) = expected(&scenario);
        std::fs::write(&exposition, play(&scenario, format).stdout).expect("a file");
        // -B: no compiled files beside the sources.
        let mut comparison = Command::new(programs::python());
        comparison
            .arg("-B")
            .arg(&script)
            .args(["--ignore-family", "^census_", "--relax", relax]);
        let ended = process::run(comparison.arg(file).arg(&exposition), "");
        if format == "openmetrics" && expected.get("text_only").is_some() {
            // OpenMetrics forbids such a histogram, and only this parser rejects it: see `census::prometheus`.
            let negative = NEGATIVE.iter().any(|error| ended.stderr.contains(error));
            assert!(
                ended.code == Some(2) && negative,
                "{}: {}",
                scenario.display(),
                ended.stderr
            );
        } else if ended.code != Some(0) {
            wrong.push(format!(
                "{}:\n{}{}",
                scenario.display(),
                ended.stdout,
                ended.stderr
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_scenarios_in_text() {
    compare("text", "unit,empty");
}

#[test]
fn all_scenarios_in_openmetrics() {
    compare("openmetrics", "empty,exemplar-time");
}

/// The rejections that `scenario` has printed, as the files have them: subject and kind.
fn rejections(stderr: &str) -> BTreeSet<(String, String)> {
    let line = |line: &str| -> Option<(String, String)> {
        let (subject, rest) = line.split_once(": ")?;
        let (kind, rest) = rest.split_once(": ")?;
        let subject = match subject {
            // The problem of an exporter begins with the name of the view, which is the view's id.
            "exporter" => format!("view {:?}", rest.split('`').nth(1)?),
            subject if subject.starts_with("note") => return None,
            subject => subject.to_owned(),
        };
        Some((subject, kind.to_owned()))
    };
    // The places of a problem are on indented lines.
    stderr
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(line)
        .collect()
}

#[test]
fn all_scenarios_reject_what_they_must() {
    for scenario in scenarios() {
        let (_, expected) = expected(&scenario);
        let errors = expected["errors"].as_array().expect("a list");
        let expected: BTreeSet<_> = errors
            .iter()
            .map(|error| {
                let error = error.as_object().expect("a subject and a kind");
                let (subject, id) = error
                    .iter()
                    .find(|(key, _)| *key != "kind")
                    .expect("a subject");
                let id = id
                    .as_str()
                    .map_or_else(|| id.to_string(), |id| format!("{id:?}"));
                (
                    format!("{subject} {id}"),
                    error["kind"].as_str().expect("a kind").to_owned(),
                )
            })
            .collect();
        assert_eq!(
            rejections(&play(&scenario, "text").stderr),
            expected,
            "{}",
            scenario.display()
        );
    }
}

/// The objections of `promtool` to names that scenarios have chosen on purpose.
const KNOWN_LINTS: [&str; 5] = [
    // A name of one letter, such as `b` for bytes or `s` for seconds.
    "metric names should not contain abbreviated units",
    "non-histogram and non-summary metrics should not have \"_sum\" suffix",
    "non-histogram and non-summary metrics should not have \"_count\" suffix",
    "non-histogram metrics should not have \"_bucket\" suffix",
    "non-histogram metrics should not have \"le\" label",
];

#[test]
fn promtool_objects_only_to_known_names() {
    let promtool = programs::installed("promtool");
    let mut seen = BTreeSet::new();
    for scenario in scenarios() {
        let text = play(&scenario, "text").stdout;
        let ended = process::run(Command::new(&promtool).args(["check", "metrics"]), &text);
        for objection in ended.stderr.lines().chain(ended.stdout.lines()) {
            let known = KNOWN_LINTS.iter().find(|lint| objection.ends_with(*lint));
            seen.insert(known.unwrap_or_else(|| panic!("{}: {objection}", scenario.display())));
        }
        // 0: no objections. 3: objections. 1 would be a parse error.
        assert!(matches!(ended.code, Some(0 | 3)), "{}", scenario.display());
    }
    assert_eq!(
        seen.len(),
        KNOWN_LINTS.len(),
        "a known objection was not made"
    );
}
