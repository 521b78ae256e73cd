//! Programs that a test starts.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::eventually;

/// A running program. Ended when dropped, and so also by a failed assertion.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: Output,
}

/// The lines of a program's standard output and standard error, as they came.
#[derive(Clone, Debug, Default)]
struct Output(Arc<Mutex<Vec<String>>>);

impl Process {
    /// Starts a program.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let output = Output::default();
        output.follow(child.stdout.take());
        output.follow(child.stderr.take());
        Self { child, output }
    }

    /// Waits for a line of output in which `find` finds something.
    pub fn wait_for<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let mut ended = None;
        let found = eventually(|| {
            // Asked before the last look at the output: what is written until the end counts.
            ended = self.child.try_wait().ok().flatten();
            let found = self.output.find(&find);
            if found.is_none() && ended.is_some() {
                Some(None)
            } else {
                found.map(Some)
            }
        });
        found.flatten().unwrap_or_else(|| {
            let state = ended.map_or_else(
                || "is still running".to_owned(),
                |status| format!("ended: {status}"),
            );
            panic!(
                "no {what} from the program, which {state}; its output:\n{}",
                self.log()
            )
        })
    }

    /// Asks it to end, as Ctrl-C does, and waits until it has.
    #[cfg(unix)]
    pub fn interrupt(&mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let _ = succeed(Command::new("kill").args(["-INT", &id]));
        let ended = eventually(|| self.child.try_wait().ok().flatten());
        ended.unwrap_or_else(|| panic!("it does not end; its output:\n{}", self.log()))
    }

    /// All that it has written so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.output.text()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Either fails only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Output {
    fn follow(&self, pipe: Option<impl Read + Send + 'static>) {
        let output = self.clone();
        let lines = pipe
            .into_iter()
            .flat_map(|pipe| BufReader::new(pipe).lines())
            .map_while(Result::ok);
        // It ends with the pipe, and so with the program.
        thread::spawn(move || lines.for_each(|line| output.lines().push(line)));
    }

    fn find<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.lines().iter().find_map(|line| find(line))
    }

    fn text(&self) -> String {
        self.lines().join("\n")
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a program that was run to its end ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

/// Runs a program to its end, with `input` as its standard input.
#[must_use]
pub fn run(command: &mut Command, input: &str) -> Ended {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let output = thread::scope(|scope| {
        // On its own thread: a program may write more than a pipe holds before it has read everything.
        if let Some(mut stdin) = child.stdin.take() {
            // It may end before it has read everything; its output says why.
            scope.spawn(move || stdin.write_all(input.as_bytes()));
        }
        child.wait_with_output()
    });
    let output = output.unwrap_or_else(|error| panic!("cannot read from {command:?}: {error}"));
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs a program that must succeed, and returns what it wrote to standard output.
#[must_use]
pub fn succeed(command: &mut Command) -> String {
    let ended = run(command, "");
    let Ended {
        code,
        stdout,
        stderr,
    } = ended;
    assert_eq!(code, Some(0), "{command:?} failed:\n{stdout}\n{stderr}");
    stdout
}
