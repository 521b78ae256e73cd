//! What building costs: seconds of the processor, and bytes of the program.
//!
//! Each case is a package of its own, which cargo builds in the target directory. The packages have the versions of the
//! workspace's `Cargo.lock`.

mod cargo;
mod functions;
mod programs;

use crate::effort::Effort;
use crate::report::{Report, Unit};
use crate::summary::Summary;

/// Builds everything.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    functions::run(report, effort);
    programs::run(report, effort);
}

/// Adds the samples of each case, and prints the group.
fn add(
    report: &mut Report,
    group: &str,
    about: &str,
    unit: Unit,
    cases: impl Iterator<Item = (&'static str, Vec<f64>)>,
) {
    for (case, samples) in cases {
        report.add_from_children(group, case, 1, unit, Summary::of(samples));
    }
    report.print(group, about);
}
