//! Counts the instructions of the hot paths, and compares them with stored bounds: unlike times, they are nearly the
//! same on every machine and in every run. See `run` beside this package.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]
#![expect(clippy::indexing_slicing, reason = "a guard that panics is noticed")]

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
        [count::WALK, name] => {
            count::walk(name);
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
        "{:18} {:>12} {:>9}  an operation is",
        "path", "instructions", "bound"
    );
    for path in &PATHS {
        let counted = count::instructions(path);
        let bound = bounds.get(path.name).copied();
        let shown = bound.map_or_else(|| "none".to_owned(), |bound| format!("{bound:.1}"));
        println!(
            "{:18} {counted:>12.1} {shown:>9}  {}",
            path.name, path.operation
        );
        match bound {
            Some(bound) if counted <= bound * bounds::SLACK => {}
            Some(bound) => failures.push(format!(
                "`{}` takes {counted:.1} instructions: {:.0} % more than its bound, {bound:.1}",
                path.name,
                (counted / bound - 1.0) * 100.0
            )),
            None => failures.push(format!(
                "`{}` has no bound: it takes {counted:.1}",
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
        "{:.0} % more than the bound is let pass. If the change is meant, `benches/guard/run --bless` writes new \
         bounds; say in the commit why.",
        (bounds::SLACK - 1.0) * 100.0
    );
    ExitCode::FAILURE
}

/// Writes what is counted now as the bounds.
fn bless() -> ExitCode {
    let counted = PATHS
        .iter()
        .map(|path| (path.name, count::instructions(path)));
    match bounds::write(counted) {
        Ok(path) => {
            println!("{} is new", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("the bounds could not be written: {error}");
            ExitCode::FAILURE
        }
    }
}
