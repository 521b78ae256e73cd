//! Programs that a test starts.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::eventually;

/// A running program. It is killed when this is dropped, and so also when an assertion fails.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: Output,
    /// The threads that read the program's two pipes. They end with the pipes.
    readers: Vec<JoinHandle<()>>,
    /// How many lines [`next_line`](Self::next_line) has returned.
    lines_read: usize,
}

/// The lines of a program's output, in the order in which they came.
#[derive(Clone, Debug, Default)]
struct Output(Arc<Mutex<Vec<(Pipe, String)>>>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Pipe {
    Stdout,
    Stderr,
}

/// The exit code and the output of a program that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The exit code; none if a signal ended the program.
    pub code: Option<i32>,
    /// The program's standard output.
    pub stdout: String,
    /// The program's standard error.
    pub stderr: String,
}

impl Process {
    /// Starts a program.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child = spawn(command.stdin(Stdio::null()));
        let output = Output::default();
        let readers = [
            output.read_from(Pipe::Stdout, child.stdout.take()),
            output.read_from(Pipe::Stderr, child.stderr.take()),
        ];
        Self {
            child,
            output,
            readers: readers.into(),
            lines_read: 0,
        }
    }

    /// Waits for a line of output in which `find` finds a value. `noun` names this value in the message of a failure.
    pub fn wait_for<T>(&mut self, noun: &str, find: impl Fn(&str) -> Option<T>) -> T {
        self.wait_for_output(noun, |output| {
            output.lines().iter().find_map(|(_, line)| find(line))
        })
    }

    /// Waits for the next line of standard output.
    pub fn next_line(&mut self) -> String {
        let index = self.lines_read;
        self.lines_read += 1;
        self.wait_for_output("further line", |output| {
            let lines = output.lines();
            let mut stdout = lines.iter().filter(|(pipe, _)| *pipe == Pipe::Stdout);
            stdout.nth(index).map(|(_, line)| line.clone())
        })
    }

    fn wait_for_output<T>(&mut self, noun: &str, find: impl Fn(&Output) -> Option<T>) -> T {
        let mut ended = None;
        let value = eventually(|| {
            // Before the output is searched, so that the last search is after the program's end.
            ended = self.child.try_wait().ok().flatten();
            let value = find(&self.output);
            if value.is_none() && ended.is_some() {
                Some(None)
            } else {
                value.map(Some)
            }
        });
        value.flatten().unwrap_or_else(|| {
            let state = ended.map_or_else(
                || "is still running".to_owned(),
                |status| format!("ended: {status}"),
            );
            panic!(
                "no {noun} from the program, which {state}; its output:\n{}",
                self.log()
            )
        })
    }

    /// Interrupts the program, as Ctrl-C does, and waits for its end.
    #[cfg(unix)]
    pub fn interrupt(&mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let _ = succeed(Command::new("kill").args(["-INT", &id]));
        self.wait()
    }

    /// Waits until the program has ended by itself, and returns all its output.
    #[must_use]
    pub fn finish(mut self) -> Ended {
        let status = self.wait();
        for reader in self.readers.drain(..) {
            reader.join().expect("a reader does not panic");
        }
        Ended {
            code: status.code(),
            stdout: self.output.text(Some(Pipe::Stdout)),
            stderr: self.output.text(Some(Pipe::Stderr)),
        }
    }

    /// Waits until the program has ended by itself, for this time at most. A program that has not is killed.
    #[must_use]
    pub fn finish_within(mut self, time: Duration) -> Option<Ended> {
        let begin = Instant::now();
        while self.child.try_wait().ok().flatten().is_none() {
            if begin.elapsed() > time {
                return None;
            }
            thread::sleep(Duration::from_millis(10));
        }
        Some(self.finish())
    }

    fn wait(&mut self) -> ExitStatus {
        let ended = eventually(|| self.child.try_wait().ok().flatten());
        ended.unwrap_or_else(|| panic!("the program does not end; its output:\n{}", self.log()))
    }

    /// The output so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.output.text(None)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Each fails only if the program has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Output {
    fn read_from(&self, name: Pipe, pipe: Option<impl Read + Send + 'static>) -> JoinHandle<()> {
        let output = self.clone();
        let lines = pipe
            .into_iter()
            .flat_map(|pipe| BufReader::new(pipe).lines())
            .map_while(Result::ok);
        thread::spawn(move || lines.for_each(|line| output.lines().push((name, line))))
    }

    /// The lines of one pipe, or of both, each with its line break.
    fn text(&self, of: Option<Pipe>) -> String {
        let lines = self.lines();
        let lines = lines
            .iter()
            .filter(|(pipe, _)| of.is_none_or(|of| of == *pipe));
        lines.flat_map(|(_, line)| [line.as_str(), "\n"]).collect()
    }

    fn lines(&self) -> MutexGuard<'_, Vec<(Pipe, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a program to its end, however long it takes, with `input` as its standard input.
#[must_use]
pub fn run(command: &mut Command, input: &str) -> Ended {
    let mut child = spawn(command.stdin(Stdio::piped()));
    let output = thread::scope(|scope| {
        // On a thread of its own: a program may write more than a pipe holds before it has read its input.
        if let Some(mut stdin) = child.stdin.take() {
            // This fails if the program ends before it has read its input. The output says why.
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

/// Runs a program that must succeed, and returns its standard output.
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

fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn();
    child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"))
}
