//! The program `directory`, as a process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::exposition::Exposition;

/// Longer than anything here takes, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program, to be given arguments.
pub(crate) fn directory() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_directory"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a program that ends by itself.
pub(crate) fn finish(command: &mut Command) -> Output {
    let mut process = Process(command.spawn().unwrap());
    // It says little enough that the pipes hold it all.
    let status = process.wait();
    let stdout = read(process.0.stdout.take().unwrap());
    let stderr = read(process.0.stderr.take().unwrap());
    Output {
        status,
        stdout,
        stderr,
    }
}

/// What the program says when it refuses to run.
#[track_caller]
pub(crate) fn refusal(command: &mut Command, code: i32) -> String {
    let output = finish(command);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !said.contains("panicked") && !said.contains("backtrace"),
        "{said}"
    );
    said
}

fn read(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    bytes
}

/// A process that does not outlive the test, also if that fails.
struct Process(Child);

impl Process {
    fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            match self.0.try_wait().unwrap() {
                Some(status) => return status,
                None => assert!(start.elapsed() < PATIENCE, "it does not end"),
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program, while it serves on a port of its own.
pub(crate) struct Running {
    process: Process,
    lines: Receiver<String>,
    address: String,
}

impl Running {
    /// Starts it, and waits until it says where it serves.
    pub(crate) fn new(root: &Path, args: &[&str]) -> Self {
        let mut command = directory();
        command
            .arg(root)
            .args(["--listen", "127.0.0.1:0"])
            .args(args);
        let mut process = Process(command.stderr(Stdio::inherit()).spawn().unwrap());
        let stdout = BufReader::new(process.0.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        // A thread, because reading knows no deadline. It ends with the process.
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                // The test may be over, or not care.
                let _ = sender.send(line);
            }
        });
        let mut running = Self {
            process,
            lines,
            address: String::new(),
        };
        let first = running.line();
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
        address.clone_into(&mut running.address);
        running
    }

    /// The next line that it says.
    #[track_caller]
    pub(crate) fn line(&self) -> String {
        self.lines
            .recv_timeout(PATIENCE)
            .expect("it says something")
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.0.id()
    }

    /// Waits until it ends.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.wait()
    }

    /// Asks it what Prometheus would, with nothing but TCP.
    #[track_caller]
    pub(crate) fn scrape(&self) -> Exposition {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .unwrap();
        let answer = String::from_utf8(read(stream)).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        Exposition::parse(body)
    }

    /// Scrapes until it is as it should be.
    #[track_caller]
    pub(crate) fn scrape_until(&self, wanted: impl Fn(&Exposition) -> bool) -> Exposition {
        let start = Instant::now();
        loop {
            let seen = self.scrape();
            if wanted(&seen) {
                return seen;
            }
            assert!(start.elapsed() < PATIENCE, "still {seen:#?}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
