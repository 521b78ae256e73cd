//! The targets, and whether they are met.

#![expect(clippy::print_stdout, reason = "it is what this program is for")]

use crate::beside_scrapes;
use crate::harness::{CONTROL, FLOOR};
use crate::peers::census;
use crate::report::{Report, figure};

/// What is asked of a group's figure.
enum Limit {
    /// At most so many times this case's.
    Ratio(&'static str, f64),
    /// At most so many nanoseconds above the floor.
    AboveFloor(f64),
    /// Two threads do at least so many times the work of one; or the same part of what threads do that share nothing, where
    /// the machine gives less than two.
    Scaling(f64),
    /// At most so much.
    AtMost(f64),
    /// At most so many times our own figure without scrapes.
    BesideScrapes(f64),
    /// At most so many bytes more for each thread that has ended.
    PerEndedThread(f64),
}

use Limit::{AboveFloor, AtMost, BesideScrapes, PerEndedThread, Ratio, Scaling};

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
    ("beside-scrapes", BesideScrapes(1.05)),
    ("scrape-counters-100k", Ratio(CLIENT, 0.6)),
    ("scrape-counters-100k", Ratio("measured", 1.0)),
    ("scrape-histograms-10k", Ratio(CLIENT, 1.0)),
    ("insert", Ratio(CLIENT, 0.4)),
    ("insert-worst", AtMost(1e6)),
    ("memory-counters", Ratio(CLIENT, 1.0)),
    ("memory-histograms", Ratio("measured", 1.0)),
    ("memory-ended-threads", PerEndedThread(0.1)),
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
            [1, 2, 16].into_iter().filter_map(judged).collect()
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
            AtMost(limit) => each(&|threads| {
                let figure = ours(threads)?;
                Some((format!("≤ {limit} ns"), figure, figure <= limit))
            }),
            BesideScrapes(limit) => each(&|threads| {
                let [beside, control] = [beside_scrapes::SCRAPING, beside_scrapes::FORMATTING];
                let figure = other(beside, threads)? / other(control, threads)?;
                let asked = format!("≤ {limit} × beside a thread that formats");
                Some((asked, figure, figure <= limit))
            }),
            PerEndedThread(limit) => {
                let counts = [10_000, 100_000].into_iter();
                let Some((more, most)) = counts.filter_map(|n| Some((n, ours(n)?))).next_back()
                else {
                    return Vec::new();
                };
                let figure = (most - ours(1_000).unwrap_or(0.0)) / (more - 1_000) as f64;
                let asked = format!("≤ {limit} bytes for each");
                vec![verdict(&more.to_string(), asked, figure, figure <= limit)]
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
        "  {:22} threads  {:42} {:>8}  verdict",
        "group", "target", "figure"
    );
    for verdict in &verdicts {
        println!(
            "  {:22} {:>7}  {:42} {:>8}  {}{}",
            verdict.group,
            verdict.threads,
            verdict.asked,
            figure(verdict.figure),
            if verdict.met { "met" } else { "MISSED" },
            if report.is_disturbed(verdict.group) {
                ", in a group that was disturbed"
            } else {
                ""
            }
        );
    }
    let missed = verdicts.iter().filter(|verdict| !verdict.met).count();
    println!("  {missed} of {} missed", verdicts.len());
    missed
}
