//! `soak SECONDS`: a server and everything that may hurt it, all at once. `tests/soak` starts it.
//!
//! The server is a process of its own (`soak serve START SECONDS`), whose threads record and whose collector hangs now
//! and then. The first process has the clients: floods of resets and of idle connections, slow readers, clients that end
//! their side after the request, and a real Prometheus. Both processes follow one [`Plan`]. In the end, the first
//! process prints a line for each criterion, and fails if one does not hold.

#![expect(clippy::print_stdout, reason = "a program's output")]

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::ops::{Range, RangeInclusive};
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fmt, fs};

use census::{Measure, TagKey, measure, record, tag, view};
use census_tests::programs::start_server;
use census_tests::prometheus::Prometheus;
use census_tests::scrape::{Samples, collecting};
use census_tests::threads::{Stop, on_threads, with_background};
use census_tests::{http, process::Process};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use socket2::SockRef;

/// A tenant.
#[tag]
static TENANT: TagKey;
/// Jobs done.
#[measure]
static JOBS: Measure<u64>;
/// The sizes of jobs.
#[measure]
static SIZE: Measure<u64>;
/// Jobs begun and ended.
#[measure]
static RUNNING: Measure<i64>;

view! {
    static JOBS_BY_TENANT: Sum<JOBS> by (TENANT);
    static JOB_SIZE: Distribution<SIZE> { buckets: [10, 100, 1000] };
    static JOBS_RUNNING: Sum<RUNNING>;
}

const TENANTS: [&str; 4] = ["a", "b", "c", "d"];

/// The buckets of `JOB_SIZE`: the label `le`, and sizes that belong to the bucket.
const BUCKETS: [(&str, RangeInclusive<u64>); 4] = [
    ("10.0", 0..=10),
    ("100.0", 11..=100),
    ("1000.0", 101..=1000),
    ("+Inf", 1001..=9999),
];

const RECORDERS: u64 = 4;

/// The exporter's deadline. It is longer than a short hang, and much shorter than the long one.
const DEADLINE: Duration = Duration::from_secs(5);

/// The bytes of a body, almost all of them in the labels of a few series.
const BODY: usize = 3_000_000;
const SERIES: usize = 20;

const RESETTERS: u64 = 8;
const IDLE: u64 = 80;
const HALF_CLOSERS: u64 = 3;
const SLOW_READERS: u64 = 6;

/// The jobs of Prometheus: names, and intervals in seconds.
const SCRAPES: [(&str, u64); 2] = [("often", 15), ("seldom", 60)];

const GET: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n";

/// The time that a client waits for the next byte of an answer. The server takes `DEADLINE` at most.
const SILENCE: Duration = Duration::from_secs(30);

/// The time in which the server must end. It gives requests in flight five seconds.
const END: Duration = Duration::from_secs(10);

/// By how much the memory may grow after the first minute: a few bodies.
const GROWTH_KIB: u64 = 12 * 1024;
/// How much memory there may be at any time.
const MEMORY_KIB: u64 = 128 * 1024;
/// How many threads there may be: those of the program, the server, and one for each of two formats.
const THREADS: u64 = 1 + RECORDERS + 1 + 1 + 2;
/// How many file descriptors there may be: 64 connections, an accepted one, and those of the process.
const DESCRIPTORS: u64 = 64 + 1 + 15;

/// The schedule of a run. All times are offsets from its start, in seconds.
///
/// The collector hangs for 3 of each 31 seconds, so that the scrapes of Prometheus meet each phase; once for longer than
/// the deadline; and from shortly before the end on for ever.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// In seconds since 1970.
    start: f64,
    end: f64,
}

impl Plan {
    fn now(&self) -> f64 {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        since_1970.unwrap_or_default().as_secs_f64() - self.start
    }

    fn sleep_until(&self, time: f64) {
        sleep(Duration::from_secs_f64((time - self.now()).max(0.0)));
    }

    fn long_hang(&self) -> Range<f64> {
        self.end - 51.0..self.end - 30.0
    }

    /// The end of the recording. A scrape of `often` is due between the long hang and this time.
    fn recorded(&self) -> f64 {
        self.end - 10.0
    }

    fn last_hang(&self) -> Range<f64> {
        self.end - 3.0..f64::INFINITY
    }

    /// The hang at a time. Between two hangs there are several seconds, so that no scrape waits for both.
    fn hang(&self, time: f64) -> Option<Range<f64>> {
        let long = self.long_hang();
        let period = time - time % 31.0;
        let short = period + 20.0..period + 23.0;
        let is_apart = short.end + 10.0 < long.start
            || (long.end + 5.0 < short.start && short.end + 5.0 < self.recorded());
        let mut hangs = vec![long, self.last_hang()];
        hangs.extend(is_apart.then_some(short));
        hangs.into_iter().find(|hang| hang.contains(&time))
    }

