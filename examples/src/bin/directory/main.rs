//! A census of a directory tree: how many files there are, how large, of which kinds. It is taken
//! again every few seconds, for Prometheus to look at.
//!
//! `walk` declares measures and records them, as a library would; `views` says what is made of
//! them; this file runs the walks and the server.

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
use clap::Parser;
use tokio::task::{JoinError, spawn_blocking};

use crate::progress::Progress;
use crate::walk::{Tally, walk};

/// Takes a census of a directory tree every few seconds, and serves it to Prometheus.
#[derive(Debug, Parser)]
struct Args {
    /// Where to begin.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where to serve /metrics; port 0 stands for a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    listen: String,
    /// How long to rest after a walk, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "10s", value_parser = seconds)]
    every: Duration,
    /// Walk once, say what was found, and exit; nothing is served.
    #[arg(long)]
    once: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If nobody listens to that either, the exit code has to do.
            let _ = writeln!(io::stderr(), "directory: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let root = directory(&args.dir)?;
    let stop = Arc::new(AtomicBool::new(false));
    if args.once {
        if let Some(tally) = walk_off_thread(&root, &stop).await? {
            say(tally);
        }
        return Ok(());
    }

    let exporter = Exporter::builder().namespace("directory").build()?;
    let server = exporter.bind(args.listen).await?;
    say(format_args!(
        "census of {}, at http://{}/metrics",
        root.display(),
        server.local_addr()
    ));
    tokio::select! {
        () = interrupted() => {}
        error = walk_for_ever(&root, args.every, &stop) => return Err(error.into()),
    }
    // The runtime waits for the walk that is under way: it is to end at the next entry.
    stop.store(true, Ordering::Relaxed);
    server.shutdown().await;
    Ok(())
}

/// Walks, says what was found, rests, and so on. Only a bug in the walk ends it.
async fn walk_for_ever(root: &Path, rest: Duration, stop: &Arc<AtomicBool>) -> JoinError {
    loop {
        match walk_off_thread(root, stop).await {
            Ok(Some(tally)) => say(tally),
            Ok(None) => {}
            Err(error) => return error,
        }
        tokio::time::sleep(rest).await;
    }
}

/// A walk waits for the disk all the time: on an async thread, everything else would wait along.
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

/// Waits for Ctrl-C. Where that cannot be caught, it ends the program without our help.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

/// Says something to the user. A pipe that nobody reads any more is no reason to stop serving.
fn say(what: impl Display) {
    let _ = writeln!(io::stdout(), "{what}");
}

/// The directory's full name, if it is one.
fn directory(dir: &Path) -> Result<PathBuf, String> {
    let full = fs::canonicalize(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    if full.is_dir() {
        Ok(full)
    } else {
        Err(format!("{}: not a directory", dir.display()))
    }
}

/// A time in seconds, with or without the unit: `10`, `0.5`, `10s`.
fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text).trim_end();
    let seconds = number
        .parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match seconds {
        Some(seconds) if !seconds.is_zero() => Ok(seconds),
        _ => Err("a number of seconds greater than 0 is wanted, such as 10, 0.5 or 10s".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Args::command().debug_assert();
        let args = Args::parse_from(["directory"]);
        assert_eq!(args.listen, "127.0.0.1:8000");
        assert_eq!(args.every, Duration::from_secs(10));
    }

    #[test]
    fn seconds_are_numbers_greater_than_zero() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(seconds("10s"), Ok(Duration::from_secs(10)));
        for wrong in [
            "", "s", "0", "-1", "NaN", "inf", "1e99", "ten", "10m", "0.0s",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
