//! The cost of a new series: the mean and the maximum of a million.

use std::hint::black_box;
use std::time::Duration;

use crate::children::process::{self, Program, parse_count, print_figures, series_of_task};
use crate::effort::Effort;
use crate::processor::time_on_processor;
use crate::report::{Report, Unit};
use crate::series::{SeriesKind, SeriesLabels};
use crate::series_peers::distinct_cases;
use crate::summary::Summary;

const COUNT: usize = 1_000_000;

/// Runs the children of all cases in turn, round after round.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    let mut samples: Vec<_> = distinct_cases()
        .map(|case| (case, Vec::new(), Vec::new()))
        .collect();
    for _ in 0..effort.insert_processes() {
        for (case, means, maxima) in &mut samples {
            let task = ["insert", case, &COUNT.to_string()];
            let figures = process::run_child(Program::Timing, &task);
            means.push(figures[0]);
            maxima.push(figures[1]);
        }
    }
    for (case, means, maxima) in samples {
        // Other programs can only make a maximum larger, so the least maximum is the nearest to the truth.
        let least = maxima.iter().copied().fold(f64::INFINITY, f64::min);
        let maximum = Summary {
            median: least,
            ..Summary::of(maxima)
        };
        for (group, summary) in [("insert", Summary::of(means)), ("insert-worst", maximum)] {
            report.add_from_children(group, case, 1, Unit::Nanoseconds, summary);
        }
    }
    report.print("insert", "a new series of a counter: the mean of a million");
    report.print(
        "insert-worst",
        "a new series of a counter: the maximum of a million; the least of all runs, because other programs only add \
         to it",
    );
}

/// Prints mean and maximum in nanoseconds. The mean does not contain the clock's reads and the making of the labels.
pub(crate) fn run_task(case: &str, count: &str) {
    let series = series_of_task(case, SeriesKind::Counters.name());
    let count = parse_count(count);
    let record_new_series =
        |labels: &SeriesLabels| series.record(&labels.tenant, &labels.route, 0.0);
    let (total, maximum) = time_on_processor(|| maximum_time(count, record_new_series));
    let (overhead, _) = time_on_processor(|| {
        maximum_time(count, |labels| {
            black_box(labels);
        })
    });
    let mean = total.saturating_sub(overhead).as_nanos() as f64 / count as f64;
    print_figures([mean, maximum.as_nanos() as f64]);
}

/// Calls `work` with the labels of each series; returns the time of the longest call.
fn maximum_time(count: usize, work: impl Fn(&SeriesLabels)) -> Duration {
    let mut labels = SeriesLabels::default();
    let mut maximum = Duration::ZERO;
    for index in 0..count {
        labels.set(index);
        let began = quanta::Instant::now();
        work(&labels);
        maximum = began.elapsed().max(maximum);
    }
    maximum
}
