//! What a scrape costs per series.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Program, answer, ask, made, number, rounded};
use crate::peers::census;
use crate::processor::time_on_processor;
use crate::report::{Report, Row, Unit};
use crate::run::Effort;
use crate::series::{Kind, PEERS, fill};
use crate::summary::Summary;

/// Who scrapes the most series: the others take too long.
const LARGEST: [&str; 3] = [census::NAME, "prometheus-client", "measured"];

fn is_largest(kind: Kind, size: usize) -> bool {
    match kind {
        Kind::Counters => size >= 1_000_000,
        Kind::Histograms => size >= 100_000,
    }
}

fn sizes(kind: Kind, effort: Effort) -> &'static [usize] {
    match (kind, effort) {
        (Kind::Counters, Effort::Quick) => &[100_000],
        (Kind::Counters, Effort::Full) => &[1_000, 10_000, 100_000, 1_000_000],
        (Kind::Histograms, Effort::Quick) => &[10_000],
        (Kind::Histograms, Effort::Full) => &[1_000, 10_000, 100_000],
    }
}

/// Runs the children in turn, round after round.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    for kind in [Kind::Counters, Kind::Histograms] {
        for &size in sizes(kind, effort) {
            let mut samples = BTreeMap::<usize, Vec<f64>>::new();
            for _ in 0..effort.processes() {
                for (place, (peer, _)) in PEERS.iter().enumerate() {
                    if is_largest(kind, size) && !LARGEST.contains(peer) {
                        continue;
                    }
                    let said = ask(
                        Program::Timing,
                        &["scrape", peer, kind.name(), &size.to_string()],
                    );
                    samples.entry(place).or_default().extend(said);
                }
            }
            let group = format!("scrape-{}-{}", kind.name(), rounded(size));
            for (place, samples) in samples {
                report.add(Row {
                    group: group.clone(),
                    case: PEERS[place].0.to_owned(),
                    threads: 1,
                    unit: Unit::Nanoseconds,
                    summary: Summary::of(samples),
                    disturbed: false,
                });
            }
            report.print(
                &group,
                &format!("a scrape of {size} {}, per series", kind.name()),
            );
        }
    }
}

/// Scrapes for a while; says nanoseconds per series, a number for each scrape.
pub(super) fn child(peer: &str, kind: &str, count: &str) {
    let (series, count) = (made(peer, kind), number(count));
    fill(&*series, count);
    series.scrape();
    let mut total = Duration::ZERO;
    let mut samples = Vec::new();
    while samples.len() < 5 || (total < Duration::from_millis(100) && samples.len() < 100) {
        let (took, length) = time_on_processor(|| series.scrape());
        assert!(length > 0, "nothing was encoded");
        total += took;
        samples.push(took.as_nanos() as f64 / count as f64);
    }
    answer(samples);
}
