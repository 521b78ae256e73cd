//! The paths of programs that a test starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use crate::process::Process;

/// A program of this workspace, in the target directory of the calling test.
///
/// A test of the same package takes `env!("CARGO_BIN_EXE_NAME")` instead. For a program of another package there is no
/// such variable; but cargo builds all programs of all packages that it tests before it runs the first test, so
/// `cargo test --workspace` is enough.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    // The test is target/PROFILE/deps/TEST, and the program is target/PROFILE/NAME.
    let program = profile_directory().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "there is no {}: test its package together with this one, as `tests/run` does, or build it with \
         `cargo build --package census-examples --bins`",
        program.display()
    );
    program
}

/// An installed program, in a directory of `PATH`.
#[must_use]
pub fn installed(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|file| file.is_file());
    program.unwrap_or_else(|| {
        panic!(
            "there is no `{name}` in PATH: `tests/run` installs Debian's package with it, as root"
        )
    })
}

/// A Prometheus 3, which `tests/run` fetches from a newer Debian where it can.
///
/// # Errors
/// Says why there is none.
pub fn prometheus_3() -> Result<PathBuf, String> {
    let target = target_directory();
    let program = target.join("prometheus-3/usr/bin/prometheus");
    if program.is_file() {
        return Ok(program);
    }
    let why = std::fs::read_to_string(target.join("prometheus-3.failed"));
    let why = why.unwrap_or_else(|_| "`tests/run` fetches it from a newer Debian".to_owned());
    Err(format!("there is no {}: {}", program.display(), why.trim()))
}

/// The Python with the packages that the conformance scripts need.
#[must_use]
pub fn python() -> PathBuf {
    let python = target_directory().join("conformance-venv/bin/python");
    assert!(
        python.is_file(),
        "there is no {}: `tests/run` makes it (a virtual environment with prometheus_client)",
        python.display()
    );
    python
}

fn target_directory() -> PathBuf {
    let profile = profile_directory();
    let target = profile.parent();
    target
        .expect("a profile's directory is in the target directory")
        .to_owned()
}

fn profile_directory() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the running program");
    test.ancestors()
        .nth(2)
        .expect("a test is in target/PROFILE/deps")
        .to_owned()
}

/// Starts the program `fixture` of this package, and returns the address of its metrics.
#[must_use]
pub fn start_fixture() -> (Process, SocketAddr) {
    start_server(&mut Command::new(built("fixture")))
}

/// Starts a program that prints a line with `http://ADDRESS/metrics`, and returns that address.
#[must_use]
pub fn start_server(command: &mut Command) -> (Process, SocketAddr) {
    let mut process = Process::start(command);
    let address = process.wait_for("line with `http://ADDRESS/metrics`", |line| {
        let (_, rest) = line.split_once("http://")?;
        rest.split_once("/metrics")?.0.parse().ok()
    });
    (process, address)
}
