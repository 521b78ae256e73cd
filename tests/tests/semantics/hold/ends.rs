//! Where guards end: on other threads, in futures, by panics, in destructors of thread-locals, nowhere.
//!
//! Tests of threads are outside of isolations, and use tags of their own: what is held on a thread that has no tags, is held
//! in the program.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::mpsc::sync_channel;
use std::thread;

use census::testing::{isolate, isolated};
use census::{Held, Measure, TagKey, TagMap, WithTags as _, measure, tag, tags, view};
use census_tests::polling::{pending_times, poll};
use census_tests::threads::{on_new_thread, with_background};

use super::{CONNECTIONS, CONNECTIONS_BY_LISTENER, LISTENER, level};

#[tag]
static PLACE: TagKey;
#[measure]
static PLACED: Measure<i64>;
#[measure]
static ALONE: Measure<i64>;
#[measure]
static FROM_ONE_THREAD: Measure<i64>;
#[measure]
static FROM_NEW_THREADS: Measure<i64>;

view! {
    static BY_PLACE: Sum<PLACED> by (PLACE);
    static ALONE_SUM: Sum<ALONE>;
    static ONE_THREAD: Sum<FROM_ONE_THREAD> by (PLACE);
    static NEW_THREADS: Sum<FROM_NEW_THREADS> by (PLACE);
}

fn hold_at(place: &str) -> Held {
    tags!(PLACE = place).scope(|| PLACED.hold(1))
}

fn at(place: &str) -> Option<i64> {
    level(&BY_PLACE, &tags!(PLACE = place))
}

#[test]
fn guard_ends_on_a_thread_that_never_recorded() {
    let held = hold_at("another thread");
    on_new_thread(|| drop(held));
    assert_eq!(at("another thread"), Some(0));
}

#[test]
fn guard_outlives_its_thread() {
    let held = on_new_thread(|| hold_at("ended thread"));
    let alone = on_new_thread(|| ALONE.hold(1));
    assert_eq!(at("ended thread"), Some(1));
    assert_eq!(level(&ALONE_SUM, &TagMap::new()), Some(1));
    drop((held, alone));
    assert_eq!(at("ended thread"), Some(0));
    assert_eq!(level(&ALONE_SUM, &TagMap::new()), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guard_is_held_across_await() {
    isolated(hold_in_tasks()).await;
}

async fn hold_in_tasks() {
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let task = async {
                let held = CONNECTIONS.hold(1);
                pending_times(3).await;
                drop(held);
            };
            tokio::spawn(task.with_tags(tags!(LISTENER = "tasks")))
        })
        .collect();
    for task in tasks {
        task.await.expect("the task does not panic");
    }
    let tags = tags!(LISTENER = "tasks");
    assert_eq!(level(&CONNECTIONS_BY_LISTENER, &tags), Some(0));
}

#[test]
fn cancelled_future_ends_its_guard() {
    let _isolated = isolate();
    let future = async {
        let _held = PLACED.hold(1);
        std::future::pending::<()>().await;
    };
    {
        let mut future = pin!(future.with_tags(tags!(PLACE = "future")));
        assert_eq!(at("future"), None);
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(at("future"), Some(1));
    }
    assert_eq!(at("future"), Some(0));
}

#[test]
fn panic_ends_the_guard() {
    let _isolated = isolate();
    let panics = AssertUnwindSafe(|| {
        let _held = hold_at("panic");
        assert_eq!(at("panic"), Some(1));
        resume_unwind(Box::new("on purpose"));
    });
    assert!(catch_unwind(panics).is_err());
    assert_eq!(at("panic"), Some(0));
}

#[test]
fn forgotten_guard_stays() {
    let _isolated = isolate();
    std::mem::forget(hold_at("forgotten"));
    assert_eq!(at("forgotten"), Some(1));
}

thread_local! {
    /// Made before the thread records for the first time.
    static BEFORE: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
    static AFTER: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
    static BEGINS: Begins = const { Begins };
}

/// Begins and ends a guard in a destructor, when the thread may have no cache any more.
struct Begins;

impl Drop for Begins {
    fn drop(&mut self) {
        let held = hold_at("destructor");
        assert_eq!(at("destructor"), Some(1));
        drop(held);
    }
}

#[test]
fn guards_end_in_destructors_of_thread_locals() {
    let other = hold_at("thread-local");
    on_new_thread(|| {
        BEFORE.with_borrow_mut(Vec::clear);
        BEGINS.with(|_| ());
        PLACED.record(0);
        for list in [&BEFORE, &AFTER] {
            list.with_borrow_mut(|list| {
                list.push(hold_at("thread-local"));
                list.push(ALONE_IN_THREAD.hold(1));
            });
        }
        AFTER.with_borrow_mut(|list| list.push(other));
        assert_eq!(at("thread-local"), Some(3));
        assert_eq!(level(&ALONE_IN_THREAD_SUM, &TagMap::new()), Some(2));
    });
    assert_eq!(at("thread-local"), Some(0));
    assert_eq!(at("destructor"), Some(0));
    assert_eq!(level(&ALONE_IN_THREAD_SUM, &TagMap::new()), Some(0));
}

#[measure]
static ALONE_IN_THREAD: Measure<i64>;
view! { static ALONE_IN_THREAD_SUM: Sum<ALONE_IN_THREAD>; }

/// Guards begin here and end on another thread, while a third one reads: no row is ever below zero.
#[test]
fn no_reader_sees_an_end_before_its_beginning() {
    const GUARDS: usize = 100_000;
    const THREADS: usize = 3_000;
    let tags = tags!(PLACE = "handed over");
    let end_elsewhere = |begin: &dyn Fn(&std::sync::mpsc::SyncSender<Held>)| {
        let (sender, guards) = sync_channel(4);
        thread::scope(|scope| {
            scope.spawn(|| guards.into_iter().for_each(drop));
            begin(&sender);
            drop(sender);
        });
    };
    with_background(
        &[&|stop| {
            while !stop.is_set() {
                for view in [&ONE_THREAD, &NEW_THREADS] {
                    assert!(level(view, &tags).is_none_or(|level| level >= 0));
                }
            }
        }],
        || {
            end_elsewhere(&|sender| {
                tags.clone().scope(|| {
                    for _ in 0..GUARDS {
                        let sent = sender.send(FROM_ONE_THREAD.hold(1));
                        sent.expect("the other thread receives");
                    }
                });
            });
            end_elsewhere(&|sender| {
                for _ in 0..THREADS {
                    let begin = || sender.send(FROM_NEW_THREADS.hold(1));
                    let sent = on_new_thread(|| tags.clone().scope(begin));
                    sent.expect("the other thread receives");
                }
            });
        },
    );
    assert_eq!(level(&ONE_THREAD, &tags), Some(0));
    assert_eq!(level(&NEW_THREADS, &tags), Some(0));
}
