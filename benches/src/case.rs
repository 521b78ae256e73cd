//! A case: one peer's work in a group.

use std::collections::HashMap;
use std::hint::black_box;

use crate::names::{FLOOR, NOTHING_SHARED};
use crate::work::{Method, PICKS, Status, TABLE};

/// The work of a group, done by one peer.
pub(crate) struct Case {
    /// The peer, and how it is used if a group has several cases of one peer.
    pub(crate) name: &'static str,
    prepare: Box<dyn Fn() + Send + Sync>,
    run: Box<dyn Fn(Batch) + Send + Sync>,
}

impl Case {
    /// `run` does the batch's operations with [`Batch::each`]. Any thread may call it.
    pub(crate) fn new(name: &'static str, run: impl Fn(Batch) + Send + Sync + 'static) -> Self {
        Self {
            name,
            prepare: Box::new(|| ()),
            run: Box::new(run),
        }
    }

    /// Calls `prepare` before each batch. Its time is not part of the batch.
    pub(crate) fn prepared(self, prepare: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            prepare: Box::new(prepare),
            ..self
        }
    }

    pub(crate) fn prepare(&self) {
        (self.prepare)();
    }

    /// The cost of the harness: the same loop. `look` computes the labels and values, and nothing is recorded.
    pub(crate) fn floor<T>(look: impl Fn(usize) -> T + Send + Sync + 'static) -> Self {
        Self::new(FLOOR, move |batch| {
            batch.each(|pick| {
                black_box(look(pick));
            });
        })
    }

    /// The work of threads that share nothing: each has a map of its own, and plain additions. With two threads it
    /// shows what the machine can give, because two processors may share a core, a clock or a host.
    pub(crate) fn nothing_shared() -> Self {
        Self::new(NOTHING_SHARED, |batch| {
            let mut map = HashMap::<_, u64>::new();
            batch.each(|pick| {
                *map.entry((Method::of(pick), Status::of(pick))).or_default() += 1;
            });
            black_box(map);
        })
    }

    pub(crate) fn run(&self, batch: Batch) {
        (self.run)(batch);
    }
}

/// A number of operations, with picks from `start` on in the table.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    /// An index into [`TABLE`]. It wraps around at the table's end.
    pub(crate) start: usize,
    pub(crate) operations: usize,
}

impl Batch {
    /// Calls `operation` with one pick after the other. The compiler cannot know the pick.
    #[inline]
    pub(crate) fn each(self, mut operation: impl FnMut(usize)) {
        let (mut start, mut remaining) = (self.start % PICKS, self.operations);
        while remaining > 0 {
            let end = PICKS.min(start + remaining);
            for &pick in &TABLE[start..end] {
                operation(black_box(pick as usize));
            }
            remaining -= end - start;
            start = 0;
        }
    }
}
