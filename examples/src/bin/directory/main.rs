//! A census of a directory tree: the number, the sizes and the kinds of its files. The program walks the tree again
//! every few seconds, and serves the result to Prometheus.
//!
//! `walk` declares measures and records them, as a library would. `file_system` declares measures that are read. `views`
//! declares how all of them are aggregated and exported. This file runs the walks and the server.

mod args;
mod file_system;
mod kind;
mod progress;
mod summary;
mod views;
mod walk;

use std::error::Error;
use std::fmt::Display;
use std::fs;
use std::future::pending;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use census::prometheus::Exporter;
use tokio::task::{JoinError, spawn_blocking};

use crate::args::{Args, USAGE};
use crate::progress::Progress;
use crate::walk::{Tally, walk};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = match Args::parse() {
        Ok(Some(args)) => args,
        Ok(None) => {
            print_line(args::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            print_error(format_args!(
                "error: {error}\n\n{USAGE}\n\nFor more information, try '--help'."
            ));
            return ExitCode::from(2);
        }
    };
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(format_args!("directory: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let root = directory(&args.dir)?;
    let stop = Arc::new(AtomicBool::new(false));
    if args.once {
        if let Some(tally) = walk_off_thread(&root, &stop).await? {
            print_line(tally);
        }
        return Ok(());
    }

    // It ends with this function.
    let _space = file_system::observe(root.clone());
    let exporter = Exporter::builder()
        .namespace("directory")
        .process()
        .build()?;
    let server = exporter.bind(args.listen).await?;
    print_line(format_args!(
        "census of {}, at http://{}/metrics",
        root.display(),
        server.local_addr()
    ));
    tokio::select! {
        () = interrupted() => {}
        error = walk_forever(&root, args.every, &stop) => return Err(error.into()),
    }
    // The runtime waits for a walk that is still running. The flag ends the walk at its next entry. Relaxed: the flag
    // publishes no other data.
    stop.store(true, Ordering::Relaxed);
    server.shutdown().await;
    Ok(())
}

/// Walks and pauses, again and again. Prints the summary whenever it has changed. Returns only if a walk panics.
async fn walk_forever(root: &Path, pause: Duration, stop: &Arc<AtomicBool>) -> JoinError {
    let mut last: Option<Tally> = None;
    loop {
        match walk_off_thread(root, stop).await {
            Ok(Some(tally)) => {
                if !last.is_some_and(|last| tally.has_counts_of(&last)) {
                    print_line(&tally);
                }
                last = Some(tally);
            }
            Ok(None) => {}
            Err(error) => return error,
        }
        tokio::time::sleep(pause).await;
    }
}

/// Walks on a thread for blocking work. A walk mostly waits for the disk, and on an async thread it would block all
/// other tasks of this thread.
async fn walk_off_thread(root: &Path, stop: &Arc<AtomicBool>) -> Result<Option<Tally>, JoinError> {
    let (root, stop) = (root.to_owned(), Arc::clone(stop));
    spawn_blocking(move || {
        let progress = Progress::start();
        walk(&root, |entry| {
            progress.show(entry);
            if stop.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    })
    .await
}

/// Waits for Ctrl-C. If the program cannot catch it, this waits forever, and Ctrl-C ends the program directly.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

/// Prints a line. An error is ignored, so that the program continues to serve after its output pipe is closed.
fn print_line(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints an error. If stderr is closed, too, only the exit code reports it.
fn print_error(error: impl Display) {
    let _ = writeln!(io::stderr(), "{error}");
}

/// The directory's absolute path, or a message if there is no such directory.
fn directory(dir: &Path) -> Result<PathBuf, String> {
    let path = fs::canonicalize(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    if path.is_dir() {
        Ok(path)
    } else {
        Err(format!("{}: not a directory", dir.display()))
    }
}
