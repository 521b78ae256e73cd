//! What was measured: as tables for people, as JSON for programs.

#![expect(clippy::print_stdout, reason = "it is what this program is for")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::harness::is_peer;
use crate::peers::census;
use crate::summary::Summary;

/// In what something is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nanoseconds per operation.
    Nanoseconds,
    /// Bytes.
    Bytes,
}

/// A case's figure.
pub(crate) struct Row {
    pub(crate) group: String,
    pub(crate) case: String,
    pub(crate) threads: usize,
    pub(crate) unit: Unit,
    pub(crate) summary: Summary,
    /// Whether other programs took part in the figure.
    pub(crate) disturbed: bool,
}

/// All that was measured in one run.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

/// A row as it is in the file.
#[derive(Serialize)]
struct Record<'a> {
    group: &'a str,
    case: &'a str,
    threads: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ns: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<f64>,
    p25: f64,
    p75: f64,
    /// Left out where it is false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disturbed: bool,
    ratio_to: BTreeMap<&'a str, f64>,
}

impl Report {
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// The figure of a case.
    pub(crate) fn median(&self, group: &str, case: &str, threads: usize) -> Option<f64> {
        let of = |row: &&Row| row.group == group && row.case == case && row.threads == threads;
        self.rows.iter().find(of).map(|row| row.summary.median)
    }

    /// Whether other programs took part in a figure of the group.
    pub(crate) fn is_disturbed(&self, group: &str) -> bool {
        let of = |row: &Row| row.group == group && row.disturbed;
        self.rows.iter().any(of)
    }

    /// Prints the rows of a group.
    pub(crate) fn print(&self, group: &str, about: &str) {
        println!("\n{group}: {about}");
        let rows: Vec<_> = self.rows.iter().filter(|row| row.group == group).collect();
        let unit = match rows.first() {
            Some(row) if row.unit == Unit::Bytes => "bytes",
            _ => "ns",
        };
        let wide = rows.iter().map(|row| row.case.len()).max().unwrap_or(0);
        println!(
            "  {:wide$}  threads {unit:>12}  {:>25}  census ÷ it",
            "case", "p25 – p75"
        );
        for row in rows {
            let Summary { median, p25, p75 } = row.summary;
            let ratio = match self.median(group, census::NAME, row.threads) {
                Some(ours) if is_peer(&row.case) && median != 0.0 => {
                    format!("{:.2}", ours / median)
                }
                _ => String::new(),
            };
            let [median, p25, p75] = [median, p25, p75].map(figure);
            println!(
                "  {:wide$}  {:>7} {median:>12}  {p25:>11} – {p75:>11}  {ratio:>11}  {}",
                row.case,
                row.threads,
                if row.disturbed { "disturbed" } else { "" }
            );
        }
    }

    /// Writes all rows to `target/census-bench.json` in the workspace; returns where that is.
    pub(crate) fn write(&self) -> std::io::Result<PathBuf> {
        let target = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target"));
        std::fs::create_dir_all(&target)?;
        let path = target.canonicalize()?.join("census-bench.json");
        let records: Vec<_> = self.rows.iter().map(|row| self.record(row)).collect();
        std::fs::write(&path, serde_json::to_string_pretty(&records)? + "\n")?;
        Ok(path)
    }

    fn record<'a>(&'a self, row: &'a Row) -> Record<'a> {
        let value = Some(row.summary.median);
        let other = |other: &&Row| {
            other.group == row.group
                && other.threads == row.threads
                && other.unit == row.unit
                && other.case != row.case
                && is_peer(&other.case)
                && is_peer(&row.case)
                && other.summary.median != 0.0
        };
        let ratio = |other: &'a Row| {
            let ratio = row.summary.median / other.summary.median;
            (other.case.as_str(), ratio)
        };
        Record {
            group: &row.group,
            case: &row.case,
            threads: row.threads,
            ns: value.filter(|_| row.unit == Unit::Nanoseconds),
            bytes: value.filter(|_| row.unit == Unit::Bytes),
            p25: row.summary.p25,
            p75: row.summary.p75,
            disturbed: row.disturbed,
            ratio_to: self.rows.iter().filter(other).map(ratio).collect(),
        }
    }
}

/// With two decimals, where they say something.
pub(crate) fn figure(figure: f64) -> String {
    let decimals = if figure.abs() < 10_000.0 { 2 } else { 0 };
    format!("{figure:.decimals$}")
}
