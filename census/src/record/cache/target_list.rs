//! Lists of targets that calls in flight own, and the pool of their buffers.

use crate::aggregate::Target;

/// How many buffers a pool holds at most.
const MAX_POOLED: usize = 32;

/// Empty lists, for the next calls.
#[derive(Default)]
pub(super) struct TargetPool {
    #[expect(clippy::vec_box, reason = "a call has a box, which makes it smaller")]
    lists: Vec<Box<TargetList>>,
}

/// The targets that a call was recorded to when it began.
#[derive(Debug, Default)]
pub(in crate::record) struct TargetList {
    targets: Vec<Target>,
}

impl TargetPool {
    pub(super) fn take(&mut self) -> Option<Box<TargetList>> {
        self.lists.pop()
    }

    /// Keeps an empty list, which may come from another thread's pool.
    pub(super) fn put(&mut self, list: Box<TargetList>) {
        debug_assert!(list.targets.is_empty());
        if self.lists.len() < MAX_POOLED {
            self.lists.push(list);
        }
    }
}

impl TargetList {
    pub(in crate::record) fn push(&mut self, target: &Target) {
        self.targets.push(target.clone());
    }

    /// Empties the list. (A target keeps its chunk alive, so the pool must not hold any.)
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Target> {
        self.targets.drain(..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_bounded() {
        let mut pool = TargetPool::default();
        assert!(pool.take().is_none());
        for _ in 0..=MAX_POOLED {
            pool.put(Box::default());
        }
        let pooled = std::iter::from_fn(|| pool.take());
        assert_eq!(pooled.count(), MAX_POOLED);
    }
}
