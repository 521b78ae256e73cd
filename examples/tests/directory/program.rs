//! The program `directory`, as a process.

#![expect(clippy::panic, reason = "a helper fails the test")]

use std::path::Path;
use std::process::Command;

use census_tests::process::{Ended, Process};
use census_tests::scrape::Samples;
use census_tests::{eventually, http};

/// The program, without arguments yet.
pub(crate) fn directory() -> Command {
    Command::new(env!("CARGO_BIN_EXE_directory"))
}

/// Runs a program that ends by itself.
pub(crate) fn finish(command: &mut Command) -> Ended {
    Process::start(command).finish()
}

/// Runs a program that must fail, and returns its standard error.
#[track_caller]
pub(crate) fn error_of(command: &mut Command, code: i32) -> String {
    let ended = finish(command);
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
    let error = ended.stderr;
    assert!(
        !error.contains("panicked") && !error.contains("backtrace"),
        "{error}"
    );
    error
}

/// The program while it serves, on a port of its own.
pub(crate) struct Running {
    process: Process,
    address: String,
}

impl Running {
    /// Starts the program, and waits until it prints its address.
    pub(crate) fn new(root: &Path, args: &[&str]) -> Self {
        let mut command = directory();
        command
            .arg(root)
            .args(["--listen", "127.0.0.1:0"])
            .args(args);
        let mut process = Process::start(&mut command);
        let first = process.next_line();
        let address = first
            .strip_suffix("/metrics")
            .and_then(|line| line.rsplit_once("http://"));
        let Some((before, address)) = address else {
            panic!("{first}")
        };
        assert!(
            before.starts_with("census of /") && before.ends_with(", at "),
            "{first}"
        );
        Self {
            address: address.to_owned(),
            process,
        }
    }

    /// The next line of standard output.
    pub(crate) fn next_line(&mut self) -> String {
        self.process.next_line()
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    pub(crate) fn scrape(&self) -> Samples {
        Samples::parse(&http::body(
            &format!("http://{}/metrics", self.address),
            None,
        ))
    }

    /// Scrapes again and again until the samples are as expected.
    #[track_caller]
    pub(crate) fn scrape_until(&self, is_expected: impl Fn(&Samples) -> bool) -> Samples {
        let mut last = None;
        let expected = eventually(|| {
            let samples = self.scrape();
            let is_expected = is_expected(&samples);
            last = Some(samples);
            is_expected.then(|| last.take()).flatten()
        });
        expected.unwrap_or_else(|| panic!("the samples are not as expected: {last:#?}"))
    }
}
