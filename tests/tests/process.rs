//! What the system tells of the process: the values are those of `/proc` and of `ps`.

#![cfg(target_os = "linux")]
#![expect(clippy::panic, reason = "a helper fails the test")]

use std::fs::{self, File};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use census::prometheus::Exporter;
use census::{Number, View, ViewState, process as itself};
use census_tests::process;
use census_tests::rows::only_row;
use census_tests::scrape;

/// The value of a whole number that is there.
fn value(view: &View<census::LastValue>) -> u64 {
    match only_row(view) {
        Some(Number::U64(value)) => value,
        other => panic!("{}: {other:?}", view.name()),
    }
}

/// A sum of durations that is there.
fn time(number: Option<Number>) -> Duration {
    match number {
        Some(Number::Duration(time)) => time,
        other => panic!("{other:?}"),
    }
}

/// The number of the line of `/proc/self/status` that begins with this word.
fn status(word: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find_map(|line| line.strip_prefix(word));
    let number = line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
    number.and_then(|it| it.parse().ok()).expect(word)
}

/// What `ps` says of this process.
fn ps(column: &str) -> String {
    let id = std::process::id().to_string();
    process::succeed(Command::new("ps").args(["-o", &format!("{column}="), "-p", &id]))
}

/// Whether two values differ by a factor of two at most: the other tests of this program run at the same time, and the
/// program's memory grows with them. A wrong unit would be a greater difference.
fn is_near(a: u64, b: u64) -> bool {
    a.abs_diff(b) <= a.max(b) / 2
}

/// Whether the program's catalogue lists a view as registered.
fn is_listed_as_registered(view: &str) -> bool {
    let catalogue = census::catalogue();
    let listed = catalogue.views.iter().find(|it| it.name == view);
    listed.expect("a listed view").state == ViewState::Registered
}

#[test]
fn an_exporter_shows_the_views_outside_of_its_namespace() {
    assert_eq!(itself::VIEWS.len(), 8);
    let exporter = Exporter::builder()
        .namespace("ns")
        .process()
        .build()
        .expect("no problems");
    let text = scrape::text(&exporter);
    for name in itself::VIEWS.names() {
        assert!(is_listed_as_registered(name), "{name}");
        assert!(text.contains(&format!("\n{name} ")), "no {name} in {text}");
    }
}

#[test]
fn memory_and_threads_are_those_of_proc_and_ps() {
    itself::VIEWS.register().expect("no problems");
    let kib = 1024;
    let resident = value(&itself::RESIDENT_BYTES);
    assert!(is_near(resident, status("VmRSS") * kib), "{resident}");
    let by_ps: u64 = ps("rss").trim().parse().expect("KiB");
    assert!(is_near(resident, by_ps * kib), "{resident}, ps: {by_ps}");
    let virtual_bytes = value(&itself::VIRTUAL_BYTES);
    assert!(virtual_bytes > resident);
    // The threads of other tests come and go, and each reserves memory.
    let by_ps: u64 = ps("vsz").trim().parse().expect("KiB");
    assert!(virtual_bytes > by_ps * kib / 4 && virtual_bytes < by_ps * kib * 4);
    let threads = value(&itself::THREAD_COUNT);
    assert!(threads.abs_diff(status("Threads")) <= 8, "{threads}");
}

#[test]
fn open_files_are_counted_up_to_the_limit() {
    itself::VIEWS.register().expect("no problems");
    let before = value(&itself::OPEN_FILES);
    assert!(before >= 3, "{before}");
    let files: Vec<_> = (0..50)
        .map(|_| File::open("/dev/null").expect("a file"))
        .collect();
    let after = value(&itself::OPEN_FILES);
    assert!((before + 30..before + 70).contains(&after), "{after}");
    drop(files);
    let limits = fs::read_to_string("/proc/self/limits").expect("/proc");
    let limit = |name| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name));
        let soft = line.and_then(|line| line.split_whitespace().next());
        match soft.expect("the soft limit") {
            "unlimited" => u64::MAX,
            number => number.parse().expect("a number"),
        }
    };
    assert_eq!(value(&itself::MAX_FILES), limit("Max open files"));
    assert_eq!(
        value(&itself::MAX_VIRTUAL_BYTES),
        limit("Max address space")
    );
}

#[test]
fn processor_time_rises_as_it_is_used() {
    itself::VIEWS.register().expect("no problems");
    let before = time(only_row(&itself::CPU_SECONDS));
    let busy = thread::spawn(|| {
        let begun = Instant::now();
        let mut rounds = 0_u64;
        while begun.elapsed() < Duration::from_millis(400) {
            rounds = std::hint::black_box(rounds + 1);
        }
    });
    busy.join().expect("a thread");
    let used = time(only_row(&itself::CPU_SECONDS)).saturating_sub(before);
    // On a busy machine the thread has a part of the time only.
    assert!(used >= Duration::from_millis(20), "{used:?}");
    assert!(used < Duration::from_mins(1), "{used:?}");
}

#[test]
fn process_has_begun_a_little_while_ago() {
    itself::VIEWS.register().expect("no problems");
    let read = || match only_row(&itself::STARTED) {
        Some(Number::F64(seconds)) => Duration::from_secs_f64(seconds),
        other => panic!("{other:?}"),
    };
    let started = read();
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    let age: u64 = ps("etimes").trim().parse().expect("seconds");
    let expected = now.saturating_sub(Duration::from_secs(age));
    assert!(
        started.abs_diff(expected) < Duration::from_secs(5),
        "{started:?}, {expected:?}"
    );
    assert_eq!(read(), started, "it does not change");
}
