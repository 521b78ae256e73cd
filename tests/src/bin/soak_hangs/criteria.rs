//! The attack, and the criteria by which the server stands.

use std::env;
use std::net::SocketAddr;
use std::ops::Range;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use census_tests::programs::start_server;
use census_tests::prometheus::Prometheus;
use census_tests::scrape::Samples;
use census_tests::threads::{Stop, on_threads, with_background};
use census_tests::{http, process::Process};

use crate::clients::{Clients, SLOW_READERS};
use crate::lock;
use crate::plan::Plan;
use crate::server::{BUCKETS, RECORDERS, TENANTS};

const RESETTERS: u64 = 8;
const IDLE: u64 = 80;
const HALF_CLOSERS: u64 = 3;

/// The jobs of Prometheus: names, and intervals in seconds.
const SCRAPES: [(&str, u64); 2] = [("often", 15), ("seldom", 60)];

/// The time in which the server must end. It gives requests in flight five seconds.
const END: Duration = Duration::from_secs(10);

/// By how much the memory may grow after the first minute: a few bodies.
const GROWTH_KIB: u64 = 8 * 1024;
/// How much memory there may be at any time.
const MEMORY_KIB: u64 = 64 * 1024;
/// How many threads there may be: those of the program, the server, and one for each of two formats.
const THREADS: u64 = 1 + RECORDERS + 1 + 1 + 2;
/// How many file descriptors there may be: 64 connections, an accepted one, and those of the process.
const DESCRIPTORS: u64 = 64 + 1 + 15;

