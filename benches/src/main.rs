//! `census` beside its peers: the same work, in one run. See `README.md` beside `src`.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench that panics is noticed, and no figure has 53 bits"
)]

mod groups;
mod harness;
mod peers;
mod report;
mod summary;
mod targets;
mod work;
mod workers;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use groups::PLANS;
use harness::Effort;
use report::{Report, Row, Unit};

/// Measures census beside its peers.
#[derive(Parser)]
struct Arguments {
    /// The groups to run; all, if none is named.
    groups: Vec<String>,
    /// Fewer and shorter rounds: less than ninety seconds in all.
    #[arg(long)]
    quick: bool,
    /// Says which groups there are.
    #[arg(long)]
    list: bool,
    /// Exits with 1 if a target is missed.
    #[arg(long)]
    check: bool,
}

impl Arguments {
    fn effort(&self) -> Effort {
        let (rounds, milliseconds) = if self.quick { (20, 1) } else { (100, 1) };
        Effort {
            rounds,
            batch: Duration::from_millis(milliseconds),
        }
    }

    fn wants(&self, group: &str) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|name| name == group)
    }
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        for plan in &PLANS {
            println!("{:18} {}", plan.name, plan.about);
        }
        return ExitCode::SUCCESS;
    }
    let unknown = |name: &&String| !PLANS.iter().any(|plan| plan.name == *name);
    if let Some(unknown) = arguments.groups.iter().find(unknown) {
        eprintln!("there is no group `{unknown}`: see --list");
        return ExitCode::from(2);
    }
    let mut report = Report::default();
    for plan in PLANS.iter().filter(|plan| arguments.wants(plan.name)) {
        time(&mut report, plan, arguments.effort());
    }
    let missed = targets::judge(&report);
    match report.write() {
        Ok(path) => println!("\nall figures: {}", path.display()),
        Err(error) => {
            eprintln!("the figures could not be written: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::from(u8::from(arguments.check && missed > 0))
}

#[expect(clippy::print_stdout, reason = "a program for people")]
/// Times a group with one thread and with two.
fn time(report: &mut Report, plan: &groups::Plan, effort: Effort) {
    let group = plan.group();
    let (mut disturbed, mut samples) = (0, 0);
    for threads in [1, 2] {
        let measured = harness::measure(&group, threads, effort);
        disturbed += measured.disturbed;
        samples += measured.samples;
        for (case, summary) in group.cases.iter().zip(measured.cases) {
            report.add(Row {
                group: group.name.to_owned(),
                case: case.name.to_owned(),
                threads,
                unit: Unit::Nanoseconds,
                summary,
            });
        }
    }
    report.print(group.name, group.about);
    if disturbed > 0 {
        println!("  {disturbed} of {samples} samples were disturbed by other programs");
    }
}
