//! Calls that begin on one thread and end on another: at no moment more have ended than begun.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::task::{Context, Waker};
use std::thread;

use census::{Measure, Number, TagKey, TagMap, measure, tag, view};

#[tag]
static ROUTE: TagKey;
#[measure]
static ACTIVE: Measure<i64>;
#[measure]
static LATENCY: Measure<std::time::Duration>;

view! {
    static UNDER_WAY: Sum<ACTIVE>;
}

#[measure(LATENCY, in_flight = ACTIVE)]
async fn call() {
    std::future::pending().await
}

const CALLS: usize = 200_000;

#[test]
fn no_more_have_ended_than_begun() {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut reads = 0_u64;
            while !done.load(Ordering::Relaxed) {
                let data = UNDER_WAY.data();
                let Some(Number::I64(active)) = data.get(&TagMap::empty()) else {
                    panic!("a sum of integers, from the start")
                };
                assert!(*active >= 0, "{active} calls under way, in read {reads}");
                reads += 1;
            }
        });
        let (begun, calls) = sync_channel::<Pin<Box<dyn Future<Output = ()> + Send>>>(4);
        let end = scope.spawn(|| calls.into_iter().for_each(drop));
        for _ in 0..CALLS {
            let mut call = Box::pin(call());
            let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            begun.send(call).expect("it is received");
        }
        drop(begun);
        end.join().expect("it does not panic");
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(
        UNDER_WAY.data().get(&TagMap::empty()),
        Some(&Number::I64(0))
    );
}