    /// The longest hang that a request met.
    fn hang_during(&self, request: &Range<f64>) -> f64 {
        let mut time = request.start;
        let mut longest = 0.0_f64;
        while time < request.end {
            longest = longest.max(self.hang(time).map_or(0.0, |hang| hang.end - hang.start));
            time += 0.5;
        }
        longest
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let numbers: Vec<f64> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    match *numbers {
        [start, end] => {
            serve(Plan { start, end });
            ExitCode::SUCCESS
        }
        // A shorter run has no time for the long hang.
        [end] if end >= 60.0 => {
            let start = Plan { start: 0.0, end }.now();
            soak(Plan { start, end })
        }
        _ => {
            println!("usage: soak SECONDS, at least 60");
            ExitCode::from(2)
        }
    }
}

// The server.

/// A collector with a large body, which hangs by the plan.
#[derive(Debug)]
struct Hanging(Plan);

impl Collector for Hanging {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        if let Some(hang) = self.0.hang(self.0.now()) {
            self.0.sleep_until(hang.end.min(self.0.end + 3600.0));
        }
        let mut family = encoder.encode_descriptor("large", "Large.", None, MetricType::Counter)?;
        for series in 0..SERIES {
            let labels = [
                ("series".to_owned(), series.to_string()),
                ("long".to_owned(), "x".repeat(BODY / SERIES)),
            ];
            ConstCounter::new(1_u64).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

/// Serves and records until the end of the plan. Prints the state of the process each second, and what was recorded.
fn serve(plan: Plan) {
    let exporter = collecting(Hanging(plan)).deadline(DEADLINE).build();
    let exporter = exporter.expect("a valid catalogue");
    let server = exporter.spawn("127.0.0.1:0").expect("a free port");
    println!("http://{}/metrics", server.local_addr());
    with_background(&[&|stop| print_samples(plan, stop)], || {
        let recorded = Mutex::new(BTreeMap::new());
        on_threads(0..RECORDERS, |thread| record_jobs(plan, thread, &recorded));
        for (series, value) in lock(&recorded).iter() {
            println!("recorded {series} {value}");
        }
        println!("all recorded");
        plan.sleep_until(plan.end - 2.0);
    });
    plan.sleep_until(plan.end);
    server.shutdown();
}

/// Records jobs, and adds their numbers to those of other threads, by series.
fn record_jobs(plan: Plan, thread: u64, recorded: &Mutex<BTreeMap<String, u64>>) {
    let mut random = fastrand::Rng::with_seed(thread);
    let mut jobs = 0;
    let mut sizes = 0;
    while plan.now() < plan.recorded() {
        record!(RUNNING = 1);
        for _ in 0..100 {
            for tenant in TENANTS {
                record!(JOBS = thread + 1, tags(TENANT = tenant));
            }
            for (_, range) in BUCKETS {
                let size = random.u64(range);
                record!(SIZE = size);
                sizes += size;
            }
            jobs += 1;
        }
        record!(RUNNING = -1);
        sleep(Duration::from_millis(5));
    }
    // A job that never ends.
    record!(RUNNING = 1);
    let mut recorded = lock(recorded);
    let mut add = |series: String, value| *recorded.entry(series).or_default() += value;
    for tenant in TENANTS {
        let series = format!("jobs_by_tenant_total{{tenant=\"{tenant}\"}}");
        add(series, jobs * (thread + 1));
    }
    for ((le, _), buckets) in BUCKETS.iter().zip(1..) {
        add(format!("job_size_bucket{{le=\"{le}\"}}"), jobs * buckets);
    }
    add("job_size_count".to_owned(), jobs * 4);
    add("job_size_sum".to_owned(), sizes);
    add("jobs_running".to_owned(), 1);
}

/// Prints the memory in KiB, the threads and the file descriptors of this process each second.
fn print_samples(plan: Plan, stop: &Stop) {
    while !stop.is_set() {
        let status = fs::read_to_string("/proc/self/status").expect("Linux");
        let field = |name| {
            let rest = status.lines().find_map(|line| line.strip_prefix(name));
            let value = rest.and_then(|rest| rest.split_whitespace().next());
            value.unwrap_or_default().to_owned()
        };
        let descriptors = fs::read_dir("/proc/self/fd").expect("Linux").count();
        println!(
            "sample {:.0} {} {} {descriptors}",
            plan.now(),
            field("VmRSS:"),
            field("Threads:")
        );
        sleep(Duration::from_secs(1));
    }
}

// The clients.

struct Clients {
    plan: Plan,
    server: SocketAddr,
    counts: Mutex<BTreeMap<&'static str, u64>>,
    problems: Mutex<Vec<String>>,
}

impl Clients {
    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.server, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        Ok(stream)
    }

    fn count(&self, name: &'static str) {
        *lock(&self.counts).entry(name).or_default() += 1;
    }

    fn counted(&self, name: &str) -> u64 {
        lock(&self.counts).get(name).copied().unwrap_or_default()
    }

    /// Asks and resets the connection: at once, after a while, or after the first bytes of the answer.
    fn reset(&self, stop: &Stop) {
        for turn in 0_u64.. {
            if stop.is_set() {
                break;
            }
            if let Ok(mut stream) = self.connect() {
                let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                let _ = stream.write_all(GET);
                match turn % 3 {
                    0 => {}
                    1 => sleep(Duration::from_millis(5)),
                    _ => drop(stream.read(&mut [0; 1000])),
                }
                self.count("resets");
            }
            sleep(Duration::from_millis(1));
        }
    }

    /// Connects and says nothing, again and again.
    fn idle(&self, stop: &Stop, client: u64) {
        // A half-closer makes room as soon as 64 connections are newer, which is at once if all begin together.
        sleep(Duration::from_millis(10 * client));
        while !stop.is_set() {
            if let Ok(mut stream) = self.connect() {
                self.count("idle");
                while stream.read(&mut [0]).is_err_and(|error| is_timeout(&error)) && !stop.is_set()
                {
                }
            }
            sleep(Duration::from_millis(200));
        }
    }

    fn read_slowly(&self, stop: &Stop, reader: u64) {
        // From 20 to 100 kB/s.
        let bytes_per_second = 20_000 + 80_000 * reader / (SLOW_READERS - 1);
        while !stop.is_set() {
            match self.ask(stop, false, Some(bytes_per_second)) {
                Some(Answer::Whole) => self.count("slow"),
                Some(Answer::Late) => self.count("slow late"),
                Some(other) => self.fail(&format!("a slow reader got {other:?}")),
                None => {}
            }
        }
    }

    fn half_close(&self, stop: &Stop) {
        while !stop.is_set() {
            match self.ask(stop, true, None) {
                Some(Answer::Whole) => self.count("half"),
                Some(Answer::Late) => self.count("half late"),
                // The server's documentation says that it counts as waiting.
                Some(Answer::None { hang: 1.0.., .. }) => self.count("half made room"),
                Some(other) => self.fail(&format!("a half-closer got {other:?}")),
                None => {}
            }
            sleep(Duration::from_millis(100));
        }
    }

    fn fail(&self, problem: &str) {
        let problem = format!("at {:.1}: {problem}", self.plan.now());
        lock(&self.problems).push(problem);
    }

    /// A request and its answer. `None` if there is no server any more.
    fn ask(&self, stop: &Stop, half_close: bool, bytes_per_second: Option<u64>) -> Option<Answer> {
        let start = self.plan.now();
        let Ok(mut stream) = self.connect() else {
            sleep(Duration::from_millis(100));
            return None;
        };
        let _ = stream.write_all(GET);
        if half_close {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let answer = receive(stop, stream, bytes_per_second);
        let request = start..self.plan.now();
        if stop.is_set() || request.end > self.plan.end {
            return None;
        }
        Some(Answer::of(&answer, &request, self.plan))
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "the fields are printed with a problem")]
enum Answer {
    Whole,
    /// 503, because of a hang that is longer than the deadline.
    Late,
    None {
        waited: f64,
        hang: f64,
    },
    Other {
        head: String,
        bytes: usize,
        hang: f64,
    },
}

impl Answer {
    fn of(answer: &[u8], request: &Range<f64>, plan: Plan) -> Self {
        let hang = plan.hang_during(request);
        let waited = request.end - request.start;
        if answer.is_empty() {
            return Self::None { waited, hang };
        }
        let text = String::from_utf8_lossy(answer);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let is_whole = length.and_then(|it| it.parse().ok()) == Some(body.len());
        match head.get(9..12) {
            Some("200") if is_whole && body.len() > BODY => Self::Whole,
            Some("503") if is_whole && hang > DEADLINE.as_secs_f64() => Self::Late,
            _ => Self::Other {
                head: head.to_owned(),
                bytes: answer.len(),
                hang,
            },
        }
    }
}

/// Reads until the server ends its side, resets the connection, or sends nothing for `SILENCE`.
fn receive(stop: &Stop, mut stream: TcpStream, bytes_per_second: Option<u64>) -> Vec<u8> {
    let mut answer = Vec::new();
    let mut last = Instant::now();
    while !stop.is_set() && last.elapsed() < SILENCE {
        let pause = bytes_per_second.map(|_| Duration::from_millis(100));
        let take = bytes_per_second.map_or(64 * 1024, |bytes| bytes / 10);
        match Read::by_ref(&mut stream)
            .take(take)
            .read_to_end(&mut answer)
        {
            Ok(0) => break,
            Ok(_) => last = Instant::now(),
            Err(error) if is_timeout(&error) => {}
            Err(_) => break,
        }
        pause.into_iter().for_each(sleep);
    }
    answer
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

// The criteria.

fn soak(plan: Plan) -> ExitCode {
    let program = env::current_exe().expect("the path of this program");
    let times = [plan.start.to_string(), plan.end.to_string()];
    let (mut process, server) = start_server(Command::new(program).arg("serve").args(times));
    let prometheus = Prometheus::with_jobs(server, &SCRAPES);
    let clients = Clients {
        plan,
        server,
        counts: Mutex::default(),
        problems: Mutex::default(),
    };
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
        self.line(
            "half-closers",
            counted("half") > 0 && problems_of("a half-closer") == 0,
            &format!(
                "{} whole answers, {} wrong or none, {} times 503 in the long hang, {} times closed in a hang to make \
                 room",
                counted("half"),
                problems_of("a half-closer"),
                counted("half late"),
                counted("half made room")
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

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
