//! The attack, and the criteria by which the server stands.

use std::env;
use std::process::{Command, ExitCode};
use std::thread::sleep;
use std::time::{Duration, Instant};

use census_tests::certificates::Authority;
use census_tests::process::{Ended, Process};
use census_tests::prometheus::Prometheus;
use census_tests::state::State;
use census_tests::threads::{Stop, on_threads, with_background};

use crate::clients::{SOURCES, Target};
use crate::recording::RECORDERS;
use crate::server::{ALL_RECORDED, CERTIFICATE, KEY, RECORDED, SAMPLE, SERVES, SETTLE};
use crate::users::{INTERVAL, Load, Scrapes, start_prometheuses, start_wrk};
use crate::{hostile, slow};

/// By how much the median of the memory may differ between the second and the last third: the larger of a tenth, and a
/// few expositions.
const GROWTH_KIB: u64 = 2 * 1024;
/// By how much that of the threads and of the descriptors may differ.
const GROWTH: u64 = 4;
/// How much memory there may be at any time.
const MEMORY_KIB: u64 = 128 * 1024;
/// How many threads there may be: the main one, three of each recorder (one of them is ending), the two beside them, the
/// server's with the check of passwords, and one that renders in each of three formats.
const THREADS: u64 = 1 + 3 * RECORDERS + 2 + 2 + 3;
/// How many file descriptors there may be: 64 connections, an accepted one, and those of the process.
const DESCRIPTORS: u64 = 64 + 1 + 15;

/// The time in which the server must end. It gives requests in flight five seconds.
const END: Duration = Duration::from_secs(10);

pub(crate) fn soak(seconds: u64) -> ExitCode {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let authority = Authority::new();
    let ca = directory.path().join("ca");
    std::fs::write(&ca, &authority.certificate).expect("a file can be written");
    let identity = authority.server("soak");
    identity.write(directory.path(), CERTIFICATE, KEY);

    let program = env::current_exe().expect("the path of this program");
    let mut command = Command::new(program);
    command.arg("serve").arg(directory.path());
    let mut process = Process::start(command.arg(seconds.to_string()));
    let start = Instant::now();
    let address = process.wait_for("address", |line| line.strip_prefix(SERVES)?.parse().ok());
    let target = Target::new(address, &authority);
    let prometheuses = start_prometheuses(&target, &ca);
    let scraped = Instant::now();
    let mut report = Report { holds: true };
    let attack: [&(dyn Fn(&Stop) + Sync); 3] = [
        &|stop| on_threads(0..slow::CLIENTS, |client| slow::slow(&target, client, stop)),
        &|stop| {
            on_threads(0..hostile::SENDERS, |client| {
                hostile::send(&target, client, stop);
            });
        },
        &|stop| {
            on_threads(0..hostile::REOPENERS, |client| {
                hostile::reopen(&target, client, stop);
            });
        },
    ];
    let ended = with_background(&attack, || {
        let load = [("without gzip", false), ("with gzip", true)]
            .map(|(name, has_gzip)| (name, start_wrk(&target, seconds, has_gzip)));
        sleep(Duration::from_secs(seconds).saturating_sub(start.elapsed()));
        process.wait_for("end of the recording", |line| {
            (line == ALL_RECORDED).then_some(())
        });
        let log = process.log();
        // Two scrapes later, Prometheus has what was recorded.
        sleep(Duration::from_secs(3 * INTERVAL));
        for (name, prometheus) in &prometheuses {
            report.scrapes(name, prometheus, scraped.elapsed().as_secs());
            report.totals(name, prometheus, &log);
        }
        for (name, wrk) in load {
            report.load(name, wrk);
        }
        let end = start + Duration::from_secs(seconds + SETTLE);
        sleep(end.saturating_duration_since(Instant::now()));
        let end = Instant::now();
        let ended = process.finish();
        report.line(
            "end under attack",
            ended.code == Some(0) && end.elapsed() < END,
            &format!("exit code {:?} after {:.1?}", ended.code, end.elapsed()),
        );
        ended
    });
    report.attack(&target);
    report.state(&ended, seconds);
    if report.holds {
        ExitCode::SUCCESS
    } else {
        println!("{}", ended.stderr);
        ExitCode::FAILURE
    }
}

struct Report {
    holds: bool,
}

impl Report {
    fn line(&mut self, criterion: &str, holds: bool, figures: &str) {
        let verdict = if holds { "ok  " } else { "FAIL" };
        println!("{verdict} {criterion}: {figures}");
        self.holds &= holds;
    }

    /// Prometheus has missed no scrape in the last seconds.
    fn scrapes(&mut self, name: &str, prometheus: &Prometheus, seconds: u64) {
        let Scrapes {
            all,
            failed,
            gap,
            slowest,
            error,
        } = Scrapes::of(prometheus, seconds);
        // The first one comes within an interval.
        let least = seconds / INTERVAL - 2;
        self.line(
            &format!("Prometheus ({name})"),
            failed.is_empty() && all >= least,
            &format!(
                "{all} scrapes of at least {least}; {} failed, at the seconds {failed:.0?}; the slowest {slowest:.2} s, the \
                 longest time between two {gap:.1} s {error}",
                failed.len()
            ),
        );
    }

