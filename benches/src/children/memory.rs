//! What lives, in bytes: per series, after threads have ended, during scrapes.

use std::process::ExitCode;
use std::sync::{Arc, Barrier};

use peak_alloc::PeakAlloc;

use super::{ARGUMENT, Program, answer, ask, made, number, rounded};
use crate::peers::census;
use crate::report::{Report, Row, Unit};
use crate::run::Effort;
use crate::series::{COLLECT_ONLY, Kind, PEERS, Series, fill, is_other_scrape};
use crate::summary::Summary;

/// Peers beside which the rarer figures are.
const CLIENT: &str = "prometheus-client";

fn add(report: &mut Report, group: &str, case: &str, threads: usize, bytes: f64) {
    report.add(Row {
        group: group.to_owned(),
        case: case.to_owned(),
        threads,
        unit: Unit::Bytes,
        summary: Summary::of(vec![bytes]),
        disturbed: false,
    });
}

/// Bytes per series.
pub(crate) fn series(report: &mut Report, _: Effort) {
    for (kind, count) in [(Kind::Counters, 100_000), (Kind::Histograms, 10_000)] {
        let group = format!("memory-{}", kind.name());
        for threads in [1, 2, 16] {
            for (peer, _) in PEERS.iter().filter(|(peer, _)| !is_other_scrape(peer)) {
                // Only `census` keeps anything for each thread.
                if threads == 1 || [census::NAME, CLIENT].contains(peer) {
                    let (count, threads_) = (count.to_string(), threads.to_string());
                    let task = ["series", peer, kind.name(), &count, &threads_];
                    add(
                        report,
                        &group,
                        peer,
                        threads,
                        ask(Program::Counting, &task)[0],
                    );
                }
            }
        }
        let about = format!(
            "bytes per series at {count} {}, by how many threads record",
            kind.name()
        );
        report.print(&group, &about);
    }
}

/// What is left of threads that have ended.
pub(crate) fn ended_threads(report: &mut Report, effort: Effort) {
    let most = match effort {
        Effort::Quick => 10_000,
        Effort::Full => 100_000,
    };
    for case in [census::NAME, CLIENT, "(nothing recorded)"] {
        let said = ask(Program::Counting, &["ended", case, &most.to_string()]);
        for (count, bytes) in [1_000, 10_000, 100_000].into_iter().zip(said) {
            add(report, "memory-ended-threads", case, count, bytes);
        }
    }
    report.print(
        "memory-ended-threads",
        "bytes that live after so many threads have recorded once each and ended, in all",
    );
}

/// What a scrape needs while it goes on.
pub(crate) fn scrapes(report: &mut Report, effort: Effort) {
    let sizes: &[_] = match effort {
        Effort::Quick => &[(Kind::Counters, 100_000), (Kind::Histograms, 10_000)],
        Effort::Full => &[
            (Kind::Counters, 1_000),
            (Kind::Counters, 10_000),
            (Kind::Counters, 100_000),
            (Kind::Counters, 1_000_000),
            (Kind::Histograms, 1_000),
            (Kind::Histograms, 10_000),
            (Kind::Histograms, 100_000),
        ],
    };
    for (kind, count) in sizes {
        let group = format!("scrape-memory-{}-{}", kind.name(), rounded(*count));
        for (peer, _) in PEERS {
            if *count > 10_000 && ![census::NAME, CLIENT].contains(&peer) || peer == COLLECT_ONLY {
                continue;
            }
            let said = ask(
                Program::Counting,
                &["scrape", peer, kind.name(), &count.to_string(), "1"],
            );
            add(report, &group, peer, 1, said[0]);
            add(
                report,
                &group,
                &format!("({peer}: the text alone)"),
                1,
                said[1],
            );
        }
        report.print(
            &group,
            &format!(
                "the peak of a scrape of {count} {}, above what lives anyway",
                kind.name()
            ),
        );
    }
    for peer in [census::NAME, CLIENT] {
        for scrapes in [1, 200] {
            let task = ["scrape", peer, "counters", "10000", &scrapes.to_string()];
            add(
                report,
                "scrapes-at-once",
                peer,
                scrapes,
                ask(Program::Counting, &task)[0],
            );
        }
    }
    report.print(
        "scrapes-at-once",
        "the peak of so many scrapes of 10,000 counters at once",
    );
}

/// What the counting program does: a task as its parent wants it.
///
/// # Panics
/// If it is started by anyone else than `census-benches`.
#[must_use]
pub fn measure() -> ExitCode {
    let told: Vec<_> = std::env::args().skip(1).collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    match *told {
        [ARGUMENT, "series", peer, kind, count, threads] => {
            let series: Arc<dyn Series> = made(peer, kind).into();
            let (count, threads) = (number(count), number(threads));
            answer([bytes_of_series(&series, count, threads) as f64 / count as f64]);
        }
        [ARGUMENT, "ended", case, most] => {
            answer(bytes_after_threads(case, number(most)));
        }
        [ARGUMENT, "scrape", peer, kind, count, scrapes] => {
            let series: Arc<dyn Series> = made(peer, kind).into();
            answer(peak_of_scrapes(&series, number(count), number(scrapes)));
        }
        _ => unreachable!("no such task: {told:?}"),
    }
    ExitCode::SUCCESS
}

/// With threads that have each met every series, and live.
fn bytes_of_series(series: &Arc<dyn Series>, count: usize, threads: usize) -> usize {
    let before = PeakAlloc.current_usage();
    let meeting = Barrier::new(threads + 1);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                fill(&**series, count);
                meeting.wait();
                meeting.wait();
            });
        }
        meeting.wait();
        series.upkeep();
        let after = PeakAlloc.current_usage();
        meeting.wait();
        after - before
    })
}

/// Starts threads one after the other, each of which records once; 16 series in all.
fn bytes_after_threads(case: &str, most: usize) -> Vec<f64> {
    let series = PEERS
        .iter()
        .find(|(peer, _)| *peer == case)
        .map(|(_, make)| Arc::<dyn Series>::from(make(Kind::Counters)));
    let record = |number| {
        let series = series.clone();
        let thread = std::thread::spawn(move || {
            if let Some(series) = series {
                series.record("tenant", ["a", "b", "c", "d"][number % 4], 1.0);
            }
        });
        thread.join().expect("a thread that records does not panic");
    };
    (0..4).for_each(record);
    let before = PeakAlloc.current_usage();
    let mut bytes = Vec::new();
    for number in 1..=most {
        record(number);
        if [1_000, 10_000, 100_000].contains(&number) {
            bytes.push(PeakAlloc.current_usage() as f64 - before as f64);
        }
    }
    bytes
}

/// Says the peak above what lives anyway, and the text's length.
fn peak_of_scrapes(series: &Arc<dyn Series>, count: usize, scrapes: usize) -> [f64; 2] {
    fill(&**series, count);
    let length = series.scrape();
    let meeting = Barrier::new(scrapes + 1);
    let before = std::thread::scope(|scope| {
        for _ in 0..scrapes {
            scope.spawn(|| {
                meeting.wait();
                series.scrape();
            });
        }
        PeakAlloc.reset_peak_usage();
        let before = PeakAlloc.current_usage();
        meeting.wait();
        before
    });
    let peak = PeakAlloc.peak_usage() - before;
    [peak as f64, length as f64]
}
