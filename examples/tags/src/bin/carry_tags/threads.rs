//! Threads: the closure enters a scope with the tags. This works for spawned threads and for scoped threads.

use std::thread;

use census::TagMap;

use crate::work;

pub(crate) fn run() {
    let tags = TagMap::current();
    let spawned = thread::spawn(|| tags.scope(|| work("thread")));

    // A `TagMap` is cheap to clone.
    let tags = TagMap::current();
    thread::scope(|threads| {
        for _ in 0..3 {
            let tags = tags.clone();
            threads.spawn(|| tags.scope(|| work("scoped thread")));
        }
    });
    if spawned.join().is_err() {
        work("thread that panicked");
    }
}
