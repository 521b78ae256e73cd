//! What the command line asks for.

use std::process::ExitCode;

use clap::Parser;

use crate::groups::{PLANS, Plan, Work};
use crate::harness::{self, Case, Group};
use crate::report::{Report, Row, Unit};
use crate::{children, targets};

/// How thoroughly to measure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    Quick,
    Full,
}

impl Effort {
    /// How often each case is timed.
    pub(crate) fn rounds(self) -> usize {
        match self {
            Self::Quick => 20,
            Self::Full => 100,
        }
    }

    /// How many processes measure the same scrape, and one more than measure inserts.
    pub(crate) fn processes(self) -> usize {
        match self {
            Self::Quick => 2,
            Self::Full => 4,
        }
    }
}

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
    /// What this process does for another one like it.
    #[arg(long, hide = true, num_args = 1..)]
    child: Vec<String>,
}

impl Arguments {
    fn effort(&self) -> Effort {
        if self.quick {
            Effort::Quick
        } else {
            Effort::Full
        }
    }

    fn wants(&self, group: &str) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|name| name == group)
    }
}

/// Runs the groups that the command line names, prints tables, and writes all figures to a file.
#[must_use]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.child.is_empty() {
        children::obey(&arguments.child);
        return ExitCode::SUCCESS;
    }
    if arguments.list {
        for plan in &PLANS {
            println!("{:22} {}", plan.name, plan.about);
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
        let effort = arguments.effort();
        match plan.work {
            Work::Timed(cases) => time(&mut report, plan, cases(), &[1, 2], effort),
            Work::TimedAlone(cases) => time(&mut report, plan, cases(), &[1], effort),
            Work::Children(run) => run(&mut report, effort),
        }
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

/// Times a group with so many threads.
fn time(report: &mut Report, plan: &Plan, cases: Vec<Case>, threads: &[usize], effort: Effort) {
    let group = Group {
        cases: std::iter::once(Case::control()).chain(cases).collect(),
    };
    for &threads in threads {
        let measured = harness::measure(&group, threads, effort);
        for (case, measured) in group.cases.iter().zip(measured) {
            report.add(Row {
                group: plan.name.to_owned(),
                case: case.name.to_owned(),
                threads,
                unit: Unit::Nanoseconds,
                summary: measured.summary,
                disturbed: measured.disturbed,
            });
        }
    }
    report.print(plan.name, plan.about);
}
