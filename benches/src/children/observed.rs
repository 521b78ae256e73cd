//! The cost of a scrape that reads its values, per value.

use std::time::Duration;

use crate::children::process::{self, Program, print_figures};
use crate::effort::Effort;
use crate::observed::{COUNT, ReadingKind};
use crate::observed_peers::OBSERVED_PEERS;
use crate::processor::time_on_processor;
use crate::report::{Report, Unit};
use crate::summary::Summary;

/// Runs the children of all cases in turn, round after round.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    for kind in ReadingKind::ALL {
        let mut samples = OBSERVED_PEERS.map(|(case, _)| (case, Vec::new()));
        for _ in 0..effort.scrape_processes() {
            for (case, samples) in &mut samples {
                let task = ["observed", case, kind.name()];
                samples.extend(process::run_child(Program::Timing, &task));
            }
        }
        let group = format!("observed-{}", kind.name());
        for (case, samples) in samples {
            report.add_from_children(&group, case, 1, Unit::Nanoseconds, Summary::of(samples));
        }
        let about = match kind {
            ReadingKind::Metrics => "a scrape of 1,000 metrics, each read by a function, per value",
            ReadingKind::Values => {
                "a scrape of 1,000 values of one metric, read by one function, per value"
            }
        };
        report.print(&group, about);
    }
}

/// Scrapes several times; prints nanoseconds per value for each scrape.
pub(crate) fn run_task(case: &str, kind: &str) {
    let mut kinds = ReadingKind::ALL.into_iter();
    let kind = kinds
        .find(|it| it.name() == kind)
        .expect("the parent names a kind");
    let mut peers = OBSERVED_PEERS.iter();
    let (_, make) = peers
        .find(|(name, _)| *name == case)
        .expect("the parent names a case");
    let scrape = make(kind);
    scrape();
    let mut total = Duration::ZERO;
    let mut samples = Vec::new();
    while total < Duration::from_millis(300) && samples.len() < 1000 {
        let (time, length) = time_on_processor(&scrape);
        assert!(length >= COUNT, "a value was not read");
        total += time;
        samples.push(time.as_nanos() as f64 / COUNT as f64);
    }
    print_figures(samples);
}
