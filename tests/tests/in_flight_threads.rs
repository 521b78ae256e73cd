//! Calls that begin on one thread and end on another: at no moment more have ended than begun.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::task::{Context, Waker};
use std::thread;

use census::{Measure, Number, Sum, TagMap, View, measure, view};

#[measure]
static ACTIVE: Measure<i64>;
#[measure]
static FRESH: Measure<i64>;
#[measure]
static LATENCY: Measure<std::time::Duration>;

view! {
    static UNDER_WAY: Sum<ACTIVE>;
    static FRESH_UNDER_WAY: Sum<FRESH>;
}

#[measure(LATENCY, in_flight = ACTIVE)]
async fn call() {
    std::future::pending::<()>().await;
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

#[measure(LATENCY, in_flight = FRESH)]
async fn fresh() {
    std::future::pending::<()>().await;
}

fn begun(call: impl Future<Output = ()> + Send + 'static) -> Call {
    let mut call: Call = Box::pin(call);
    let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    call
}

fn never_below_zero(view: &View<Sum>, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        let data = view.data();
        let active = data.get(&TagMap::new()).map(|sum| sum.as_f64());
        assert!(active >= Some(0.0), "{active:?} calls under way");
    }
}

const CALLS: usize = 200_000;

#[test]
fn no_more_have_ended_than_begun() {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| never_below_zero(&UNDER_WAY, &done));
        let (sender, calls) = sync_channel::<Call>(4);
        let end = scope.spawn(|| calls.into_iter().for_each(drop));
        for _ in 0..CALLS {
            sender.send(begun(call())).expect("it is received");
        }
        drop(sender);
        end.join().expect("it does not panic");
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(UNDER_WAY.data().get(&TagMap::new()), Some(&Number::I64(0)));
}

/// The threads that begin calls are new, each time: no scrape has read their words before.
#[test]
fn new_threads_calls_have_begun_before_they_end() {
    const THREADS: usize = 10_000;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| never_below_zero(&FRESH_UNDER_WAY, &done));
        let (sender, calls) = sync_channel::<Call>(4);
        let end = scope.spawn(|| calls.into_iter().for_each(drop));
        for _ in 0..THREADS {
            let sender = sender.clone();
            let thread = thread::spawn(move || sender.send(begun(fresh())));
            let sent = thread.join().expect("it does not panic");
            sent.expect("it is received");
        }
        drop(sender);
        end.join().expect("it does not panic");
        done.store(true, Ordering::Relaxed);
    });
}
