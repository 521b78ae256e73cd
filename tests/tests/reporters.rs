//! Reporters: a snapshot at each period, a last one at the end, and no harm to anyone else.

use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use census::{Data, Measure, Snapshot, measure, report_every, view};

#[measure]
static STEPS: Measure<u64>;
#[measure]
static LATE: Measure<u64>;

view! {
    static STEPPED: Count<STEPS>;
    static CAME_LATE: Count<LATE>;
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
fn a_snapshot_comes_at_each_period() {
    let (send, receive) = channel();
    let reporting = report_every(Duration::from_millis(1), move |snapshot: &Snapshot| {
        // The test may have seen enough.
        let _ = send.send(count(snapshot, "stepped"));
    })
    .expect("a thread");
    STEPS.record(1);
    let mut counts = receive.iter();
    assert!(
        counts.by_ref().take(1000).any(|count| count == Some(1)),
        "what was recorded arrives"
    );
    assert!(counts.take(3).all(|count| count == Some(1)), "and again");
    drop(reporting);
    assert_eq!(STEPPED.data().rows.len(), 1);
}

#[test]
fn the_last_report_has_everything() {
    // The second is a period further away than any clock goes.
    for (stop, period) in [(true, LONG), (false, Duration::MAX)] {
        let (send, receive) = channel();
        let reporting = report_every(period, move |snapshot: &Snapshot| {
            send.send(count(snapshot, "came_late"))
                .expect("the test waits");
        })
        .expect("a thread");
        LATE.record(1);
        if stop {
            reporting.stop();
        } else {
            drop(reporting);
        }
        let expected = if stop { 1 } else { 2 };
        assert_eq!(receive.iter().collect::<Vec<_>>(), [Some(expected)]);
    }
    assert_eq!(CAME_LATE.data().rows.len(), 1);
}

#[test]
fn a_reporter_that_panics_is_called_again_and_one_that_hangs_hurts_nobody() {
    let hanging = report_every(Duration::from_millis(1), |_: &Snapshot| thread::sleep(LONG))
        .expect("a thread");
    let (send, receive) = channel();
    let mut calls = 0;
    let panicking = report_every(Duration::from_millis(1), move |_: &Snapshot| {
        calls += 1;
        let _ = send.send(calls);
        panic!("on purpose");
    })
    .expect("a thread");
    assert!(receive.iter().any(|calls| calls == 3));
    assert!(panicking.panics() >= 2);
    panicking.stop();
    let start = Instant::now();
    drop(hanging);
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "it does not wait for ever"
    );
}
