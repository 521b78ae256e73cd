//! The tasks of the timing program's child processes.

use crate::children::{http, insert, observed, scrape};

/// Runs the task that the parent process gave on the command line.
///
/// # Panics
/// If there is no such task.
pub(crate) fn run(task: &[String]) {
    let task: Vec<&str> = task.iter().map(String::as_str).collect();
    match *task {
        ["scrape", case, kind, count] => scrape::run_task(case, kind, count),
        ["observed", case, kind] => observed::run_task(case, kind),
        ["http", case] => http::run_task(case),
        ["http-counted", case, count] => http::run_counted(case, count),
        ["insert", case, count] => insert::run_task(case, count),
        _ => unreachable!("unknown task: {task:?}"),
    }
}
