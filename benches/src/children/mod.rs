//! What is measured in a fresh process for each case, so that one's heap does not disturb the other's.

pub(crate) mod insert;
pub(crate) mod memory;
pub(crate) mod scrape;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::series::{Kind, PEERS, Series};

/// What a child is told, after this.
pub(crate) const ARGUMENT: &str = "--child";

/// This very program.
static OURSELVES: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::current_exe().expect("a program knows where it is"));

/// The program that counts bytes, beside this one, and as new as this one.
static COUNTING: LazyLock<PathBuf> = LazyLock::new(|| {
    let name = "census-benches-memory";
    let profile = OURSELVES.parent().expect("it is in a directory");
    let target = profile.parent().expect("which is the profile's");
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args([
        "build",
        "--quiet",
        "--package",
        "census-benches",
        "--bin",
        name,
    ]);
    build.arg("--target-dir").arg(target);
    if profile.ends_with("release") {
        build.arg("--release");
    }
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    let built = build.status().is_ok_and(|status| status.success());
    assert!(
        built,
        "the program that counts bytes could not be built: {build:?}"
    );
    profile.join(name)
});

/// Which program does it.
#[derive(Clone, Copy)]
pub(crate) enum Program {
    Timing,
    Counting,
}

/// Has a child do a task; returns the numbers that it says.
pub(crate) fn ask(program: Program, task: &[&str]) -> Vec<f64> {
    let program: &Path = match program {
        Program::Timing => &OURSELVES,
        Program::Counting => &COUNTING,
    };
    let output = Command::new(program)
        .arg(ARGUMENT)
        .args(task)
        .stderr(std::process::Stdio::inherit())
        .output()
        .expect("the program is there");
    assert!(output.status.success(), "{task:?} failed");
    let said = String::from_utf8_lossy(&output.stdout);
    said.split_whitespace()
        .map(|number| number.parse().expect("a child says numbers alone"))
        .collect()
}

/// What the child says.
#[expect(clippy::print_stdout, reason = "that is how a child answers")]
pub(crate) fn answer(numbers: impl IntoIterator<Item = f64>) {
    for number in numbers {
        println!("{number}");
    }
}

/// Does what a timing child is told.
pub(crate) fn obey(task: &[String]) {
    let task: Vec<&str> = task.iter().map(String::as_str).collect();
    match *task {
        ["scrape", peer, kind, count] => scrape::child(peer, kind, count),
        ["insert", peer, count] => insert::child(peer, count),
        _ => unreachable!("no such task: {task:?}"),
    }
}

/// A peer's metric, by what a child was told.
fn made(peer: &str, kind: &str) -> Box<dyn Series> {
    let kind = match kind {
        "counters" => Kind::Counters,
        "histograms" => Kind::Histograms,
        _ => unreachable!("no such kind: {kind}"),
    };
    let (_, make) = PEERS
        .iter()
        .find(|(name, _)| *name == peer)
        .expect("there is such a peer");
    make(kind)
}

fn number(told: &str) -> usize {
    told.parse().expect("a parent says numbers")
}

/// `100000` as `100k`.
pub(crate) fn rounded(count: usize) -> String {
    match count {
        1_000_000.. => format!("{}M", count / 1_000_000),
        1_000.. => format!("{}k", count / 1_000),
        _ => count.to_string(),
    }
}
