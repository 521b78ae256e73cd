//! How rows are removed while threads record to them: the protocol in ARCHITECTURE.md, "Who owns a word", with a table and a
//! cache as small as possible, and the library's words. Rows that were removed stay readable here, so that each measurement
//! is found in exactly one row.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{measure, sum_of, sums};
use crate::aggregate::{LiveView, RowLookup, Shard, Target};
use crate::declare::ValueBits;
use crate::id::{RowId, ThreadId};
use crate::sync::models::{check, thread};
use crate::sync::{AtomicBool, AtomicU64, RwLock};

/// A view whose rows can be removed.
struct View {
    live: Arc<LiveView>,
    version: AtomicU64,
    /// The rows that are there, by their keys. `live` keeps all rows, under keys that are never used again.
    rows: RwLock<BTreeMap<&'static str, RowId>>,
    next_key: AtomicU64,
}

impl View {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            live: sum_of(&measure()),
            version: AtomicU64::new(0),
            rows: RwLock::default(),
            next_key: AtomicU64::new(0),
        })
    }

    fn find_or_add(&self, key: &'static str) -> RowId {
        *self.rows.write().entry(key).or_insert_with(|| {
            let key = self.next_key.fetch_add(1, Ordering::Relaxed);
            match self.live.find_or_add(&key.to_string(), |_| false) {
                RowLookup::Row(row) => row,
                RowLookup::Overflow(_) => unreachable!("there is room for a row"),
            }
        })
    }

    /// Removes the row of a key. A measurement that begins after this has returned is in another row.
    fn remove(&self, key: &'static str) -> Option<RowId> {
        let removed = self.rows.write().remove(key);
        // Release: pairs with the Acquire in `Recorder::record`. After the row has left the table: a thread that finds
        // the new version does not find the row.
        self.version.fetch_add(1, Ordering::Release);
        removed
    }
}

/// A thread that records, with a cache of one row for each key.
struct Recorder {
    view: Arc<View>,
    shard: Shard,
    cached: BTreeMap<&'static str, (u64, Target)>,
}

impl Recorder {
    fn new(view: &Arc<View>) -> Self {
        Self {
            view: Arc::clone(view),
            shard: Shard::new(&view.live.rows, ThreadId::next()),
            cached: BTreeMap::new(),
        }
    }

    /// Records one measurement, and returns its row.
    fn record(&mut self, key: &'static str) -> RowId {
        // Acquire: pairs with the Release in `View::remove`.
        let version = self.view.version.load(Ordering::Acquire);
        if let Some((cached_for, target)) = self.cached.get(key)
            && *cached_for == version
        {
            target.record(ValueBits(1));
            return target.row();
        }
        let row = self.view.find_or_add(key);
        let target = self.shard.target(&self.view.live.rows, row);
        target.record(ValueBits(1));
        self.cached.insert(key, (version, target));
        row
    }
}

#[test]
fn every_measurement_is_in_one_row_and_those_after_a_removal_are_in_a_new_one() {
    check(3, || {
        let view = View::new();
        let removed = Arc::new(AtomicBool::new(false));
        let old = view.find_or_add("a");
        let recorder = thread::spawn({
            let (view, removed) = (Arc::clone(&view), Arc::clone(&removed));
            move || {
                let mut recorder = Recorder::new(&view);
                recorder.record("a");
                // Acquire: pairs with the Release below.
                let after = removed.load(Ordering::Acquire);
                let row = recorder.record("a");
                assert!(
                    !after || row != old,
                    "a measurement after the removal is in the old row"
                );
                recorder.record("b");
            }
        });
        let other = thread::spawn({
            let view = Arc::clone(&view);
            move || {
                Recorder::new(&view).record("b");
            }
        });
        assert_eq!(view.remove("a"), Some(old));
        removed.store(true, Ordering::Release);
        recorder.join().expect("it does not panic");
        other.join().expect("it does not panic");
        let sums = sums(&view.live);
        assert_eq!(
            sums.iter().sum::<i64>(),
            4,
            "each measurement is in one row: {sums:?}"
        );
        let rows = view.rows.read();
        let in_b = rows.get("b").and_then(|row| sums.get(row.position));
        assert_eq!(
            in_b,
            Some(&2),
            "the row of `b` has its measurements, and no other: {sums:?}"
        );
    });
}
