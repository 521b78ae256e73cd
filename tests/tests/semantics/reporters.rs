//! Reporters get a snapshot at each period and a last one at the end, and a reporter that fails disturbs no other.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use census::testing::isolate;
use census::{Data, Measure, Snapshot, measure, report_every, view};

#[measure]
static STEPS: Measure<u64>;

view! {
    static STEP_COUNT: Count<STEPS>;
}

const LONG: Duration = Duration::from_hours(1);

/// The count of a view without columns.
fn count(snapshot: &Snapshot, view: &str) -> Option<u64> {
    let row = snapshot.view(view)?.data.rows.first()?;
    match row.data {
        Data::Count(count) => Some(count),
        _ => None,
    }
}

#[test]
fn snapshot_at_each_period() {
    let _isolated = isolate();
    let (sender, receiver) = channel();
    let reporter = report_every(Duration::from_millis(1), move |snapshot: &Snapshot| {
        // This fails when the test has received enough.
        let _ = sender.send(count(snapshot, "step_count"));
    })
    .expect("a thread");
    STEPS.record(1);
    let mut counts = receiver.iter();
    assert!(
        counts.by_ref().take(1000).any(|count| count == Some(1)),
        "the measurement is in a later snapshot"
    );
    assert!(
        counts.take(3).all(|count| count == Some(1)),
        "and in the next ones"
    );
    drop(reporter);
    assert_eq!(STEP_COUNT.data().rows.len(), 1);
}

#[test]
fn last_snapshot_has_all_measurements() {
    let _isolated = isolate();
    // The second period ends beyond the range of the clock.
    for (stop, period) in [(true, LONG), (false, Duration::MAX)] {
        let (sender, receiver) = channel();
        let reporter = report_every(period, move |snapshot: &Snapshot| {
            sender
                .send(count(snapshot, "step_count"))
                .expect("the test waits");
        })
        .expect("a thread");
        STEPS.record(1);
        if stop {
            reporter.stop();
        } else {
            drop(reporter);
        }
        let expected = if stop { 1 } else { 2 };
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [Some(expected)]);
    }
    assert_eq!(STEP_COUNT.data().rows.len(), 1);
}

#[test]
fn panicking_and_hanging_reporters() {
    let _isolated = isolate();
    let hanging = report_every(Duration::from_millis(1), |_: &Snapshot| thread::sleep(LONG))
        .expect("a thread");
    let (sender, receiver) = channel();
    let mut calls = 0;
    let panicking = report_every(Duration::from_millis(1), move |_: &Snapshot| {
        calls += 1;
        let _ = sender.send(calls);
        panic!("on purpose");
    })
    .expect("a thread");
    assert!(receiver.iter().any(|calls| calls == 3));
    assert!(panicking.panics() >= 2);
    panicking.stop();
    let start = Instant::now();
    drop(hanging);
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "the drop does not wait for the reporter"
    );
}

/// A payload of a panic whose destructor panics.
struct PanicsAgain;

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        assert!(std::hint::black_box(false), "on purpose, again");
    }
}

#[test]
fn payload_of_a_panic_that_panics_is_one_panic() {
    let _isolated = isolate();
    let (sender, receiver) = channel();
    let reporter = report_every(Duration::from_millis(1), move |_: &Snapshot| {
        // This fails when the test has received enough.
        let _ = sender.send(());
        std::panic::panic_any(PanicsAgain);
    })
    .expect("a thread");
    assert_eq!(receiver.iter().take(3).count(), 3);
    assert!(reporter.panics() >= 2);
    reporter.stop();
}

struct PanicsWhenItIsDropped(std::sync::mpsc::Sender<()>);

impl census::Reporter for PanicsWhenItIsDropped {
    fn report(&mut self, _: &Snapshot) {
        let _ = self.0.send(());
    }
}

impl Drop for PanicsWhenItIsDropped {
    fn drop(&mut self) {
        assert!(std::hint::black_box(false), "on purpose");
    }
}

#[test]
fn reporter_that_panics_when_it_is_dropped_has_stopped() {
    let _isolated = isolate();
    let (sender, receiver) = channel();
    let reporter = report_every(LONG, PanicsWhenItIsDropped(sender)).expect("a thread");
    reporter.stop();
    assert_eq!(receiver.iter().count(), 1);
}
