//! The program's arguments.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt as _};

pub(crate) const USAGE: &str = "Usage: directory [OPTIONS] [DIR]";

pub(crate) const HELP: &str = "\
Takes a census of a directory tree every few seconds, and serves it to Prometheus

Usage: directory [OPTIONS] [DIR]

Arguments:
  [DIR]  The directory to walk [default: .]

Options:
      --listen <ADDRESS>  The address to serve /metrics at; port 0 takes a free port [default: 127.0.0.1:8000]
      --every <SECONDS>   The pause after each walk, in seconds [default: 10s]
      --once              Walk once, print the summary, and exit, without a server
  -h, --help              Print help";

/// What the program is to do.
#[derive(Debug, PartialEq)]
pub(crate) struct Args {
    pub(crate) dir: PathBuf,
    pub(crate) listen: String,
    pub(crate) every: Duration,
    pub(crate) once: bool,
}

impl Args {
    /// Parses the arguments of this process; `None` if they ask for help.
    pub(crate) fn parse() -> Result<Option<Self>, lexopt::Error> {
        Self::parse_from(Parser::from_env())
    }

    fn parse_from(mut parser: Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut dir = None;
        let mut args = Self {
            dir: PathBuf::from("."),
            listen: "127.0.0.1:8000".to_owned(),
            every: Duration::from_secs(10),
            once: false,
        };
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("listen") => args.listen = parser.value()?.string()?,
                Arg::Long("every") => args.every = parser.value()?.parse_with(seconds)?,
                Arg::Long("once") => args.once = true,
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Value(path) if dir.is_none() => dir = Some(path),
                other => return Err(other.unexpected()),
            }
        }
        args.dir = dir.map_or(args.dir, OsString::into);
        Ok(Some(args))
    }
}

/// Parses a duration in seconds, with or without the unit: `10`, `0.5`, `10s`.
fn seconds(argument: &str) -> Result<Duration, String> {
    let seconds = argument
        .strip_suffix('s')
        .unwrap_or(argument)
        .trim_end()
        .parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match seconds {
        Some(seconds) if !seconds.is_zero() => Ok(seconds),
        _ => Err("expected a number of seconds greater than 0, such as 10, 0.5 or 10s".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Args>, String> {
        Args::parse_from(Parser::from_args(args)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_arguments_have_their_defaults() {
        let args = parse(&[]).expect("no mistake").expect("not --help");
        assert_eq!(args.dir, PathBuf::from("."));
        assert_eq!(args.every, Duration::from_secs(10));
        assert!(!args.once);
        assert!(HELP.contains(USAGE));
        assert!(HELP.contains(&format!("[default: {}]", args.listen)));
        assert!(HELP.contains("[default: 10s]"));
    }

    #[test]
    fn arguments_are_taken_in_any_order() {
        let args = ["--every", "0.5", "--listen=[::1]:0", "/tmp", "--once"];
        let expected = Args {
            dir: PathBuf::from("/tmp"),
            listen: "[::1]:0".to_owned(),
            every: Duration::from_millis(500),
            once: true,
        };
        assert_eq!(parse(&args), Ok(Some(expected)));
        assert_eq!(parse(&["/tmp", "--help"]), Ok(None));
        for wrong in [
            ["--once=1", "."],
            ["a", "b"],
            ["--every", "0"],
            [".", "--listen"],
            ["--nonsense", "."],
        ] {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn seconds_must_be_greater_than_zero() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(seconds("10s"), Ok(Duration::from_secs(10)));
        for wrong in [
            "", "s", "0", "-1", "NaN", "inf", "1e99", "ten", "10m", "0.0s",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
