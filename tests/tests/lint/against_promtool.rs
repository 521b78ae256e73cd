//! `lint` finds what the installed `promtool check metrics` complains about, and nothing else but what is listed here.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use census::prometheus::Exporter;
use census::testing::{Finding, FindingKind, lint};
use census_tests::{process, programs};

use crate::declared::linted;
use crate::generated::{self, Generated};

/// What is wrong with a family: its name, and the name of the kind.
type Found = BTreeSet<(String, String)>;

/// The kind of finding that a complaint of `promtool` is.
fn kind_of(complaint: &str) -> FindingKind {
    let kinds = [
        ("no help text", FindingKind::NoDescription),
        (
            "metric names should be written in 'snake_case'",
            FindingKind::CamelCaseName,
        ),
        (
            "non-counter metrics should not have \"_total\"",
            FindingKind::TotalSuffix,
        ),
        (
            "should not have \"_bucket\" suffix",
            FindingKind::HistogramSuffix,
        ),
        (
            "should not have \"_sum\" suffix",
            FindingKind::HistogramSuffix,
        ),
        (
            "should not have \"_count\" suffix",
            FindingKind::HistogramSuffix,
        ),
        (
            "should not have \"_timestamp_seconds\" suffix",
            FindingKind::TimestampSuffix,
        ),
        (
            "metric name should not include type",
            FindingKind::TypeInName,
        ),
        (
            "should not contain abbreviated units",
            FindingKind::AbbreviatedUnit,
        ),
        ("use base unit", FindingKind::NonBaseUnit),
        (
            "label names should be written in 'snake_case'",
            FindingKind::CamelCaseLabel,
        ),
        ("should not have \"le\" label", FindingKind::ReservedLabel),
        (
            "should not have \"quantile\" label",
            FindingKind::ReservedLabel,
        ),
    ];
    let kind = kinds.iter().find(|(words, _)| complaint.contains(words));
    let (_, kind) = kind
        .ok_or(complaint)
        .expect("`lint` has each rule of promtool");
    *kind
}

/// Whether a finding is of a rule that the library alone has.
fn is_of_library(finding: &Finding) -> bool {
    matches!(
        finding.kind(),
        FindingKind::UnitNotInName | FindingKind::Overflowed
    )
}

/// Whether `promtool` need not have a finding that `lint` has.
fn may_lack(kind: &str, family: &str, metric_type: &str) -> bool {
    let words = || family.split('_');
    match kind {
        // promtool 2.42 does not have the rule of `_timestamp_seconds`; client_golang got it in 2024.
        "TimestampSuffix" => true,
        // promtool 2.42 finds the word for any type. A newer one finds that of the family's own type only.
        "TypeInName" => {
            let name = family.to_ascii_lowercase();
            !name.split('_').skip(1).any(|word| word == metric_type)
        }
        // promtool does not know these units. Of the first, it has `mibi` for the prefix.
        "NonBaseUnit" => words().any(|word| word.starts_with("mebi") || word == "percent"),
        _ => false,
    }
}

/// An exposition of all views.
struct Exposition {
    text: String,
    /// The types of the families.
    types: BTreeMap<String, String>,
}

impl Exposition {
    fn new() -> Self {
        let exporter = Exporter::builder().build().expect("an exporter");
        let text = exporter.scrape(None).text().to_string();
        let lines = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let types = lines.filter_map(|line| line.split_once(' '));
        let types = types.map(|(family, of_family)| (family.to_owned(), of_family.to_owned()));
        let types = types.collect();
        Self { text, types }
    }

    /// The family of a view.
    fn family(&self, view: &str) -> String {
        let mut family = view.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        if family.starts_with(|c: char| c.is_ascii_digit()) {
            family.insert(0, '_');
        }
        if !self.types.contains_key(&family) {
            family.push_str("_total");
        }
        assert!(self.types.contains_key(&family), "no family of {view}");
        family
    }

    /// What `promtool` complains about, as lines with a family's name and a text.
    fn complaints(&self) -> Vec<(String, String)> {
        let promtool = programs::installed("promtool");
        let ended = process::run(
            Command::new(promtool).args(["check", "metrics"]),
            &self.text,
        );
        // 0: no complaints. 3: complaints. 1 would be a parse error.
        assert!(matches!(ended.code, Some(0 | 3)), "{}", ended.stderr);
        let lines = ended.stderr.lines().chain(ended.stdout.lines());
        let complaints = lines.map(|line| line.split_once(' ').expect("a family and a text"));
        complaints
            .map(|(family, text)| (family.to_owned(), text.to_owned()))
            .collect()
    }
}

