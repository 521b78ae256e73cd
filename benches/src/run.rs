//! The command line.

use std::process::ExitCode;

use clap::Parser;

use crate::case::Case;
use crate::children::tasks;
use crate::effort::Effort;
use crate::groups::{GROUPS, Group, Procedure};
use crate::page::Page;
use crate::processor::cores;
use crate::report::{Report, Row, Unit};
use crate::targets;
use crate::timing::time_cases;

/// Measures census beside its peers.
#[derive(Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
struct Arguments {
    /// The groups to run; all groups but `build` if none is named.
    groups: Vec<String>,
    /// Takes fewer rounds, sizes and threads: about two minutes for all groups.
    #[arg(long)]
    quick: bool,
    /// The numbers of threads, for the groups that are timed with several: 1,2,4,8,16 if none is given, or 1,2 with
    /// `--quick`.
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Vec<u16>,
    /// Lists the groups and exits.
    #[arg(long)]
    list: bool,
    /// Runs all groups, with `build`, and writes the figures of `docs/performance.md`.
    #[arg(long, conflicts_with_all = ["groups", "threads"])]
    write_page: bool,
    /// Exits with 1 if a target is missed.
    #[arg(long)]
    check: bool,
    /// The task of a child process, given by its parent process.
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

    fn thread_counts(&self) -> Vec<usize> {
        if self.write_page {
            Effort::Full.thread_counts()
        } else if self.threads.is_empty() {
            self.effort().thread_counts()
        } else {
            self.threads.iter().copied().map(usize::from).collect()
        }
    }

    fn includes(&self, group: &Group) -> bool {
        let is_named = self.groups.iter().any(|name| name == group.name);
        match group.procedure {
            Procedure::OnlyIfNamed(_) => is_named || self.write_page,
            _ => is_named || self.groups.is_empty(),
        }
    }
}

/// Runs the groups that the command line names, prints tables, and writes all figures to a file.
#[must_use]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command-line program"
)]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.child.is_empty() {
        tasks::run(&arguments.child);
        return ExitCode::SUCCESS;
    }
    if arguments.list {
        for group in &GROUPS {
            println!("{:22} {}", group.name, group.about);
        }
        return ExitCode::SUCCESS;
    }
    let is_unknown = |name: &&String| !GROUPS.iter().any(|group| group.name == *name);
    if let Some(unknown) = arguments.groups.iter().find(is_unknown) {
        eprintln!("there is no group `{unknown}`; `--list` lists the groups");
        return ExitCode::from(2);
    }
    // What the page needs is missed before the run, not after it.
    let page = arguments
        .write_page
        .then(|| Page::read().and_then(Page::look_for_programs))
        .transpose();
    let page = match page {
        Ok(page) => page,
        Err(error) => {
            eprintln!("the page cannot be written: {error}");
            return ExitCode::FAILURE;
        }
    };
    let thread_counts = arguments.thread_counts();
    println!("cores: {}", cores());
    let mut report = Report::default();
    let groups = GROUPS.iter().filter(|group| arguments.includes(group));
    for group in groups {
        let effort = arguments.effort();
        match group.procedure {
            Procedure::Timed(cases) => {
                time_group(&mut report, group, cases(), &thread_counts, effort);
            }
            Procedure::TimedOnOneThread(cases) => {
                time_group(&mut report, group, cases(), &[1], effort);
            }
            Procedure::Children(run) | Procedure::OnlyIfNamed(run) => run(&mut report, effort),
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
    match page.map(|page| page.write(&report, arguments.effort())) {
        Some(Ok(path)) => println!("the page: {}", path.display()),
        Some(Err(error)) => {
            eprintln!("the page was not written: {error}");
            return ExitCode::FAILURE;
        }
        None => {}
    }
    ExitCode::from(u8::from(arguments.check && missed > 0))
}

/// Times a group with each of these numbers of threads.
fn time_group(
    report: &mut Report,
    group: &Group,
    cases: Vec<Case>,
    thread_counts: &[usize],
    effort: Effort,
) {
    let cases: Vec<_> = std::iter::once(Case::nothing_shared())
        .chain(cases)
        .collect();
    for &threads in thread_counts {
        let times = time_cases(&cases, threads, effort);
        for (case, time) in cases.iter().zip(times) {
            report.add(Row {
                group: group.name.to_owned(),
                case: case.name.to_owned(),
                threads,
                unit: Unit::Nanoseconds,
                summary: time.summary,
                disturbed: time.disturbed,
            });
        }
    }
    report.print(group.name, group.about);
}