    /// The last values of Prometheus are those that the threads recorded.
    fn totals(&mut self, name: &str, prometheus: &Prometheus, log: &str) {
        let recorded = log.lines().filter_map(|line| {
            let (query, value) = line.strip_prefix(RECORDED)?.rsplit_once(' ')?;
            Some((query, value.parse::<f64>().ok()?))
        });
        let (mut right, mut wrong) = (0, String::new());
        for (query, value) in recorded {
            match prometheus.value(query) {
                // Both are whole numbers below 2^53.
                Some(found) if (found - value).abs() < 0.5 => right += 1,
                found => wrong = format!("{wrong}{query} is {found:?}, not {value}; "),
            }
        }
        let value = |query| prometheus.value(query).unwrap_or(f64::NAN);
        let failed = value("sum(census_failed_scrapes_total)");
        self.line(
            &format!("totals ({name})"),
            wrong.is_empty() && right > 5 && failed.abs() < 0.5,
            &format!(
                "{wrong}{right} are equal to the threads' own, of {} measurements; {failed} scrapes failed in the \
                 exporter, {} of them by the deadline; {} connections displaced, {} handshakes failed, {} requests refused",
                2.0 * value("job_size_count"),
                value("census_failed_scrapes_total{reason=\"deadline\"}"),
                value("census_closed_connections_total{reason=\"displaced\"}"),
                value("census_closed_connections_total{reason=\"tls\"}"),
                value("sum(census_refused_requests_total)"),
            ),
        );
    }

    fn load(&mut self, name: &str, wrk: Process) {
        let load = Load::of(wrk);
        self.line(
            &format!("wrk {name}"),
            load.requests > 0 && load.errors.is_empty(),
            &format!(
                "{} requests, {} {}",
                load.requests, load.figures, load.errors
            ),
        );
    }

    /// There was an attack, and nothing malformed was answered as if it were a request.
    fn attack(&mut self, target: &Target) {
        let counts = target.counts();
        let counted = |name: &str| counts.get(name).copied().unwrap_or_default();
        // All have come back, so the server has closed their connections.
        let were_all = slow::KINDS
            .iter()
            .all(|(name, _)| counted(name) > slow::CLIENTS / 3);
        let counts: Vec<_> = counts
            .iter()
            .map(|(name, count)| format!("{count} × {name}"))
            .collect();
        let problems = target.problems();
        self.line(
            "attack",
            were_all
                && counted("malformed") > 100
                && counted("reopened") > 100
                && problems.is_empty(),
            &format!(
                "{} slow clients, {SOURCES} addresses; {}; {} wrong answers",
                slow::CLIENTS,
                counts.join(", "),
                problems.len()
            ),
        );
        for problem in problems.iter().take(10) {
            println!("     {problem}");
        }
    }

    /// The memory, the threads and the file descriptors are flat after the first third.
    fn state(&mut self, ended: &Ended, seconds: u64) {
        let samples = ended.stdout.lines().filter_map(sample);
        // While threads record.
        let samples = samples.take_while(|(time, _)| *time < seconds);
        let samples: Vec<(u64, State)> = samples.collect();
        let most = samples
            .iter()
            .map(|(_, state)| state.memory)
            .max()
            .unwrap_or(1);
        for (time, state) in samples.iter().step_by(samples.len().div_ceil(30).max(1)) {
            let bar = "#".repeat(usize::try_from(40 * state.memory / most).unwrap_or_default());
            println!(
                "     {time:4} s {bar:40} {:6} KiB {:3} threads {:3} descriptors",
                state.memory, state.threads, state.descriptors
            );
        }
        let times = samples.iter().map(|(time, _)| *time);
        let gaps = times
            .clone()
            .skip(1)
            .zip(times)
            .map(|(later, time)| later - time);
        // A thread that only sleeps for a second takes samples. If it was late, then the machine was too busy for everyone.
        println!(
            "     the longest time between two samples: {} s",
            gaps.max().unwrap_or_default()
        );
        let mut flat = |criterion, value: fn(&State) -> u64, growth: u64, limit| {
            let values: Vec<u64> = samples.iter().map(|(_, state)| value(state)).collect();
            let thirds = values.chunks(values.len().div_ceil(3).max(1)).map(median);
            let thirds: Vec<u64> = thirds.collect();
            let most = values.iter().max().copied().unwrap_or_default();
            let holds = match *thirds {
                [_, second, third] => third <= second + growth.max(second / 10) && most <= limit,
                _ => false,
            };
            let figures = format!("medians of thirds {thirds:?}; at most {most} of {limit}");
            self.line(criterion, holds, &figures);
        };
        flat(
            "memory in KiB",
            |state| state.memory,
            GROWTH_KIB,
            MEMORY_KIB,
        );
        flat("threads", |state| state.threads, GROWTH, THREADS);
        flat(
            "descriptors",
            |state| state.descriptors,
            GROWTH,
            DESCRIPTORS,
        );
    }
}

fn sample(line: &str) -> Option<(u64, State)> {
    let numbers = line.strip_prefix(SAMPLE)?.split(' ');
    let numbers: Vec<u64> = numbers.filter_map(|it| it.parse().ok()).collect();
    let [time, memory, threads, descriptors] = *numbers else {
        return None;
    };
    let state = State {
        memory,
        threads,
        descriptors,
    };
    Some((time, state))
}

fn median(values: &[u64]) -> u64 {
    let mut values = values.to_vec();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
