//! `soak SECONDS`: a server with HTTPS, its users, and those who would hurt it, all at once. `tests/soak` starts it, and
//! says there what takes part and what must hold.
//!
//! The server is a process of its own (`soak serve DIRECTORY SECONDS`), whose threads record. The first process has the
//! clients. In the end it prints a line for each criterion, and fails if one does not hold.

#![expect(clippy::print_stdout, reason = "a program's output")]

mod clients;
mod criteria;
mod hostile;
mod recording;
mod server;
mod slow;
mod users;

use std::env;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let seconds = |text: &str| text.parse().ok().filter(|seconds| *seconds >= 30);
    match *args {
        ["serve", directory, time] if let Some(time) = seconds(time) => {
            server::serve(Path::new(directory), time);
            ExitCode::SUCCESS
        }
        [time] if let Some(time) = seconds(time) => criteria::soak(time),
        _ => {
            println!("usage: soak SECONDS, at least 30");
            ExitCode::from(2)
        }
    }
}
