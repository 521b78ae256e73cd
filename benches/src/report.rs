//! The figures of a run: tables for people, JSON for programs.

#![expect(clippy::print_stdout, reason = "the tables are this program's output")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::names::{CENSUS, is_comparable};
use crate::summary::Summary;

/// The unit of a figure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nanoseconds per operation.
    Nanoseconds,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// A number, of instructions or of allocations, per operation.
    Count,
}

/// The figure of one case.
pub(crate) struct Row {
    pub(crate) group: String,
    pub(crate) case: String,
    pub(crate) threads: usize,
    pub(crate) unit: Unit,
    pub(crate) summary: Summary,
    /// Whether other programs disturbed the figure.
    pub(crate) disturbed: bool,
}

/// All figures of one run.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

/// A row in the JSON file.
#[derive(Serialize)]
struct JsonRow<'a> {
    group: &'a str,
    case: &'a str,
    threads: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ns: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<f64>,
    p25: f64,
    p75: f64,
    /// Omitted if false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disturbed: bool,
    ratio_to: BTreeMap<&'a str, f64>,
}

impl Report {
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Adds a figure from child processes. Such figures are never marked as disturbed.
    pub(crate) fn add_from_children(
        &mut self,
        group: &str,
        case: &str,
        threads: usize,
        unit: Unit,
        summary: Summary,
    ) {
        self.add(Row {
            group: group.to_owned(),
            case: case.to_owned(),
            threads,
            unit,
            summary,
            disturbed: false,
        });
    }

    /// Adds the samples of each case of a group from child processes, and prints the group.
    pub(crate) fn add_group_from_children(
        &mut self,
        group: &str,
        about: &str,
        unit: Unit,
        cases: impl Iterator<Item = (&'static str, Vec<f64>)>,
    ) {
        for (case, samples) in cases {
            self.add_from_children(group, case, 1, unit, Summary::of(samples));
        }
        self.print(group, about);
    }

    /// The median of a case, if the run has it.
    pub(crate) fn median(&self, group: &str, case: &str, threads: usize) -> Option<f64> {
        let row = self
            .rows
            .iter()
            .find(|row| row.group == group && row.case == case && row.threads == threads)?;
        Some(row.summary.median)
    }

    /// Whether other programs disturbed a figure of the group.
    pub(crate) fn is_disturbed(&self, group: &str) -> bool {
        self.rows
            .iter()
            .any(|row| row.group == group && row.disturbed)
    }

    /// The groups that have a disturbed figure.
    pub(crate) fn disturbed_groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for row in self.rows.iter().filter(|row| row.disturbed) {
            if groups.last() != Some(&row.group.as_str()) {
                groups.push(&row.group);
            }
        }
        groups
    }

    /// Prints the rows of a group.
    pub(crate) fn print(&self, group: &str, about: &str) {
        println!("\n{group}: {about}");
        let rows: Vec<_> = self.rows.iter().filter(|row| row.group == group).collect();
        let unit = match rows.first().map(|row| row.unit) {
            Some(Unit::Seconds) => "seconds",
            Some(Unit::Bytes) => "bytes",
            Some(Unit::Count) => "count",
            _ => "ns",
        };
        let width = rows.iter().map(|row| row.case.len()).max().unwrap_or(0);
        println!(
            "  {:width$}  threads {unit:>12}  {:>25}  census ÷ case",
            "case", "p25 – p75"
        );
        for row in rows {
            let Summary { median, p25, p75 } = row.summary;
            let ratio = match self.median(group, CENSUS, row.threads) {
                Some(census) if is_comparable(&row.case) && median != 0.0 => {
                    format!("{:.2}", census / median)
                }
                _ => String::new(),
            };
            let [median, p25, p75] = [median, p25, p75].map(format_figure);
            println!(
                "  {:width$}  {:>7} {median:>12}  {p25:>11} – {p75:>11}  {ratio:>11}  {}",
                row.case,
                row.threads,
                if row.disturbed { "disturbed" } else { "" }
            );
        }
    }

    /// Writes all rows to `target/census-bench.json` in the workspace; returns the file's path.
    pub(crate) fn write(&self) -> std::io::Result<PathBuf> {
        let target = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target"));
        std::fs::create_dir_all(&target)?;
        let path = target.canonicalize()?.join("census-bench.json");
        let rows: Vec<_> = self.rows.iter().map(|row| self.json_row(row)).collect();
        std::fs::write(&path, serde_json::to_string_pretty(&rows)? + "\n")?;
        Ok(path)
    }

    fn json_row<'a>(&'a self, row: &'a Row) -> JsonRow<'a> {
        let median = Some(row.summary.median);
        let is_compared = |other: &&Row| {
            other.group == row.group
                && other.threads == row.threads
                && other.unit == row.unit
                && other.case != row.case
                && is_comparable(&other.case)
                && is_comparable(&row.case)
                && other.summary.median != 0.0
        };
        let ratio = |other: &'a Row| {
            let ratio = row.summary.median / other.summary.median;
            (other.case.as_str(), ratio)
        };
        JsonRow {
            group: &row.group,
            case: &row.case,
            threads: row.threads,
            ns: median.filter(|_| row.unit == Unit::Nanoseconds),
            seconds: median.filter(|_| row.unit == Unit::Seconds),
            bytes: median.filter(|_| row.unit == Unit::Bytes),
            count: median.filter(|_| row.unit == Unit::Count),
            p25: row.summary.p25,
            p75: row.summary.p75,
            disturbed: row.disturbed,
            ratio_to: self.rows.iter().filter(is_compared).map(ratio).collect(),
        }
    }
}

/// Formats a figure with two decimals, or without any from 10,000 on.
pub(crate) fn format_figure(figure: f64) -> String {
    let decimals = if figure.abs() < 10_000.0 { 2 } else { 0 };
    format!("{figure:.decimals$}")
}