/// Compares what both find in all views. Returns what `lint` finds.
fn compare(exposition: &Exposition) -> Vec<Finding> {
    let complaints = exposition.complaints();
    let theirs = complaints
        .iter()
        .map(|(family, text)| (family.clone(), format!("{:?}", kind_of(text))));
    let theirs: Found = theirs.collect();
    let findings = lint();
    let of_promtool = findings.iter().filter(|finding| !is_of_library(finding));
    let ours = of_promtool.map(|it| (exposition.family(it.view()), format!("{:?}", it.kind())));
    let ours: Found = ours.collect();
    let missed: Vec<_> = theirs.difference(&ours).collect();
    assert!(missed.is_empty(), "only promtool has these: {missed:?}");
    let is_listed = |(family, kind): &&(String, String)| {
        let metric_type = exposition.types.get(family).expect("a family");
        may_lack(kind, family, metric_type)
    };
    let (_, surplus): (Vec<_>, Vec<_>) = ours.difference(&theirs).partition(is_listed);
    assert!(
        surplus.is_empty(),
        "promtool does not have these: {surplus:?}"
    );
    // Both name the same units.
    let of_units = complaints
        .iter()
        .filter(|(_, text)| text.starts_with("use base unit"));
    for (family, text) in of_units {
        let mut quoted = text.split('"').skip(1).step_by(2);
        let (base, word) = (quoted.next().unwrap_or(""), quoted.next().unwrap_or(""));
        let clause = format!("whose name says `{word}`, and Prometheus's base unit is `{base}`");
        let mut problems = findings.iter().map(Finding::problem);
        let quoted_family = format!("`{family}`");
        assert!(
            problems.any(|it| it.contains(&clause) && it.contains(&quoted_family)),
            "{family} {text}"
        );
    }
    // The comparison is about something.
    for (kind, at_least) in [
        ("NoDescription", 3),
        ("CamelCaseName", 100),
        ("TotalSuffix", 10),
        ("HistogramSuffix", 10),
        ("TypeInName", 100),
        ("AbbreviatedUnit", 100),
        ("NonBaseUnit", 300),
        ("CamelCaseLabel", 30),
        ("ReservedLabel", 30),
    ] {
        let count = theirs.iter().filter(|(_, it)| it == kind).count();
        assert!(count >= at_least, "{kind} is there {count} times only");
    }
    findings
}

/// The name and the unit that a finding proposes.
fn proposed(finding: &Finding) -> (Option<&str>, Option<&'static str>) {
    let instead = finding.instead();
    let name = instead.split_once("name the view `");
    let name = name.and_then(|(_, rest)| rest.split_once('`'));
    let units = ["A", "By", "Cel", "g", "J", "K", "m", "s", "V"];
    let unit = if instead.contains("leave out the unit") {
        Some("s")
    } else if instead.contains("values from 0 to 1") {
        Some("1")
    } else {
        let mut units = units.into_iter();
        units.find(|unit| instead.contains(&format!("the unit `{unit}` and")))
    };
    assert_eq!(
        unit.is_some(),
        finding.measure_origin().is_some(),
        "{finding}"
    );
    assert!(name.is_some() || unit.is_some(), "{finding}");
    (name.map(|(name, _)| name), unit)
}

#[test]
fn promtool_and_lint_agree_and_proposals_have_no_findings() {
    linted();
    let views = generated::register();
    let exposition = Exposition::new();
    let findings = compare(&exposition);

    // Views as they were proposed, beside those that they were proposed for.
    let mut renamed: BTreeMap<&str, Generated> = BTreeMap::new();
    for (number, view) in views.iter().enumerate() {
        let of_label = [FindingKind::CamelCaseLabel, FindingKind::ReservedLabel];
        let mut of_view = findings
            .iter()
            .filter(|it| it.view() == view.name && !of_label.contains(&it.kind()));
        if let Some(finding) = of_view.next()
            && let (Some(name), unit) = proposed(finding)
        {
            renamed.insert(&view.name, view.renamed(name, unit, number));
            // One proposal is for all that is wrong.
            assert!(
                of_view.all(|it| it.instead() == finding.instead()),
                "{finding}"
            );
        }
    }
    assert!(renamed.len() > 700, "{} proposals", renamed.len());
    let exposition = Exposition::new();
    compare(&exposition);
    let (complaints, findings) = (exposition.complaints(), lint());
    for (for_view, Generated { name, .. }) in renamed {
        let family = exposition.family(name.as_str());
        let complaint = complaints.iter().find(|(it, _)| *it == family);
        assert_eq!(complaint, None, "{name}, for {for_view}");
        let finding = findings.iter().find(|it| it.view() == name);
        assert_eq!(finding, None, "{name}, for {for_view}");
    }
}
