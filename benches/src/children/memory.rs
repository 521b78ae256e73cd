//! Live bytes: per series, after threads have ended, and during scrapes.

use std::process::ExitCode;
use std::sync::{Arc, Barrier};

use peak_alloc::PeakAlloc;

use crate::children::process::{
    self, CHILD_FLAG, Program, abbreviate, parse_count, print_figures, series_of_task,
};
use crate::effort::Effort;
use crate::names::{CENSUS, PROMETHEUS_CLIENT};
use crate::report::{Report, Unit};
use crate::series::{Series, SeriesKind, fill};
use crate::series_peers::{COLLECT_ONLY, SERIES_PEERS, distinct_cases, make_series};
use crate::summary::Summary;

/// The cases of the measurements that take long.
const MAIN_CASES: [&str; 2] = [CENSUS, PROMETHEUS_CLIENT];

/// The numbers of ended threads after which the live bytes are counted.
const ENDED_THREADS: [usize; 3] = [1_000, 10_000, 100_000];

fn add(report: &mut Report, group: &str, case: &str, threads: usize, bytes: f64) {
    report.add_from_children(group, case, threads, Unit::Bytes, Summary::of(vec![bytes]));
}

/// Measures bytes per series.
pub(crate) fn bytes_per_series(report: &mut Report, _: Effort) {
    for (kind, count) in [
        (SeriesKind::Counters, 100_000),
        (SeriesKind::Histograms, 10_000),
    ] {
        let group = format!("memory-{}", kind.name());
        for threads in [1, 2, 16] {
            for case in distinct_cases() {
                // Of the peers, only `census` keeps data for each thread.
                if threads == 1 || MAIN_CASES.contains(&case) {
                    let (count, thread_count) = (count.to_string(), threads.to_string());
                    let task = ["series", case, kind.name(), &count, &thread_count];
                    let figures = process::run_child(Program::Memory, &task);
                    add(report, &group, case, threads, figures[0]);
                }
            }
        }
        let about = format!(
            "bytes per series at {count} {}, by the number of recording threads",
            kind.name()
        );
        report.print(&group, &about);
    }
}

/// Measures the bytes that remain after threads have ended.
pub(crate) fn ended_threads(report: &mut Report, effort: Effort) {
    let most: usize = match effort {
        Effort::Quick => 10_000,
        Effort::Full => 100_000,
    };
    for case in [CENSUS, PROMETHEUS_CLIENT, "(nothing recorded)"] {
        let figures = process::run_child(Program::Memory, &["ended", case, &most.to_string()]);
        for (count, bytes) in ENDED_THREADS.into_iter().zip(figures) {
            add(report, "memory-ended-threads", case, count, bytes);
        }
    }
    report.print(
        "memory-ended-threads",
        "live bytes in all, after this number of threads have recorded once each and ended",
    );
}

/// Measures the peak of a scrape.
pub(crate) fn scrapes(report: &mut Report, effort: Effort) {
    let sizes: &[_] = match effort {
        Effort::Quick => &[
            (SeriesKind::Counters, 100_000),
            (SeriesKind::Histograms, 10_000),
        ],
        Effort::Full => &[
            (SeriesKind::Counters, 1_000),
            (SeriesKind::Counters, 10_000),
            (SeriesKind::Counters, 100_000),
            (SeriesKind::Counters, 1_000_000),
            (SeriesKind::Histograms, 1_000),
            (SeriesKind::Histograms, 10_000),
            (SeriesKind::Histograms, 100_000),
        ],
    };
    for (kind, count) in sizes {
        let group = format!("scrape-memory-{}-{}", kind.name(), abbreviate(*count));
        for (case, _) in SERIES_PEERS {
            if *count > 10_000 && !MAIN_CASES.contains(&case) || case == COLLECT_ONLY {
                continue;
            }
            let task = ["scrape", case, kind.name(), &count.to_string(), "1"];
            let figures = process::run_child(Program::Memory, &task);
            add(report, &group, case, 1, figures[0]);
            let text_alone = format!("({case}: the text alone)");
            add(report, &group, &text_alone, 1, figures[1]);
        }
        let about = format!(
            "the peak of a scrape of {count} {}, above the bytes that live before it",
            kind.name()
        );
        report.print(&group, &about);
    }
    for case in MAIN_CASES {
        for scrapes in [1, 200] {
            let task = ["scrape", case, "counters", "10000", &scrapes.to_string()];
            let figures = process::run_child(Program::Memory, &task);
            add(report, "scrapes-at-once", case, scrapes, figures[0]);
        }
    }
    report.print(
        "scrapes-at-once",
        "the peak of this number of scrapes at once, of 10,000 counters",
    );
}