pub(crate) fn soak(plan: Plan) -> ExitCode {
    let program = env::current_exe().expect("the path of this program");
    let times = [plan.start.to_string(), plan.end.to_string()];
    let (mut process, server) = start_server(Command::new(program).arg("serve").args(times));
    let prometheus = Prometheus::with_jobs(server, &SCRAPES);
    let clients = Clients::new(plan, server);
    let mut report = Report { holds: true };
    let attack: [&(dyn Fn(&Stop) + Sync); 4] = [
        &|stop| on_threads(0..RESETTERS, |_| clients.reset(stop)),
        &|stop| on_threads(0..IDLE, |client| clients.idle(stop, client)),
        &|stop| on_threads(0..SLOW_READERS, |reader| clients.read_slowly(stop, reader)),
        &|stop| on_threads(0..HALF_CLOSERS, |_| clients.half_close(stop)),
    ];
    with_background(&attack, || {
        plan.sleep_until(plan.recorded());
        process.wait_for("end of the recording", |line| {
            (line == "all recorded").then_some(())
        });
        report.counts(&process, server);
        for (job, interval) in SCRAPES {
            report.scrapes(&prometheus, plan, job, interval);
        }
        report.process(&process.log(), plan);
        plan.sleep_until(plan.end);
        let start = Instant::now();
        let ended = process.finish();
        let elapsed = start.elapsed();
        report.line(
            "end under attack",
            ended.code == Some(0) && elapsed < END,
            &format!("exit code {:?} after {elapsed:.1?}", ended.code),
        );
    });
    report.clients(&clients);
    if report.holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Report {
    holds: bool,
}

impl Report {
    fn line(&mut self, criterion: &str, holds: bool, figures: &str) {
        println!(
            "{} {criterion}: {figures}",
            if holds { "ok  " } else { "FAIL" }
        );
        self.holds &= holds;
    }

    /// The values of a scrape are those that the threads recorded.
    fn counts(&mut self, process: &Process, server: SocketAddr) {
        let start = Instant::now();
        let body = http::body(&format!("http://{server}/metrics"), None);
        let elapsed = start.elapsed();
        let lines = body.lines().filter(|line| !line.starts_with("large"));
        let samples = Samples::parse(&lines.collect::<Vec<_>>().join("\n"));
        let log = process.log();
        let recorded = log
            .lines()
            .filter_map(|line| line.strip_prefix("recorded "));
        let recorded = Samples::parse(&recorded.collect::<Vec<_>>().join("\n"));
        let mut series = vec!["job_size_count".to_owned(), "job_size_sum".to_owned()];
        series.push("jobs_running".to_owned());
        series.extend(TENANTS.map(|it| format!("jobs_by_tenant_total{{tenant=\"{it}\"}}")));
        series.extend(BUCKETS.map(|(le, _)| format!("job_size_bucket{{le=\"{le}\"}}")));
        let wrong = series
            .iter()
            .filter(|it| samples.value(it) != recorded.value(it))
            .map(|it| {
                format!(
                    "{it} is {}, not {}; ",
                    samples.value(it),
                    recorded.value(it)
                )
            });
        let wrong: String = wrong.collect();
        self.line(
            "counts",
            wrong.is_empty(),
            &format!(
                "{wrong}{} series are equal to the threads' own counts; {} measurements; {} still running; the scrape of \
                 {} bytes took {elapsed:.1?}",
                series.len(),
                samples.value("job_size_count") * 2,
                samples.value("jobs_running"),
                body.len(),
            ),
        );
        let failed = |reason| samples.value_with("census_failed_scrapes_total", "reason", reason);
        let others: u64 = ["collector", "panic", "nested", "no_thread"]
            .map(failed)
            .iter()
            .sum();
        self.line(
            "failed scrapes",
            failed("deadline") > 0 && others == 0,
            &format!("{} by the deadline, {others} others", failed("deadline")),
        );
    }

    /// Prometheus has missed no scrape, except in the long hang.
    fn scrapes(&mut self, prometheus: &Prometheus, plan: Plan, job: &str, interval: u64) {
        let samples = |name| {
            let selector = format!("{name}{{job=\"{job}\"}}[{:.0}s]", plan.end + 60.0);
            let samples = prometheus.samples(&selector).into_iter();
            let samples = samples.map(|(time, value)| (time - plan.start, value));
            samples.collect::<Vec<_>>()
        };
        let up = samples("up");
        let hang = plan.long_hang();
        let count = |range: Range<f64>, is_up: bool| {
            let up = up.iter().filter(|(time, _)| range.contains(time));
            up.filter(|(_, value)| (*value > 0.5) == is_up).count()
        };
        // A scrape that begins immediately before the hang may meet it.
        let before = 0.0..hang.start - 1.0;
        let after = hang.end..f64::INFINITY;
        let missed = count(before.clone(), false) + count(after.clone(), false);
        let in_hang = (
            count(before.end..hang.end, true),
            count(before.end..hang.end, false),
        );
        let is_expected_in_hang =
            interval > 20 || (in_hang.1 > 0 && count(after.clone(), true) > 0);
        let gap = up.windows(2).filter_map(|pair| match pair {
            [(first, _), (second, _)] => Some(second - first),
            _ => None,
        });
        let gap = gap.fold(0.0, f64::max);
        let durations = samples("scrape_duration_seconds").into_iter();
        let durations = durations.filter(|(time, _)| !(before.end..hang.end).contains(time));
        let slowest = durations.map(|(_, seconds)| seconds).fold(0.0, f64::max);
        self.line(
            &format!("Prometheus every {interval} s"),
            missed == 0 && is_expected_in_hang && gap < Duration::from_secs(interval + 1).as_secs_f64(),
            &format!(
                "{} scrapes up and {missed} down outside the long hang ({} of them after it), the slowest {slowest:.2} s; \
                 {} up and {} down in it; the longest time between two {gap:.1} s",
                count(before, true) + count(after.clone(), true),
                count(after, true),
                in_hang.0,
                in_hang.1,
            ),
        );
    }

    /// The memory, the threads and the file descriptors are flat after the first minute.
    fn process(&mut self, log: &str, plan: Plan) {
        let samples = log.lines().filter_map(|line| {
            let numbers = line.strip_prefix("sample ")?.split(' ');
            let numbers: Vec<u64> = numbers.filter_map(|it| it.parse().ok()).collect();
            <[u64; 4]>::try_from(numbers).ok()
        });
        let samples: Vec<_> = samples.collect();
        let every = samples.len().div_ceil(20);
        for [time, memory, threads, descriptors] in samples.iter().step_by(every) {
            println!(
                "     at {time} s: {memory} KiB, {threads} threads, {descriptors} descriptors"
            );
        }
        // In the long hang, less is held. And in a short run, the slow readers still add bodies.
        let is_long = plan.end >= 240.0;
        let first = f64::min(60.0, plan.end / 4.0);
        let later = samples.into_iter().filter(|[time, ..]| {
            let time = Duration::from_secs(*time).as_secs_f64();
            time >= first && !plan.long_hang().contains(&time)
        });
        let later: Vec<_> = later.collect();
        let mut flat = |criterion, values: Vec<u64>, growth, limit| {
            let quarters = values.chunks(values.len().div_ceil(4)).map(median);
            let quarters: Vec<u64> = quarters.collect();
            let grown = quarters.iter().max() > quarters.first().map(|it| it + growth).as_ref();
            let most = values.iter().max().copied().unwrap_or_default();
            self.line(
                criterion,
                (!grown || !is_long) && most <= limit && quarters.len() == 4,
                &format!(
                    "medians of quarters {quarters:?}, which may grow by {growth} in a run of 4 minutes; at most {most} of {limit}"
                ),
            );
        };
        let memory = later.iter().map(|[_, memory, ..]| *memory).collect();
        flat("memory in KiB", memory, GROWTH_KIB, MEMORY_KIB);
        let threads = later.iter().map(|[_, _, threads, _]| *threads).collect();
        flat("threads", threads, 0, THREADS);
        let descriptors = later.iter().map(|[.., descriptors]| *descriptors).collect();
        flat("descriptors", descriptors, 8, DESCRIPTORS);
    }

    /// Every client that behaves got its answer, and the others did attack.
    fn clients(&mut self, clients: &Clients) {
        let problems = lock(&clients.problems);
        let problems_of = |name: &str| problems.iter().filter(|it| it.contains(name)).count();
        let counted = |name| clients.counted(name);
        self.line(
            "resets",
            counted("resets") > 1000,
            &format!("{} requests reset", counted("resets")),
        );
        self.line(
            "idle",
            counted("idle") > 2 * IDLE,
            &format!("{IDLE} clients connected {} times", counted("idle")),
        );
        self.line(
            "slow readers",
            counted("slow") > 0 && problems_of("a slow reader") == 0,
            &format!(
                "{} whole answers, {} cut off, {} times 503 in the long hang",
                counted("slow"),
                problems_of("a slow reader"),
                counted("slow late")
            ),
        );
        let (half, displaced) = (counted("half"), counted("half displaced"));
        self.line(
            "half-closers",
            // A rendering that two busy cores delay takes longer than usual.
            half > 0 && problems_of("a half-closer") == 0 && displaced * 100 <= half,
            &format!(
                "{half} whole answers, {} wrong or none, {} times 503 in the long hang; displaced by newer connections \
                 {} times in a hang, and {displaced} times else, which may be 1 %",
                problems_of("a half-closer"),
                counted("half late"),
                counted("half displaced in a hang")
            ),
        );
        for problem in problems.iter().take(10) {
            println!("     {problem}");
        }
    }
}

fn median(values: &[u64]) -> u64 {
    let mut values = values.to_vec();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
