//! Every scenario of `conformance/scenarios`, played and compared by scripts whose parsers are not ours, in both
//! formats; and what `promtool` says of the text. A scenario more is two files more, and no line here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use census_tests::{process, programs};
use serde_json::Value;

/// The scenarios' names, without endings.
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
    assert!(!scenarios.is_empty(), "there are scenarios");
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
    let text = std::fs::read_to_string(&file).expect("what is expected");
    (file, serde_json::from_str(&text).expect("JSON"))
}

/// Why the strict parser refuses histograms of negative values.
const NEGATIVE: [&str; 2] = [
    "Counter-like samples cannot be negative",
    "Cannot have _sum with negative buckets",
];

/// Compares all scenarios in a format; `relax` is what the format cannot say.
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
            // What OpenMetrics forbids, and nobody but this parser minds: see `census::prometheus`.
            let minds = NEGATIVE.iter().any(|why| ended.stderr.contains(why));
            assert!(
                ended.code == Some(2) && minds,
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
fn every_scenario_agrees_in_text() {
    compare("text", "unit,empty");
}

#[test]
fn every_scenario_agrees_in_openmetrics() {
    compare("openmetrics", "empty,exemplar-time");
}

/// What the runner said was refused, as the files say it: where, and of which kind.
fn refusals(stderr: &str) -> BTreeSet<(String, String)> {
    let line = |line: &str| -> Option<(String, String)> {
        let (place, rest) = line.split_once(": ")?;
        let (kind, rest) = rest.split_once(": ")?;
        let place = match place {
            // An exporter's problem begins with the view's name, which is its id.
            "exporter" => format!("view {:?}", rest.split('`').nth(1)?),
            place if place.starts_with("note") => return None,
            place => place.to_owned(),
        };
        Some((place, kind.to_owned()))
    };
    // The places of a problem are on lines of their own, further in.
    stderr
        .lines()
        .filter(|text| !text.starts_with(' '))
        .filter_map(line)
        .collect()
}

#[test]
fn every_scenario_refuses_what_it_should() {
    for scenario in scenarios() {
        let (_, expected) = expected(&scenario);
        let errors = expected["errors"].as_array().expect("a list");
        let expected: BTreeSet<_> = errors
            .iter()
            .map(|error| {
                let error = error.as_object().expect("where, and a kind");
                let (place, id) = error.iter().find(|(key, _)| *key != "kind").expect("where");
                let id = id
                    .as_str()
                    .map_or_else(|| id.to_string(), |id| format!("{id:?}"));
                (
                    format!("{place} {id}"),
                    error["kind"].as_str().expect("a kind").to_owned(),
                )
            })
            .collect();
        assert_eq!(
            refusals(&play(&scenario, "text").stderr),
            expected,
            "{}",
            scenario.display()
        );
    }
}

/// Kinds of objections that are known, all of them to names that scenarios chose to be hard.
const KNOWN_LINTS: [&str; 5] = [
    // Of one letter: `b` for bytes, `s` for seconds.
    "metric names should not contain abbreviated units",
    "non-histogram and non-summary metrics should not have \"_sum\" suffix",
    "non-histogram and non-summary metrics should not have \"_count\" suffix",
    "non-histogram metrics should not have \"_bucket\" suffix",
    "non-histogram metrics should not have \"le\" label",
];

#[test]
fn promtool_reads_every_scenario_and_objects_to_names_only() {
    let promtool = programs::installed("promtool");
    let mut met = BTreeSet::new();
    for scenario in scenarios() {
        let text = play(&scenario, "text").stdout;
        let ended = process::run(Command::new(&promtool).args(["check", "metrics"]), &text);
        for objection in ended.stderr.lines().chain(ended.stdout.lines()) {
            let known = KNOWN_LINTS.iter().find(|lint| objection.ends_with(*lint));
            met.insert(known.unwrap_or_else(|| panic!("{}: {objection}", scenario.display())));
        }
        // 1 would be: it cannot be parsed.
        assert!(matches!(ended.code, Some(0 | 3)), "{}", scenario.display());
    }
    assert_eq!(
        met.len(),
        KNOWN_LINTS.len(),
        "a lint that no longer comes need not be known"
    );
}
