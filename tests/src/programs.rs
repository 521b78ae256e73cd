//! Where the programs are that a test starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use crate::process::Process;

/// A program of this workspace, which was built beside the test that asks.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    // The test is target/PROFILE/deps/TEST, the program target/PROFILE/NAME.
    let program = profile_directory().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "there is no {}: `tests/run` builds it before it runs the tests; so does `cargo build --workspace --bins`",
        program.display()
    );
    program
}

/// A program of the system, in a directory of `PATH`.
#[must_use]
pub fn installed(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|file| file.is_file());
    program.unwrap_or_else(|| {
        panic!("there is no `{name}` in PATH: install Debian's package `prometheus` (`tests/run` does it as root)")
    })
}

/// The Python with the packages that the conformance scripts need.
#[must_use]
pub fn python() -> PathBuf {
    let target = profile_directory()
        .parent()
        .expect("a profile's directory is in the target directory")
        .to_owned();
    let python = target.join("conformance-venv/bin/python");
    assert!(
        python.is_file(),
        "there is no {}: `tests/run` makes it (a virtual environment with prometheus_client)",
        python.display()
    );
    python
}

fn profile_directory() -> PathBuf {
    let test = std::env::current_exe().expect("a program knows where it is");
    test.ancestors()
        .nth(2)
        .expect("a test is in target/PROFILE/deps")
        .to_owned()
}

/// Starts the program `fixture`, which has measured everything that is hard to export and serves it.
#[must_use]
pub fn start_fixture() -> (Process, SocketAddr) {
    serving(&mut Command::new(built("fixture")))
}

/// Starts a program that writes a line with the address of its metrics, and waits for that line.
#[must_use]
pub fn serving(command: &mut Command) -> (Process, SocketAddr) {
    let mut process = Process::start(command);
    let address = process.wait_for("line with `http://ADDRESS/metrics`", |line| {
        let (_, rest) = line.split_once("http://")?;
        rest.split_once("/metrics")?.0.parse().ok()
    });
    (process, address)
}
