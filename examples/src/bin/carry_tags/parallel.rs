//! Parallel iterators: rayon's threads have no tags either, so each piece of work enters a scope.

use census::TagMap;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use crate::work;

pub(crate) fn run() {
    let tags = TagMap::current();
    (0..100)
        .into_par_iter()
        .for_each(|_| tags.clone().scope(|| work("parallel item")));

    // Many small items: one scope for all those of a run that one thread does in a row.
    (0..1_000)
        .into_par_iter()
        .for_each_init(|| tags.clone().enter(), |_scope, _| work("small item"));

    // A scope around all of it does not do: it is of one thread. And while that waits, it may do any other work of its
    // pool, which, unless it enters a scope of its own, has these tags.
}
