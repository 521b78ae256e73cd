//! How chunks are handed over and folded, while a scrape reads.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{ROW, has_retired_chunks, measure, sum, sum_of};
use crate::aggregate::{LiveView, Shard};
use crate::declare::ValueBits;
use crate::id::ThreadId;
use crate::sync::AtomicBool;
use crate::sync::models::{check, thread};

/// A thread that records so often, and ends.
fn record_and_end(view: &LiveView, times: usize, mut after_each: impl FnMut()) {
    let mut shard = Shard::new(&view.rows, ThreadId::next());
    for _ in 0..times {
        shard.target(&view.rows, ROW).record(ValueBits(1));
        after_each();
    }
}

#[test]
fn a_scrape_reads_each_measurement_that_happened_before_it_and_none_twice() {
    check(3, || {
        let view = sum_of(&measure());
        let is_recorded = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (view, is_recorded) = (Arc::clone(&view), Arc::clone(&is_recorded));
            // Release: pairs with the Acquire below.
            move || record_and_end(&view, 2, || is_recorded.store(true, Ordering::Release))
        });
        let happened_before = i64::from(is_recorded.load(Ordering::Acquire));
        let first = sum(&view);
        assert!(
            (happened_before..=2).contains(&first),
            "the first scrape read {first}"
        );
        let second = sum(&view);
        assert!((first..=2).contains(&second), "{second} after {first}");
        thread.join().expect("it does not panic");
        assert_eq!(sum(&view), 2, "after the thread has ended");
        assert!(!has_retired_chunks(&view));
    });
}

#[test]
fn no_chunk_of_a_thread_that_has_ended_stays_behind() {
    check(3, || {
        let view = sum_of(&measure());
        let threads = [(); 2].map(|()| {
            let view = Arc::clone(&view);
            thread::spawn(move || record_and_end(&view, 1, || {}))
        });
        let read = sum(&view);
        assert!((0..=2).contains(&read), "a scrape read {read}");
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        // Without another scrape.
        assert!(!has_retired_chunks(&view));
        assert_eq!(sum(&view), 2);
    });
}
