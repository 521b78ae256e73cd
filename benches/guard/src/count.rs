//! Counts instructions: this program runs itself under valgrind's callgrind.

use std::process::Command;

use crate::paths::{PATHS, Path};

/// The argument with which the program runs a path, instead of counting.
pub(crate) const RUN: &str = "run";

/// Counts the instructions of one operation of a path.
pub(crate) fn instructions(path: &Path) -> f64 {
    let this_program = std::env::current_exe().expect("the path of this program is known");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        // Collect only while this function runs.
        .arg("--collect-atstart=no")
        .arg(format!("--toggle-collect={}", path.counted_function))
        .arg(this_program)
        .args([RUN, path.name])
        .output()
        .expect("valgrind is installed; benches/guard/run installs it");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {messages}", path.name);
    let collected = messages
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse::<f64>().ok())
        .expect("callgrind prints the number of instructions");
    assert!(collected > 0.0, "{}: nothing was counted", path.name);
    let operations = path.operations * path.counted_runs;
    collected / f64::from(u32::try_from(operations).expect("the number of operations fits"))
}

/// Runs a path under callgrind, twice. The first run makes the rows and fills this thread's cache.
pub(crate) fn run_path(name: &str) {
    let path = PATHS
        .iter()
        .find(|path| path.name == name)
        .expect("the name is that of a path");
    (path.run)(path.operations);
    counted_section(path);
}

#[inline(never)]
fn counted_section(path: &Path) {
    (path.run)(path.operations);
}
