//! Parallel iterators: rayon's threads have no tags, so each item enters a scope.

use census::TagMap;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use crate::work;

pub(crate) fn run() {
    let tags = TagMap::current();
    (0..100)
        .into_par_iter()
        .for_each(|_| tags.clone().scope(|| work("parallel item")));

    // For many small items, `for_each_init` opens one scope for a run of items on the same thread.
    (0..1_000)
        .into_par_iter()
        .for_each_init(|| tags.clone().enter(), |_scope, _| work("small item"));

    // A scope around the whole iterator would not work, because a scope belongs to one thread. And while a thread of the
    // pool waits for the iterator, rayon may run other work on it. Such work would have these tags, unless it enters a
    // scope of its own.
}