/// Runs a child's task in the program that counts bytes.
///
/// # Panics
/// If the command line is not one that `census-benches` gives to its children.
#[must_use]
pub fn run_task() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        [CHILD_FLAG, "series", case, kind, count, threads] => {
            let series = series_of_task(case, kind);
            let (count, threads) = (parse_count(count), parse_count(threads));
            print_figures([bytes_of_series(&series, count, threads) as f64 / count as f64]);
        }
        [CHILD_FLAG, "ended", case, most] => {
            print_figures(bytes_after_threads(case, parse_count(most)));
        }
        [CHILD_FLAG, "scrape", case, kind, count, scrapes] => {
            let series = series_of_task(case, kind);
            print_figures(peak_of_scrapes(
                &series,
                parse_count(count),
                parse_count(scrapes),
            ));
        }
        _ => unreachable!("unknown task: {arguments:?}"),
    }
    ExitCode::SUCCESS
}

/// The live bytes of the series, while `threads` threads live that have each recorded into every series.
fn bytes_of_series(series: &Arc<dyn Series>, count: usize, threads: usize) -> usize {
    let before = PeakAlloc.current_usage();
    let barrier = Barrier::new(threads + 1);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                fill(&**series, count);
                barrier.wait();
                barrier.wait();
            });
        }
        barrier.wait();
        series.upkeep();
        let after = PeakAlloc.current_usage();
        barrier.wait();
        after - before
    })
}

/// Starts `most` threads one after the other. Each records once into one of four series. Returns the live bytes after
/// each number in [`ENDED_THREADS`].
///
/// If no case has this name, the threads record nothing.
fn bytes_after_threads(case: &str, most: usize) -> Vec<f64> {
    let series = make_series(case, SeriesKind::Counters).map(Arc::<dyn Series>::from);
    let record_on_new_thread = |index| {
        let series = series.clone();
        let thread = std::thread::spawn(move || {
            if let Some(series) = series {
                series.record("tenant", ["a", "b", "c", "d"][index % 4], 1.0);
            }
        });
        thread.join().expect("recording does not panic");
    };
    (0..4).for_each(record_on_new_thread);
    let before = PeakAlloc.current_usage();
    let mut bytes = Vec::new();
    for ended in 1..=most {
        record_on_new_thread(ended);
        if ENDED_THREADS.contains(&ended) {
            bytes.push(PeakAlloc.current_usage() as f64 - before as f64);
        }
    }
    bytes
}

/// The peak of the scrapes above the bytes that live before them, and the length of the text.
fn peak_of_scrapes(series: &Arc<dyn Series>, count: usize, scrapes: usize) -> [f64; 2] {
    fill(&**series, count);
    let length = series.scrape();
    let barrier = Barrier::new(scrapes + 1);
    let before = std::thread::scope(|scope| {
        for _ in 0..scrapes {
            scope.spawn(|| {
                barrier.wait();
                series.scrape();
            });
        }
        PeakAlloc.reset_peak_usage();
        let before = PeakAlloc.current_usage();
        barrier.wait();
        before
    });
    let peak = PeakAlloc.peak_usage() - before;
    [peak as f64, length as f64]
}
