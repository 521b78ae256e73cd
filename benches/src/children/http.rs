//! What a layer adds to a request to an empty handler: nanoseconds, instructions and allocations.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::children::process::{self, CHILD_FLAG, Program, parse_count, print_figures};
use crate::effort::Effort;
use crate::http::App;
use crate::http_peers::{HTTP_PEERS, NO_LAYER, router_of};
use crate::report::{Report, Unit};
use crate::summary::Summary;

/// How many requests are counted.
const COUNTED: usize = 1000;

/// Runs the children of all cases in turn, round after round.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    let mut times = HTTP_PEERS.map(|(case, _)| (case, Vec::new()));
    for _ in 0..2 * effort.scrape_processes() {
        for (case, samples) in &mut times {
            samples.extend(process::run_child(Program::Timing, &["http", case]));
        }
    }
    let group = "http";
    let times = times.map(|(case, samples)| (case, Summary::of(samples)));
    add(report, group, Unit::Nanoseconds, &times);
    report.print(
        group,
        "nanoseconds that a layer adds to a request to an empty handler",
    );

    let group = "http-allocations";
    let allocations = HTTP_PEERS.map(|(case, _)| {
        let figures =
            process::run_child(Program::Allocations, &["http", case, &COUNTED.to_string()]);
        (case, Summary::of(figures))
    });
    add(report, group, Unit::Count, &allocations);
    report.print(
        group,
        "allocations that a layer adds to a request to an empty handler",
    );

    let group = "http-instructions";
    let instructions = HTTP_PEERS.map(|(case, _)| (case, instructions(case)));
    if let Some(figures) = instructions
        .iter()
        .map(|(_, figure)| *figure)
        .collect::<Option<Vec<_>>>()
    {
        let cases = instructions.iter().zip(figures);
        let summaries: Vec<_> = cases
            .map(|((case, _), figure)| (*case, Summary::of(vec![figure])))
            .collect();
        add(report, group, Unit::Count, &summaries);
        report.print(
            group,
            "instructions that a layer adds to a request to an empty handler",
        );
    }
}

/// Adds the figures, without those of the service that has no layer.
fn add(report: &mut Report, group: &str, unit: Unit, cases: &[(&str, Summary)]) {
    let floor = cases.iter().find(|(case, _)| *case == NO_LAYER);
    let floor = floor.map_or(f64::NAN, |(_, summary)| summary.median);
    for (case, summary) in cases {
        let summary = match *case {
            NO_LAYER => *summary,
            _ => Summary {
                median: summary.median - floor,
                p25: summary.p25 - floor,
                p75: summary.p75 - floor,
            },
        };
        report.add_from_children(group, case, 1, unit, summary);
    }
}

/// Counts the instructions of a request, if there is valgrind.
fn instructions(case: &str) -> Option<f64> {
    let this_program = std::env::current_exe().expect("the path of this program is known");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args([
            "--collect-atstart=no",
            "--toggle-collect=*counted_requests*",
        ])
        .arg(this_program)
        .args([CHILD_FLAG, "http-counted", case, &COUNTED.to_string()])
        .output()
        .ok()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{case}: {messages}");
    let (_, collected) = messages
        .lines()
        .find_map(|line| line.split_once("Collected :"))?;
    let collected: f64 = collected.trim().parse().expect("callgrind prints a number");
    assert!(collected > 0.0, "{case}: nothing was counted");
    Some(collected / COUNTED as f64)
}

/// Sends requests, so many at a time; prints nanoseconds per request for each time.
pub(crate) fn run_task(case: &str) {
    const AT_A_TIME: u32 = 1000;
    let mut app = App::new(router_of(case));
    let mut samples = Vec::new();
    let begun = Instant::now();
    for _ in 0..AT_A_TIME {
        app.send();
    }
    while begun.elapsed() < Duration::from_millis(150) {
        let start = Instant::now();
        for _ in 0..AT_A_TIME {
            app.send();
        }
        samples.push(start.elapsed().as_nanos() as f64 / f64::from(AT_A_TIME));
    }
    // Other programs only add to a time. The median of the child is one figure of its case.
    print_figures([Summary::of(samples).median]);
}

/// Sends requests that callgrind counts.
pub(crate) fn run_counted(case: &str, count: &str) {
    let mut app = App::new(router_of(case));
    for _ in 0..COUNTED {
        app.send();
    }
    counted_requests(&mut app, parse_count(count));
}

#[inline(never)]
fn counted_requests(app: &mut App, count: usize) {
    for _ in 0..count {
        app.send();
    }
}

/// Runs a child's task in the program that counts allocations. `allocations` tells how many there were so far.
///
/// # Panics
///
/// If the command line is not one that `census-benches` gives to its children.
pub fn run_allocations_task(allocations: impl Fn() -> usize) {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [CHILD_FLAG, "http", case, count] = *arguments else {
        unreachable!("unknown task: {arguments:?}")
    };
    let mut app = App::new(router_of(case));
    let count = parse_count(count);
    for _ in 0..count {
        app.send();
    }
    let before = allocations();
    for _ in 0..count {
        app.send();
    }
    print_figures([(allocations() - before) as f64 / count as f64]);
}
