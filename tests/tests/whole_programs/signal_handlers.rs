//! A signal handler that records, which is a mistake, and one that does what a handler may do.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use census_tests::crates::{Crate, dependency};
use census_tests::process::{self, Process};

use super::{cargo, root, target};

/// Builds a program that makes rows for two seconds, while a signal interrupts it every 20 microseconds. Its arguments say
/// what the handler does, and whether there is a second thread: with one, the allocator takes locks. It is optimized, so
/// that most of its time is in the allocator and not in the handler.
fn program() -> PathBuf {
    let program = Crate {
        name: "interrupted",
        edition: "2024",
        dependencies: &format!("{}\nlibc = \"0.2\"", dependency("census", &[])),
        file: "main.rs",
        code: r#"
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use census::{Measure, TagKey, measure, record, tag, view};

#[tag]
static ROW: TagKey;
#[measure]
static WORK: Measure<u64>;
#[measure]
static SIGNALS: Measure<u64>;
view! {
    static WORK_BY_ROW: Count<WORK> by (ROW) { max_series: 1_000_000 }
    static SIGNALS_SEEN: Count<SIGNALS>;
}

static OWN: AtomicU64 = AtomicU64::new(0);

extern "C" fn records(_: i32) {
    SIGNALS.record(1);
}

extern "C" fn adds(_: i32) {
    OWN.fetch_add(1, Ordering::Relaxed);
}

fn interrupt_every(microseconds: libc::suseconds_t) {
    let interval = libc::timeval { tv_sec: 0, tv_usec: microseconds };
    let timer = libc::itimerval { it_interval: interval, it_value: interval };
    let result = unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
    assert_eq!(result, 0);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let handler: extern "C" fn(i32) = if arguments[0] == "records" { records } else { adds };
    if arguments[1] == "two" {
        std::thread::spawn(|| loop { std::thread::park() });
    }
    // The thread has the handler's measurement in its cache.
    SIGNALS.record(1);
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = libc::SA_RESTART;
    let result = unsafe { libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()) };
    assert_eq!(result, 0);
    interrupt_every(20);
    let begin = Instant::now();
    let mut row = 0_u64;
    while begin.elapsed() < Duration::from_secs(2) {
        row += 1;
        record!(WORK = 1, tags(ROW = row));
    }
    interrupt_every(0);
    SIGNALS.record(OWN.load(Ordering::Relaxed));
    println!("ended well");
}
"#,
    };
    let directory = program.write(&root());
    let _ = process::succeed(&mut cargo(&directory, "build", &["--release"]));
    target().join("release/interrupted")
}

/// Whether the program ends as it should, and in a time in which it ends on a busy machine, too.
fn ends_well(program: &PathBuf, handler: &str, threads: &str, time: Duration) -> bool {
    let process = Process::start(Command::new(program).args([handler, threads]));
    let ended = process.finish_within(time);
    ended.is_some_and(|ended| ended.code == Some(0) && ended.stdout == "ended well\n")
}

/// The limit of the documentation. A run may end well by chance, but not every run does.
#[test]
fn handler_that_records_may_hang_or_corrupt_the_heap() {
    let program = program();
    for threads in ["one", "two"] {
        let within = Duration::from_secs;
        assert!(
            ends_well(&program, "adds", threads, within(120)),
            "{threads}"
        );
        let mut runs = (0..10).map(|_| ends_well(&program, "records", threads, within(10)));
        assert!(runs.any(|well| !well), "{threads}");
    }
}
