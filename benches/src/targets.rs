//! The targets, and whether they are met.

#![expect(clippy::print_stdout, reason = "it is what this program is for")]

use crate::harness::{CONTROL, FLOOR};
use crate::peers::census;
use crate::report::Report;

/// What is asked of a group's figure.
enum Limit {
    /// At most so many times this case's.
    Ratio(&'static str, f64),
    /// At most so many nanoseconds above the floor.
    AboveFloor(f64),
    /// Two threads do at least so many times the work of one; or the same part of what threads do that share nothing, where
    /// the machine gives less than two.
    Scaling(f64),
}

use Limit::{AboveFloor, Ratio, Scaling};

/// A peer's case that a figure is compared with.
const CLIENT: &str = "prometheus-client";

/// The targets: in this group, this. Ratios are asked for with one thread and with two.
const TARGETS: &[(&str, Limit)] = &[
    ("counter", Ratio(CLIENT, 0.25)),
    ("counter", Ratio("measured", 0.4)),
    ("counter", Scaling(1.8)),
    ("strings", Ratio(CLIENT, 0.4)),
    ("strings", Ratio("prometheus", 0.65)),
    ("strings", Scaling(1.8)),
    ("histogram", Ratio(CLIENT, 0.2)),
    ("histogram", Ratio("measured", 0.35)),
    ("histogram", Scaling(1.8)),
    ("three", Ratio(CLIENT, 0.15)),
    ("three", Ratio("measured", 0.25)),
    ("three", Scaling(1.8)),
    ("literal", Scaling(1.8)),
    ("bound-counter", Scaling(1.8)),
    ("bound-histogram", Scaling(1.8)),
    ("function", Ratio("autometrics", 0.08)),
    ("function", Ratio("clock pair, quanta", 3.0)),
    ("function", Scaling(1.8)),
    ("unviewed", AboveFloor(0.5)),
];

/// A target beside what was measured.
struct Verdict {
    group: &'static str,
    threads: String,
    asked: String,
    figure: f64,
    met: bool,
}

impl Limit {
    fn verdicts(&self, group: &'static str, report: &Report) -> Vec<Verdict> {
        let ours = |threads| report.median(group, census::NAME, threads);
        let other = |case, threads| report.median(group, case, threads);
        let verdict = |threads: &str, asked: String, figure: f64, met: bool| Verdict {
            group,
            threads: threads.to_owned(),
            asked,
            figure,
            met,
        };
        let each = |judge: &dyn Fn(usize) -> Option<(String, f64, bool)>| {
            let judged = |threads: usize| {
                let (asked, figure, met) = judge(threads)?;
                Some(verdict(&threads.to_string(), asked, figure, met))
            };
            [1, 2].into_iter().filter_map(judged).collect()
        };
        match *self {
            Ratio(case, limit) => each(&|threads| {
                let figure = ours(threads)? / other(case, threads)?;
                Some((format!("≤ {limit} × {case}"), figure, figure <= limit))
            }),
            AboveFloor(limit) => each(&|threads| {
                let figure = ours(threads)? - other(FLOOR, threads)?;
                let asked = format!("≤ {limit} ns above the floor");
                Some((asked, figure, figure <= limit))
            }),
            Scaling(limit) => {
                let two = |case| Some(2.0 * other(case, 1)? / other(case, 2)?);
                let Some((figure, machine)) = two(census::NAME).zip(two(CONTROL)) else {
                    return Vec::new();
                };
                // Not more than the machine gives to threads that share nothing.
                let limit = limit.min(limit / 2.0 * machine);
                let asked = format!("≥ {limit:.2} × one thread (machine: {machine:.2})");
                vec![verdict("2", asked, figure, figure >= limit)]
            }
        }
    }
}

/// Prints every target that the run has figures for; returns how many were missed.
pub(crate) fn judge(report: &Report) -> usize {
    let verdicts: Vec<_> = TARGETS
        .iter()
        .flat_map(|(group, limit)| limit.verdicts(group, report))
        .collect();
    println!("\ntargets: census, by the medians of this run");
    println!(
        "  {:18} threads  {:42} {:>8}  verdict",
        "group", "target", "figure"
    );
    for verdict in &verdicts {
        println!(
            "  {:18} {:>7}  {:42} {:>8.2}  {}",
            verdict.group,
            verdict.threads,
            verdict.asked,
            verdict.figure,
            if verdict.met { "met" } else { "MISSED" }
        );
    }
    let missed = verdicts.iter().filter(|verdict| !verdict.met).count();
    println!("  {missed} of {} missed", verdicts.len());
    missed
}
