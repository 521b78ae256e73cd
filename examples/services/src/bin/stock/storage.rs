//! A small database: a table of items, and a pool of connections. It knows nothing of HTTP or of tenants.
//!
//! This could be a library: it declares measures, and no views.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use census::{Measure, Observation, Observed, measure, tags};
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{sleep, timeout};

/// Duration of a query, on a connection.
#[measure]
pub(crate) static QUERY_TIME: Measure<Duration>;

/// Rows that a query has read or written.
#[measure(unit = "{row}")]
pub(crate) static ROWS: Measure<u64>;

/// Queries that run. Each has a connection.
#[measure]
pub(crate) static RUNNING: Measure<i64>;

/// How long a caller waits for a connection.
#[measure]
pub(crate) static WAIT_TIME: Measure<Duration>;

/// Callers that wait for a connection.
#[measure]
pub(crate) static WAITING: Measure<i64>;

/// Connections of the pool.
#[measure]
pub(crate) static CONNECTIONS: Observed<u64>;

/// Rows of the table.
#[measure(unit = "{row}")]
pub(crate) static TABLE_ROWS: Observed<u64>;

/// A row of the table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Item {
    id: u32,
    count: u32,
}

/// The table, and its pool of connections.
#[derive(Debug)]
pub(crate) struct Storage {
    table: Mutex<BTreeMap<u32, Item>>,
    pool: Semaphore,
    connections: u32,
}

/// There was no connection within [`PATIENCE`].
#[derive(Debug)]
pub(crate) struct Exhausted;

/// Why items could not be taken.
#[derive(Debug)]
pub(crate) enum TakeError {
    NoSuchItem,
    TooFew,
}

/// How long a caller waits for a connection.
const PATIENCE: Duration = Duration::from_millis(250);

impl Storage {
    /// A table of 20 items. The last one is sold out.
    pub(crate) fn new(connections: u32) -> Arc<Self> {
        let items = (1..20).map(|id| Item {
            id,
            count: 1_000_000,
        });
        let items = items.chain([Item { id: 20, count: 0 }]);
        Arc::new(Self {
            table: Mutex::new(items.map(|item| (item.id, item)).collect()),
            pool: Semaphore::new(connections as usize),
            connections,
        })
    }

    /// Reads the sizes of this storage at each scrape, until the observation is dropped.
    pub(crate) fn observe(self: &Arc<Self>) -> Observation {
        let storage = Arc::clone(self);
        census::observe([&CONNECTIONS, &TABLE_ROWS], move |seen| {
            seen.record(&CONNECTIONS, storage.connections.into(), tags!());
            seen.record(&TABLE_ROWS, storage.table().len() as u64, tags!());
        })
    }

    /// Waits for a connection. It goes back to the pool when it is dropped.
    #[measure(WAIT_TIME, in_flight = WAITING)]
    pub(crate) async fn connect(&self) -> Result<Connection<'_>, Exhausted> {
        match timeout(PATIENCE, self.pool.acquire()).await {
            Ok(Ok(permit)) => Ok(Connection {
                storage: self,
                _permit: permit,
            }),
            _ => Err(Exhausted),
        }
    }

    fn table(&self) -> MutexGuard<'_, BTreeMap<u32, Item>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection of the pool.
#[derive(Debug)]
pub(crate) struct Connection<'a> {
    storage: &'a Storage,
    _permit: SemaphorePermit<'a>,
}

// Each query records its duration, whether it has succeeded, and its rows. The measurements have the tags that are current
// where the query is awaited.
#[measure(QUERY_TIME, in_flight = RUNNING)]
impl Connection<'_> {
    /// All items.
    #[measure(name = "items", ROWS = |items| items.len() as u64)]
    pub(crate) async fn items(self) -> Vec<Item> {
        disk(20).await;
        self.storage.table().values().cloned().collect()
    }

    /// One item.
    #[measure(name = "item", ROWS = |item| item.iter().len() as u64)]
    pub(crate) async fn item(self, id: u32) -> Option<Item> {
        disk(1).await;
        self.storage.table().get(&id).cloned()
    }

    /// Takes some of an item, and returns the item as it is then.
    #[measure(name = "take", ROWS = |taken| taken.iter().len() as u64)]
    pub(crate) async fn take(self, id: u32, count: u32) -> Result<Item, TakeError> {
        disk(2).await;
        let mut table = self.storage.table();
        let item = table.get_mut(&id).ok_or(TakeError::NoSuchItem)?;
        item.count = item.count.checked_sub(count).ok_or(TakeError::TooFew)?;
        Ok(item.clone())
    }
}

/// Stands for a wait for the disk. Afterwards the task may continue on another thread, with the same tags.
async fn disk(rows: u32) {
    sleep(Duration::from_millis(1) * rows).await;
}
