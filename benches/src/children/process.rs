//! Child processes: a parent starts a program with a task on its command line, and the child prints figures.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};

use crate::series::{Series, SeriesKind};
use crate::series_peers::make_series;

/// The argument that a child's task follows.
pub(crate) const CHILD_FLAG: &str = "--child";

/// This program, which measures times.
static TIMING_PROGRAM: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::current_exe().expect("the path of this program is known"));

/// The program that counts bytes.
static MEMORY_PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| build("census-benches-memory"));

/// The program that counts allocations.
static ALLOCATIONS_PROGRAM: LazyLock<PathBuf> =
    LazyLock::new(|| build("census-benches-allocations"));

/// The directory of this program, which is named after its profile.
fn profile_dir() -> &'static Path {
    TIMING_PROGRAM
        .parent()
        .expect("a program is in a directory")
}

/// The directory that cargo builds in.
pub(crate) fn target_dir() -> &'static Path {
    profile_dir()
        .parent()
        .expect("the profile's directory is in the target directory")
}

/// The cargo that built this program, if it was started by cargo.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds a program in the same profile as this program, from the same sources.
fn build(name: &str) -> PathBuf {
    let mut cargo = cargo();
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "census-benches",
        "--bin",
        name,
    ]);
    cargo.arg("--target-dir").arg(target_dir());
    if profile_dir().ends_with("release") {
        cargo.arg("--release");
    }
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    let built = cargo.status().is_ok_and(|status| status.success());
    assert!(built, "a program that counts could not be built: {cargo:?}");
    profile_dir().join(name)
}

/// The program that a child process runs.
#[derive(Clone, Copy)]
pub(crate) enum Program {
    Timing,
    Memory,
    Allocations,
}

/// Runs a child process with a task; returns the figures that the child prints.
pub(crate) fn run_child(program: Program, task: &[&str]) -> Vec<f64> {
    let program: &Path = match program {
        Program::Timing => &TIMING_PROGRAM,
        Program::Memory => &MEMORY_PROGRAM,
        Program::Allocations => &ALLOCATIONS_PROGRAM,
    };
    let output = Command::new(program)
        .arg(CHILD_FLAG)
        .args(task)
        .stderr(Stdio::inherit())
        .output()
        .expect("the program exists");
    assert!(output.status.success(), "{task:?} failed");
    String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .map(|figure| figure.parse().expect("a child prints only numbers"))
        .collect()
}

/// Prints a child's figures, for its parent to read.
#[expect(
    clippy::print_stdout,
    reason = "the parent reads the child's standard output"
)]
pub(crate) fn print_figures(figures: impl IntoIterator<Item = f64>) {
    for figure in figures {
        println!("{figure}");
    }
}

/// Makes the metric that a child's task names.
pub(crate) fn series_of_task(case: &str, kind: &str) -> Arc<dyn Series> {
    let kind = SeriesKind::from_name(kind).expect("the parent names a kind");
    make_series(case, kind)
        .expect("the parent names a case")
        .into()
}

/// Parses a number in a child's task.
pub(crate) fn parse_count(argument: &str) -> usize {
    argument.parse().expect("the parent gives a number")
}

/// Abbreviates a number of series for a group's name: `100000` is `100k`.
pub(crate) fn abbreviate(count: usize) -> String {
    match count {
        1_000_000.. => format!("{}M", count / 1_000_000),
        1_000.. => format!("{}k", count / 1_000),
        _ => count.to_string(),
    }
}
