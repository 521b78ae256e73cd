//! What a new series costs, and the worst of a million.

use std::hint::black_box;
use std::time::Duration;

use super::{Program, answer, ask, made, number};
use crate::processor::time_on_processor;
use crate::report::{Report, Row, Unit};
use crate::run::Effort;
use crate::series::{Labels, PEERS, is_other_scrape};
use crate::summary::Summary;

const COUNT: usize = 1_000_000;

/// Runs the children in turn, round after round.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    let peers = PEERS
        .iter()
        .map(|(peer, _)| *peer)
        .filter(|peer| !is_other_scrape(peer));
    let mut samples: Vec<_> = peers.map(|peer| (peer, Vec::new(), Vec::new())).collect();
    for _ in 1..effort.processes() {
        for (peer, mean, worst) in &mut samples {
            let said = ask(Program::Timing, &["insert", peer, &COUNT.to_string()]);
            mean.push(said[0]);
            worst.push(said[1]);
        }
    }
    for (peer, mean, worst) in samples {
        // What other programs take away comes on top of the worst, and never makes it less: the least is the nearest.
        let least = worst.iter().copied().fold(f64::INFINITY, f64::min);
        let worst = Summary {
            median: least,
            ..Summary::of(worst)
        };
        for (group, summary) in [("insert", Summary::of(mean)), ("insert-worst", worst)] {
            report.add(Row {
                group: group.to_owned(),
                case: peer.to_owned(),
                threads: 1,
                unit: Unit::Nanoseconds,
                summary,
                disturbed: false,
            });
        }
    }
    report.print("insert", "a new series of a counter, the mean of a million");
    report.print(
        "insert-worst",
        "the worst of a million; the least of the runs, for other programs add to it",
    );
}

/// Says mean and worst, in nanoseconds. The mean is without the clock's reads, and what the labels take to be made.
pub(super) fn child(peer: &str, count: &str) {
    let (series, count) = (made(peer, "counters"), number(count));
    let new_series = |labels: &Labels| series.record(&labels.tenant, &labels.route, 0.0);
    let (all, worst) = time_on_processor(|| time_each(count, new_series));
    let (overhead, _) = time_on_processor(|| {
        time_each(count, |labels| {
            black_box(labels);
        })
    });
    let mean = all.saturating_sub(overhead).as_nanos() as f64 / count as f64;
    answer([mean, worst.as_nanos() as f64]);
}

/// Returns the worst time.
fn time_each(count: usize, work: impl Fn(&Labels)) -> Duration {
    let mut labels = Labels::default();
    let mut worst = Duration::ZERO;
    for number in 0..count {
        labels.set(number);
        let began = quanta::Instant::now();
        work(&labels);
        worst = began.elapsed().max(worst);
    }
    worst
}
