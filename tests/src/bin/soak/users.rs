//! Those that the server is for: `wrk`, which loads it, and Prometheus.

use std::path::Path;
use std::process::Command;

use census_tests::process::Process;
use census_tests::programs;
use census_tests::prometheus::{JOB, Prometheus};

use crate::clients::Target;
use crate::server::{PASSWORD, TOKEN, USER};

/// The interval of Prometheus, in seconds, which is also the time that it waits for an answer.
pub(crate) const INTERVAL: u64 = 2;

/// The connections of each `wrk`.
const CONNECTIONS: u64 = 4;

/// Starts a `wrk` that scrapes over HTTPS for so many seconds.
pub(crate) fn start_wrk(target: &Target, seconds: u64, has_gzip: bool) -> Process {
    let mut command = Command::new(programs::installed("wrk"));
    command.args(["--threads=1", "--timeout=10s"]);
    command.arg(format!("--connections={CONNECTIONS}"));
    command.arg(format!("--duration={seconds}s"));
    command.arg(format!("--header=Authorization: Bearer {TOKEN}"));
    if has_gzip {
        command.arg("--header=Accept-Encoding: gzip");
    }
    command.arg("--latency");
    command.arg(format!("https://{}/metrics", target.address));
    Process::start(&mut command)
}

/// What `wrk` has printed in the end.
pub(crate) struct Load {
    pub(crate) requests: u64,
    /// Lines about errors and about answers other than 2xx and 3xx.
    pub(crate) errors: String,
    /// Bytes and latencies.
    pub(crate) figures: String,
}

impl Load {
    pub(crate) fn of(wrk: Process) -> Self {
        let ended = wrk.finish();
        let lines = || ended.stdout.lines().map(str::trim);
        let requests = lines().find_map(|line| line.split_once(" requests in")?.0.parse().ok());
        let errors =
            lines().filter(|line| line.starts_with("Socket errors") || line.starts_with("Non-2xx"));
        let mut errors: String = errors.collect::<Vec<_>>().join("; ");
        if ended.code != Some(0) {
            errors = format!("{errors} {:?}: {}", ended.code, ended.stderr);
        }
        let figures = lines().filter(|line| {
            ["50%", "99%", "Transfer/sec"]
                .iter()
                .any(|it| line.starts_with(it))
        });
        let figures = figures.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        Self {
            requests: requests.unwrap_or_default(),
            errors,
            figures: figures.collect::<Vec<_>>().join(", "),
        }
    }
}

/// A Prometheus with a token that reads text, and one with a password that reads protobuf with native histograms.
pub(crate) fn start_prometheuses(
    target: &Target,
    authority: &Path,
) -> [(&'static str, Prometheus); 2] {
    let https = format!(
        "scheme: https\ntls_config:\n  ca_file: '{}'\n",
        authority.display()
    );
    let token = format!("authorization:\n  credentials: '{TOKEN}'\n");
    let login = format!("basic_auth:\n  username: '{USER}'\n  password: '{PASSWORD}'\n");
    [
        ("text, with a token", https.clone() + &token, false),
        ("protobuf, with a password", https + &login, true),
    ]
    .map(|(name, settings, has_native)| {
        let prometheus = Prometheus::with_interval(target.address, INTERVAL, &settings, has_native);
        (name, prometheus)
    })
}

/// The scrapes of the last seconds.
pub(crate) struct Scrapes {
    pub(crate) all: u64,
    /// When scrapes failed, in seconds after the first.
    pub(crate) failed: Vec<f64>,
    /// The longest time between two, in seconds.
    pub(crate) gap: f64,
    /// How long the slowest took, in seconds.
    pub(crate) slowest: f64,
    /// The error of the last one.
    pub(crate) error: String,
}

impl Scrapes {
    pub(crate) fn of(prometheus: &Prometheus, seconds: u64) -> Self {
        let samples = |name| prometheus.samples(&format!("{name}{{job=\"{JOB}\"}}[{seconds}s]"));
        let up = samples("up");
        let first = up.first().map_or(0.0, |(time, _)| *time);
        let failed = up.iter().filter(|(_, value)| *value < 0.5);
        let gaps = up.windows(2).filter_map(|pair| match pair {
            [(first, _), (second, _)] => Some(second - first),
            _ => None,
        });
        let durations = samples("scrape_duration_seconds").into_iter();
        Self {
            all: up.len().try_into().unwrap_or(u64::MAX),
            failed: failed.map(|(time, _)| time - first).collect(),
            gap: gaps.fold(0.0, f64::max),
            slowest: durations.map(|(_, seconds)| seconds).fold(0.0, f64::max),
            error: prometheus.health().1,
        }
    }
}
