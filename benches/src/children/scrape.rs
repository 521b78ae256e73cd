//! The cost of a scrape per series.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::children::process::{
    self, Program, abbreviate, parse_count, print_figures, series_of_task,
};
use crate::effort::Effort;
use crate::names::{CENSUS, MEASURED, PROMETHEUS_CLIENT};
use crate::processor::time_on_processor;
use crate::report::{Report, Unit};
use crate::series::{SeriesKind, fill};
use crate::series_peers::SERIES_PEERS;
use crate::summary::Summary;

/// The cases that scrape the largest number of series. The others would take too long.
const LARGEST: [&str; 3] = [CENSUS, PROMETHEUS_CLIENT, MEASURED];

fn is_largest(kind: SeriesKind, count: usize) -> bool {
    match kind {
        SeriesKind::Counters => count >= 1_000_000,
        SeriesKind::Histograms => count >= 100_000,
    }
}

/// The numbers of series to scrape.
fn counts(kind: SeriesKind, effort: Effort) -> &'static [usize] {
    match (kind, effort) {
        (SeriesKind::Counters, Effort::Quick) => &[100_000],
        (SeriesKind::Counters, Effort::Full) => &[1_000, 10_000, 100_000, 1_000_000],
        (SeriesKind::Histograms, Effort::Quick) => &[10_000],
        (SeriesKind::Histograms, Effort::Full) => &[1_000, 10_000, 100_000],
    }
}

/// Runs the children of all cases in turn, round after round.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    for kind in [SeriesKind::Counters, SeriesKind::Histograms] {
        for &count in counts(kind, effort) {
            // By the case's index in the table, so that the report keeps the table's order.
            let mut samples = BTreeMap::<usize, Vec<f64>>::new();
            for _ in 0..effort.scrape_processes() {
                for (index, (case, _)) in SERIES_PEERS.iter().enumerate() {
                    if is_largest(kind, count) && !LARGEST.contains(case) {
                        continue;
                    }
                    let task = ["scrape", case, kind.name(), &count.to_string()];
                    let figures = process::run_child(Program::Timing, &task);
                    samples.entry(index).or_default().extend(figures);
                }
            }
            let group = format!("scrape-{}-{}", kind.name(), abbreviate(count));
            for (index, samples) in samples {
                let (case, _) = SERIES_PEERS[index];
                report.add_from_children(&group, case, 1, Unit::Nanoseconds, Summary::of(samples));
            }
            let about = format!("a scrape of {count} {}, per series", kind.name());
            report.print(&group, &about);
        }
    }
}

/// Scrapes several times; prints nanoseconds per series for each scrape.
pub(crate) fn run_task(case: &str, kind: &str, count: &str) {
    let (series, count) = (series_of_task(case, kind), parse_count(count));
    fill(&*series, count);
    series.scrape();
    let mut total = Duration::ZERO;
    let mut samples = Vec::new();
    while samples.len() < 5 || (total < Duration::from_millis(100) && samples.len() < 100) {
        let (time, length) = time_on_processor(|| series.scrape());
        assert!(length > 0, "nothing was encoded");
        total += time;
        samples.push(time.as_nanos() as f64 / count as f64);
    }
    print_figures(samples);
}
