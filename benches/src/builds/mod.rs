//! What building costs: seconds of the processor, and bytes of the program.
//!
//! Each case is a package of its own, which cargo builds in the target directory. The packages have the versions of the
//! workspace's `Cargo.lock`.

mod cargo;
mod functions;
mod programs;

use crate::effort::Effort;
use crate::report::Report;

/// Builds everything.
pub(crate) fn run(report: &mut Report, effort: Effort) {
    functions::run(report, effort);
    programs::run(report, effort);
}
