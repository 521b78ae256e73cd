//! `soak_hangs SECONDS`: a server and everything that may hurt it, all at once. `tests/soak --hangs` starts it.
//!
//! The server is a process of its own (`soak_hangs serve START SECONDS`), whose threads record and whose collector hangs now
//! and then. The first process has the clients: floods of resets and of idle connections, slow readers, clients that end
//! their side after the request, and a real Prometheus. Both processes follow one [`Plan`]. In the end, the first
//! process prints a line for each criterion, and fails if one does not hold.

#![expect(clippy::print_stdout, reason = "a program's output")]

mod clients;
mod criteria;
mod plan;
mod server;

use std::env;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use self::plan::Plan;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let numbers: Vec<f64> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    match *numbers {
        [start, end] => {
            server::serve(Plan { start, end });
            ExitCode::SUCCESS
        }
        // A shorter run has no time for the long hang.
        [end] if end >= 60.0 => {
            let start = Plan { start: 0.0, end }.now();
            criteria::soak(Plan { start, end })
        }
        _ => {
            println!("usage: soak_hangs SECONDS, at least 60");
            ExitCode::from(2)
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
