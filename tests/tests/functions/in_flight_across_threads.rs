//! Calls that begin on one thread and end on another: at no moment have more calls ended than begun.

use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use census::{Measure, Number, Sum, View, measure, view};
use census_tests::polling::{BoxedFuture, begun};
use census_tests::rows::only_row;
use census_tests::threads::{Stop, on_new_thread, with_background};

#[measure]
static FROM_ONE_THREAD: Measure<i64>;
#[measure]
static FROM_NEW_THREADS: Measure<i64>;
#[measure]
static DURATION: Measure<Duration>;

view! {
    static ONE_THREAD: Sum<FROM_ONE_THREAD>;
    static NEW_THREADS: Sum<FROM_NEW_THREADS>;
}

#[measure(DURATION, in_flight = FROM_ONE_THREAD)]
async fn from_one_thread() {
    std::future::pending::<()>().await;
}

#[measure(DURATION, in_flight = FROM_NEW_THREADS)]
async fn from_new_threads() {
    std::future::pending::<()>().await;
}

fn assert_never_below_zero(view: &View<Sum>, stop: &Stop) {
    while !stop.is_set() {
        let in_flight = only_row(view).map(Number::as_f64);
        assert!(in_flight >= Some(0.0), "{in_flight:?} calls in flight");
    }
}

/// Runs `begin_calls` on this thread, and ends the calls on another.
fn end_elsewhere(begin_calls: impl FnOnce(&std::sync::mpsc::SyncSender<BoxedFuture>)) {
    let (sender, calls) = sync_channel(4);
    thread::scope(|scope| {
        scope.spawn(|| calls.into_iter().for_each(drop));
        begin_calls(&sender);
        drop(sender);
    });
}

#[test]
fn calls_of_one_thread() {
    const CALLS: usize = 200_000;
    with_background(
        &[&|stop| assert_never_below_zero(&ONE_THREAD, stop)],
        || {
            end_elsewhere(|sender| {
                for _ in 0..CALLS {
                    let sent = sender.send(begun(from_one_thread()));
                    sent.expect("the other thread receives");
                }
            });
        },
    );
    assert_eq!(only_row(&ONE_THREAD), Some(Number::I64(0)));
}

/// Each call begins on a new thread, whose words no reader has read before.
#[test]
fn calls_of_new_threads() {
    const THREADS: usize = 10_000;
    with_background(
        &[&|stop| assert_never_below_zero(&NEW_THREADS, stop)],
        || {
            end_elsewhere(|sender| {
                for _ in 0..THREADS {
                    let sent = on_new_thread(|| sender.send(begun(from_new_threads())));
                    sent.expect("the other thread receives");
                }
            });
        },
    );
    assert_eq!(only_row(&NEW_THREADS), Some(Number::I64(0)));
}
