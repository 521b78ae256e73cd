//! The rows in which beginnings were counted.

use super::hot_table::Place;
use crate::aggregate::{Target, TargetName};

/// How many buffers a pool holds at most.
const MAX_POOLED: usize = 32;

/// The rows in which a value was counted that is subtracted later.
#[derive(Debug)]
pub(in crate::record) enum Beginning {
    /// There are none.
    NotCounted,
    /// One row, whose words this thread had at this place of its hot table.
    Row(Place, TargetName),
    /// Any rows.
    Rows(Box<CountedRows>),
}

/// Any number of rows.
#[derive(Debug, Default)]
pub(in crate::record) struct CountedRows(Vec<TargetName>);

impl CountedRows {
    pub(in crate::record) fn push(&mut self, target: &Target) {
        self.0.push(target.name());
    }

    /// Empties the list, whose buffer is used again.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = TargetName> {
        self.0.drain(..)
    }
}

/// Empty lists, for the next beginnings on a thread.
#[derive(Default)]
pub(super) struct RowsPool {
    #[expect(
        clippy::vec_box,
        reason = "a beginning has a box, which makes it smaller"
    )]
    lists: Vec<Box<CountedRows>>,
}

impl RowsPool {
    /// An empty list, if there is one.
    pub(super) fn take(&mut self) -> Option<Box<CountedRows>> {
        self.lists.pop()
    }

    /// Keeps an empty list, which may come from another thread's pool.
    pub(super) fn put(&mut self, list: Box<CountedRows>) {
        debug_assert!(list.0.is_empty());
        if self.lists.len() < MAX_POOLED {
            self.lists.push(list);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_bounded() {
        let mut pool = RowsPool::default();
        for _ in 0..=MAX_POOLED {
            pool.put(Box::default());
        }
        assert_eq!(pool.lists.len(), MAX_POOLED);
    }
}
