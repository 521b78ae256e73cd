//! Destructors of observations' closures: code of a user, under no lock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, ThreadId};

use census::{Measure, Observation, Observed, measure, record, tags, view};

#[measure]
static READ: Observed<u64>;
#[measure]
static MADE: Observed<u64>;
#[measure]
static DROPS: Measure<u64>;

view! {
    static READ_VALUE: Sum<READ>;
    static MADE_VALUE: Sum<MADE>;
    static DROP_COUNT: Count<DROPS>;
}

static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// Records, collects, and makes and drops observations when it is dropped.
struct Busy {
    inner: Option<Observation>,
    dropped_on: Arc<std::sync::Mutex<Option<ThreadId>>>,
}

impl Busy {
    fn new() -> (Self, Arc<std::sync::Mutex<Option<ThreadId>>>) {
        let dropped_on = Arc::default();
        let busy = Self {
            inner: Some(MADE.observe(|seen| seen.record(1, tags!()))),
            dropped_on: Arc::clone(&dropped_on),
        };
        (busy, dropped_on)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        record!(DROPS = 1);
        drop(self.inner.take());
        let observation = MADE.observe(|seen| seen.record(2, tags!()));
        let _ = MADE_VALUE.data();
        drop(observation);
        *self.dropped_on.lock().expect("no panic") = Some(thread::current().id());
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_closure_is_dropped_where_its_observation_is() {
    let _alone = super::alone();
    let (busy, dropped_on) = Busy::new();
    let observation = READ.observe(move |seen| {
        let _ = &busy;
        seen.record(1, tags!());
    });
    assert_eq!(READ_VALUE.data().rows.len(), 1);
    drop(observation);
    let dropped_on = *dropped_on.lock().expect("no panic");
    assert_eq!(dropped_on, Some(thread::current().id()));
}

#[test]
fn a_closure_that_is_being_read_is_dropped_by_the_thread_that_reads() {
    let _alone = super::alone();
    let (busy, dropped_on) = Busy::new();
    let barrier = Arc::new(Barrier::new(2));
    let inside = Arc::clone(&barrier);
    let observation = READ.observe(move |seen| {
        let _ = &busy;
        seen.record(1, tags!());
        inside.wait();
        inside.wait();
    });
    let before = DROPPED.load(Ordering::SeqCst);
    thread::scope(|scope| {
        let collection = scope.spawn(|| READ_VALUE.data());
        barrier.wait();
        // Does not wait for the reading.
        drop(observation);
        assert_eq!(DROPPED.load(Ordering::SeqCst), before);
        barrier.wait();
        let data = collection.join().expect("no panic");
        assert!(data.rows.is_empty(), "what it said is thrown away");
    });
    let dropped = census_tests::eventually(|| *dropped_on.lock().expect("no panic"));
    assert_ne!(dropped.expect("it is dropped"), thread::current().id());
    assert!(MADE_VALUE.data().rows.is_empty());
    assert!(
        DROP_COUNT
            .data()
            .get(&tags!())
            .is_some_and(|count| *count > 0)
    );
}

#[test]
fn a_destructor_that_panics_does_no_harm() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    let _alone = super::alone();
    let panics = Panics;
    let barrier = Arc::new(Barrier::new(2));
    let inside = Arc::clone(&barrier);
    let observation = READ.observe(move |_| {
        let _ = &panics;
        inside.wait();
        inside.wait();
    });
    thread::scope(|scope| {
        let collection = scope.spawn(|| READ_VALUE.data());
        barrier.wait();
        drop(observation);
        barrier.wait();
        assert!(collection.join().expect("no panic").rows.is_empty());
    });
    let observation = READ.observe(|seen| seen.record(9, tags!()));
    assert!(READ_VALUE.data().get(&tags!()).is_some_and(|sum| *sum == 9));
    drop(observation);
}
