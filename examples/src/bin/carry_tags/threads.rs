//! Threads: the same, with threads that live on their own and with those of a scope.

use std::thread;

use census::TagMap;

use crate::work;

pub(crate) fn run() {
    let tags = TagMap::current();
    let alone = thread::spawn(|| tags.scope(|| work("thread")));

    // A `TagMap` is cheap to clone.
    let tags = TagMap::current();
    thread::scope(|threads| {
        for _ in 0..3 {
            let tags = tags.clone();
            threads.spawn(|| tags.scope(|| work("scoped thread")));
        }
    });
    if alone.join().is_err() {
        work("thread that panicked");
    }
}
