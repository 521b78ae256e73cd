//! A view's rows: tag values -> cell. Bounded.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use foldhash::fast::RandomState;

use super::Cell;

/// A row: its tag values, in the order of the columns (see [`packed`](crate::tags::packed)), and its data.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: Box<str>,
    pub(crate) cell: Cell,
}

/// The rows of a view.
#[derive(Debug)]
pub(crate) struct Rows {
    table: RwLock<Table>,
    /// Where measurements go that would need a row too many. Made by the first of them.
    overflow: OnceLock<Arc<Row>>,
    overflowed: AtomicU64,
}

#[derive(Debug, Default)]
struct Table {
    by_key: HashSet<ByKey, RandomState>,
    /// The same rows, in the order of their appearance: what a scrape shows.
    in_order: Vec<Arc<Row>>,
    /// How many of them count towards the bound.
    counted: usize,
}

/// A row that is found by its key.
#[derive(Debug)]
struct ByKey(Arc<Row>);

impl Borrow<str> for ByKey {
    fn borrow(&self) -> &str {
        &self.0.key
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for ByKey {}

impl Hash for ByKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key.hash(state);
    }
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            table: RwLock::default(),
            overflow: OnceLock::new(),
            overflowed: AtomicU64::new(0),
        }
    }

    /// A row that is there from the start, and does not count towards the bound.
    pub(super) fn add_known(&mut self, key: &str, cell: Cell) {
        self.table
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .add(key, cell);
    }

    /// Finds the row of a key, or makes it; `None` if that would be a row too many.
    pub(super) fn find(
        &self,
        key: &str,
        max: usize,
        cell: impl FnOnce() -> Cell,
    ) -> Option<Arc<Row>> {
        {
            let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(row) = table.by_key.get(key) {
                return Some(Arc::clone(&row.0));
            }
            if table.counted >= max {
                return None;
            }
        }
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been here in between.
        if let Some(row) = table.by_key.get(key) {
            return Some(Arc::clone(&row.0));
        }
        if table.counted >= max {
            return None;
        }
        table.counted += 1;
        Some(table.add(key, cell()))
    }

    /// The row of what is too much, beyond the bound. Each call counts as a measurement. A row of that key which was
    /// there before serves: two would be one series twice.
    pub(super) fn overflow(
        &self,
        key: impl FnOnce() -> String,
        cell: impl FnOnce() -> Cell,
    ) -> Arc<Row> {
        self.overflowed.fetch_add(1, Ordering::Relaxed);
        let row = self.overflow.get_or_init(|| {
            let key = key();
            let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
            match table.by_key.get(key.as_str()) {
                Some(row) => Arc::clone(&row.0),
                None => table.add(&key, cell()),
            }
        });
        Arc::clone(row)
    }

    /// How many measurements went to the overflow row.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// Whether there are none yet.
    #[cfg(feature = "prometheus")]
    pub(crate) fn is_empty(&self) -> bool {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.in_order.is_empty()
    }

    /// The rows, in the order of their appearance. The table is locked only while they are listed, not while they are
    /// read.
    pub(crate) fn list(&self) -> Vec<Arc<Row>> {
        self.table
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .in_order
            .clone()
    }
}

impl Table {
    fn add(&mut self, key: &str, cell: Cell) -> Arc<Row> {
        let row = Arc::new(Row {
            key: Box::from(key),
            cell,
        });
        self.by_key.insert(ByKey(Arc::clone(&row)));
        self.in_order.push(Arc::clone(&row));
        row
    }
}
