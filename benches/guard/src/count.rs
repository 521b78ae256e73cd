//! How instructions are counted: this program runs itself under valgrind's callgrind.

use std::process::Command;

use crate::paths::{PATHS, Path};

/// What the program is told that is to be counted.
pub(crate) const WALK: &str = "walk";

/// The instructions of one operation.
pub(crate) fn instructions(path: &Path) -> f64 {
    let ourselves = std::env::current_exe().expect("a program knows where it is");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        // From the entry of this function to its end, and nothing else.
        .args(["--collect-atstart=no", "--toggle-collect=*counted_section*"])
        .arg(ourselves)
        .args([WALK, path.name])
        .output()
        .expect("valgrind is installed: benches/guard/run does that");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", path.name);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))
        .and_then(|(_, count)| count.trim().parse::<u32>().ok())
        .expect("callgrind says what it collected");
    assert!(collected > 0, "{}: nothing was counted", path.name);
    f64::from(collected) / f64::from(u32::try_from(path.operations).expect("they are few"))
}

/// What runs under callgrind. What is only done once (rows, and this thread's memory of them) is done before the section that counts.
pub(crate) fn walk(name: &str) {
    let path = PATHS
        .iter()
        .find(|path| path.name == name)
        .expect("there is such a path");
    (path.walk)(path.operations);
    counted_section(path);
}

#[inline(never)]
fn counted_section(path: &Path) {
    (path.walk)(path.operations);
}
