//! The targets, and whether a run met them.

#![expect(clippy::print_stdout, reason = "the table is this program's output")]

use crate::beside_scrapes::{CHANGING, FORMATTING, IDLING, REMOVING, SCRAPING};
use crate::http_peers::{AXUM_PROMETHEUS, OPENTELEMETRY_TOWER};
use crate::names::{
    AUTOMETRICS, CENSUS, FLOOR, MEASURED, NOTHING_SHARED, PROMETHEUS, PROMETHEUS_CLIENT,
    QUANTA_CLOCK,
};
use crate::report::{Report, format_figure};

/// A limit for the figure of `census` in a group.
enum Limit {
    /// At most this many times the figure of this case.
    Ratio(&'static str, f64),
    /// At most this many nanoseconds above the floor.
    AboveFloor(f64),
    /// Two threads do at least this many times the work of one thread. If two threads that share nothing do less than
    /// twice the work of one, the limit is reduced in proportion.
    Scaling(f64),
    /// At most this many nanoseconds.
    AtMost(f64),
    /// This case takes at most so many times as long as beside a thread that only formats.
    Beside(&'static str, f64),
    /// At most this many bytes more for each thread that has ended.
    PerEndedThread(f64),
}

use Limit::{AboveFloor, AtMost, Beside, PerEndedThread, Ratio, Scaling};

/// The targets: a group, and the limit for its figure. A ratio must hold with one thread and with two. In the
/// groups of memory, it must also hold with sixteen.
const TARGETS: &[(&str, Limit)] = &[
    ("counter", Ratio(PROMETHEUS_CLIENT, 0.25)),
    ("counter", Ratio(MEASURED, 0.9)),
    ("counter", Scaling(1.8)),
    ("strings", Ratio(PROMETHEUS_CLIENT, 0.4)),
    ("strings", Ratio(PROMETHEUS, 0.65)),
    ("strings", Scaling(1.8)),
    ("histogram", Ratio(PROMETHEUS_CLIENT, 0.2)),
    ("histogram", Ratio(MEASURED, 0.35)),
    ("histogram", Scaling(1.8)),
    ("three", Ratio(PROMETHEUS_CLIENT, 0.15)),
    ("three", Ratio(MEASURED, 0.25)),
    ("three", Scaling(1.8)),
    ("literal", Ratio(MEASURED, 0.5)),
    ("literal", Scaling(1.8)),
    ("bound-counter", Ratio(PROMETHEUS_CLIENT, 1.0)),
    ("bound-counter", Scaling(1.8)),
    ("bound-histogram", Ratio(PROMETHEUS_CLIENT, 0.2)),
    ("bound-histogram", Ratio(MEASURED, 0.35)),
    ("bound-histogram", Scaling(1.8)),
    ("function", Ratio(AUTOMETRICS, 0.08)),
    ("function", Ratio(QUANTA_CLOCK, 2.2)),
    ("function", Scaling(1.8)),
    ("unviewed", AboveFloor(0.5)),
    ("beside-scrapes", Beside(SCRAPING, 1.05)),
    ("beside-scrapes", Beside(CHANGING, 1.1)),
    ("beside-scrapes", Beside(IDLING, 1.05)),
    ("beside-scrapes", Beside(REMOVING, 1.1)),
    ("scrape-counters-100k", Ratio(PROMETHEUS_CLIENT, 0.6)),
    ("scrape-counters-100k", Ratio(MEASURED, 0.7)),
    ("scrape-histograms-10k", Ratio(MEASURED, 0.7)),
    ("scrape-histograms-10k", Ratio(PROMETHEUS_CLIENT, 1.0)),
    ("http", Ratio(AXUM_PROMETHEUS, 0.8)),
    ("http", Ratio(OPENTELEMETRY_TOWER, 0.8)),
    ("http-instructions", Ratio(AXUM_PROMETHEUS, 0.8)),
    ("http-instructions", Ratio(OPENTELEMETRY_TOWER, 0.8)),
    ("insert", Ratio(PROMETHEUS_CLIENT, 0.4)),
    ("insert", Ratio(MEASURED, 1.0)),
    ("insert-worst", AtMost(1e6)),
    ("memory-counters", Ratio(PROMETHEUS_CLIENT, 1.0)),
    ("memory-histograms", Ratio(MEASURED, 1.0)),
    ("memory-ended-threads", PerEndedThread(0.1)),
];

/// A target, compared with a figure of the run.
struct Verdict {
    group: &'static str,
    threads: String,
    target: String,
    figure: f64,
    met: bool,
}

impl Limit {
    /// Compares the run's figures with the limit. The list is empty if the run has no figures for it.
    fn verdicts(&self, group: &'static str, report: &Report) -> Vec<Verdict> {
        let census = |threads| report.median(group, CENSUS, threads);
        let other = |case, threads| report.median(group, case, threads);
        let verdict = |threads: &str, target: String, figure: f64, met: bool| Verdict {
            group,
            threads: threads.to_owned(),
            target,
            figure,
            met,
        };
        let for_each_thread_count = |judge: &dyn Fn(usize) -> Option<(String, f64, bool)>| {
            let judge = |threads: usize| {
                let (target, figure, met) = judge(threads)?;
                Some(verdict(&threads.to_string(), target, figure, met))
            };
            let is_judged = |threads: &usize| *threads <= 2 || group.starts_with("memory");
            [1, 2, 16]
                .into_iter()
                .filter(is_judged)
                .filter_map(judge)
                .collect()
        };
        match *self {
            Ratio(case, limit) => for_each_thread_count(&|threads| {
                let figure = census(threads)? / other(case, threads)?;
                Some((format!("≤ {limit} × {case}"), figure, figure <= limit))
            }),
            AboveFloor(limit) => for_each_thread_count(&|threads| {
                let figure = census(threads)? - other(FLOOR, threads)?;
                let target = format!("≤ {limit} ns above the floor");
                Some((target, figure, figure <= limit))
            }),
            Scaling(limit) => {
                let scaling = |case| Some(2.0 * other(case, 1)? / other(case, 2)?);
                let Some((figure, machine)) = scaling(CENSUS).zip(scaling(NOTHING_SHARED)) else {
                    return Vec::new();
                };
                // A case cannot scale better than threads that share nothing.
                let limit = limit.min(limit / 2.0 * machine);
                let target = format!("≥ {limit:.2} × one thread (machine: {machine:.2})");
                vec![verdict("2", target, figure, figure >= limit)]
            }
            AtMost(limit) => for_each_thread_count(&|threads| {
                let figure = census(threads)?;
                Some((format!("≤ {limit} ns"), figure, figure <= limit))
            }),
            Beside(case, limit) => for_each_thread_count(&|threads| {
                let figure = other(case, threads)? / other(FORMATTING, threads)?;
                let target = format!("{case}: ≤ {limit} × formatting");
                Some((target, figure, figure <= limit))
            }),
            PerEndedThread(limit) => {
                // In this group, `threads` is the number of ended threads.
                let largest = [100_000, 10_000]
                    .into_iter()
                    .find_map(|ended| Some((ended, census(ended)?)));
                let Some((ended, bytes)) = largest else {
                    return Vec::new();
                };
                let figure = (bytes - census(1_000).unwrap_or(0.0)) / (ended - 1_000) as f64;
                let target = format!("≤ {limit} bytes for each");
                vec![verdict(&ended.to_string(), target, figure, figure <= limit)]
            }
        }
    }
}

/// Prints a verdict on every target that the run has figures for; returns the number of missed targets.
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
            verdict.target,
            format_figure(verdict.figure),
            if verdict.met { "met" } else { "MISSED" },
            if report.is_disturbed(verdict.group) {
                ", in a group with disturbed figures"
            } else {
                ""
            }
        );
    }
    let missed = verdicts.iter().filter(|verdict| !verdict.met).count();
    println!("  {missed} of {} missed", verdicts.len());
    missed
}
