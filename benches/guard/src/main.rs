//! Counts the instructions of the hot paths, and compares them with stored bounds. Unlike times, instruction counts are
//! nearly the same on every machine and in every run. The script `run` beside this package starts the program.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command-line program"
)]
#![expect(clippy::indexing_slicing, reason = "a panic in the guard is noticed")]

mod bounds;
mod count;
mod paths;

use std::process::ExitCode;

use paths::PATHS;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        [] => check(),
        ["--bless"] => bless(),
        [count::RUN, name] => {
            count::run_path(name);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: census-guard [--bless]");
            ExitCode::from(2)
        }
    }
}

/// Compares each path with its bound.
fn check() -> ExitCode {
    let bounds = bounds::read();
    let mut failures = Vec::new();
    println!(
        "{:18} {:>12} {:>9}  operation",
        "path", "instructions", "bound"
    );
    for path in &PATHS {
        let bound = bounds.get(path.name).copied();
        let instructions = least_instructions(path, bound);
        let bound_column = bound.map_or_else(|| "none".to_owned(), |bound| format!("{bound:.1}"));
        println!(
            "{:18} {instructions:>12.1} {bound_column:>9}  {}",
            path.name, path.operation
        );
        match bound {
            Some(bound) if instructions <= bound * bounds::SLACK => {}
            Some(bound) => failures.push(format!(
                "`{}` takes {instructions:.1} instructions: {:.0} % more than its bound of {bound:.1}",
                path.name,
                (instructions / bound - 1.0) * 100.0
            )),
            None => failures.push(format!(
                "`{}` has no bound; it takes {instructions:.1} instructions",
                path.name
            )),
        }
    }
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    for failure in &failures {
        eprintln!("{failure}");
    }
    eprintln!(
        "A path may exceed its bound by {:.0} %. If the change is intended, write new bounds with \
         `benches/guard/run --bless`, and give the reason in the commit.",
        (bounds::SLACK - 1.0) * 100.0
    );
    ExitCode::FAILURE
}

/// The instructions of a path. They are counted again if there are too many: two entries of a thread's table may have the same
/// place, which depends on the order in which measures get their versions, and so differs from run to run.
fn least_instructions(path: &paths::Path, bound: Option<f64>) -> f64 {
    let is_met = |instructions: f64| bound.is_none_or(|it| instructions <= it * bounds::SLACK);
    let mut least = count::instructions(path);
    for _ in 0..2 {
        if !is_met(least) {
            least = least.min(count::instructions(path));
        }
    }
    least
}

/// Counts the instructions of every path, and writes them as the new bounds.
fn bless() -> ExitCode {
    let bounds = PATHS
        .iter()
        .map(|path| (path.name, count::instructions(path)));
    match bounds::write(bounds) {
        Ok(file) => {
            println!("new bounds are written to {}", file.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("the bounds could not be written: {error}");
            ExitCode::FAILURE
        }
    }
}
