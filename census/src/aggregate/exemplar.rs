//! Exemplars: for each bucket the newest measurement that carried one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::Exemplar;
use crate::declare::{ValueBits, ValueKind, name};
use crate::id::RowId;
use crate::sync::{AtomicBool, ConstAtomicU64, Mutex, RwLock};
use crate::tags::{TagValueRef, row_key};

/// OpenMetrics 1.0.0, "Exemplars": the label names and values together have at most 128 characters.
const MAX_CHARS: usize = 128;

/// Exemplars dropped because another thread was writing the bucket's, or a scrape was reading it.
pub(crate) static DROPPED_BUSY: ConstAtomicU64 = ConstAtomicU64::new(0);
/// Exemplars dropped because they had more than 128 characters.
pub(crate) static DROPPED_TOO_LONG: ConstAtomicU64 = ConstAtomicU64::new(0);
/// Exemplars dropped because of a label without a name, one that begins with `__` (which Prometheus keeps for itself),
/// or a NUL in a value (on which its parser gives up the whole scrape).
pub(crate) static DROPPED_INVALID: ConstAtomicU64 = ConstAtomicU64::new(0);
/// Exemplars dropped because the program's source of exemplars panicked.
pub(crate) static DROPPED_PANICKED: ConstAtomicU64 = ConstAtomicU64::new(0);

/// The exemplar labels of a measurement; at least one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExemplarLabels<'a> {
    labels: &'a [(&'a str, TagValueRef<'a>)],
}

impl<'a> ExemplarLabels<'a> {
    /// The labels that have a value; `None` if none has, or if they cannot be exported.
    pub(crate) fn new(labels: &'a [(&'a str, TagValueRef<'a>)]) -> Option<Self> {
        let this = Self { labels };
        this.iter().next()?;
        let is_valid = |(name, value): (Cow<'_, str>, &str)| {
            !name.is_empty() && !name.starts_with("__") && !value.contains('\0')
        };
        let chars: usize = this
            .iter()
            .map(|(name, value)| name.len() + value.chars().count())
            .sum();
        let dropped = if !this.iter().all(is_valid) {
            &DROPPED_INVALID
        } else if chars > MAX_CHARS {
            &DROPPED_TOO_LONG
        } else {
            return Some(this);
        };
        dropped.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// The labels as they are exported: with legal names, each once.
    fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
        self.labels
            .iter()
            .enumerate()
            .filter_map(|(index, (name, value))| {
                let name = name::sanitize(name);
                let mut later = self.labels.iter().skip(index + 1);
                // Of two labels whose names become equal, the later one stays.
                let is_repeated = later
                    .any(|(other, value)| value.get().is_some() && name::sanitize(other) == name);
                (!is_repeated).then_some((name, value.get()?))
            })
    }
}

/// The exemplars of a view, by the positions of rows. Most rows never have one.
#[derive(Debug, Default)]
pub(super) struct Exemplars {
    rows: RwLock<HashMap<usize, OfRow>>,
    /// Whether any row has one, so that a scrape of a view without exemplars takes no lock.
    any: AtomicBool,
}

/// The exemplars of a row. They stay when a measurement is late and its row was removed, until a later row at the same
/// position has one.
#[derive(Debug)]
struct OfRow {
    generation: u32,
    cells: Arc<[ExemplarCell]>,
}

impl Exemplars {
    /// Replaces the exemplar of a row's bucket. If another thread is writing or reading that exemplar, this one is
    /// dropped and counted.
    pub(super) fn set(
        &self,
        row: RowId,
        buckets: usize,
        bucket: usize,
        bits: ValueBits,
        labels: &ExemplarLabels<'_>,
    ) {
        let cells = self.cells(row).unwrap_or_else(|| {
            self.any.store(true, Ordering::Relaxed);
            self.add_cells(row, buckets)
        });
        if let Some(cell) = cells.get(bucket) {
            cell.set(bits, labels);
        }
    }

    /// Whether any row has one.
    pub(super) fn has_any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// The exemplars of a row's buckets; empty if the row has none.
    pub(super) fn of(&self, row: RowId, kind: ValueKind) -> Vec<Option<Exemplar>> {
        let cells = self.cells(row);
        let cells = cells.iter().flat_map(|cells| cells.iter());
        cells.map(|cell| cell.get(kind)).collect()
    }

    /// Drops the exemplars of a row that was removed.
    pub(super) fn remove(&self, row: RowId) {
        if self.any.load(Ordering::Relaxed) {
            let mut rows = self.rows.write();
            let is_of_row = |it: &OfRow| it.generation <= row.generation;
            if rows.get(&row.position).is_some_and(is_of_row) {
                rows.remove(&row.position);
            }
        }
    }

    fn cells(&self, row: RowId) -> Option<Arc<[ExemplarCell]>> {
        let rows = self.rows.read();
        let of_row = rows.get(&row.position)?;
        (of_row.generation == row.generation).then(|| Arc::clone(&of_row.cells))
    }

    /// The cells of a row, which has none yet.
    fn add_cells(&self, row: RowId, buckets: usize) -> Arc<[ExemplarCell]> {
        let new = || OfRow {
            generation: row.generation,
            cells: (0..buckets).map(|_| ExemplarCell::default()).collect(),
        };
        let mut rows = self.rows.write();
        let of_row = rows.entry(row.position).or_insert_with(new);
        if of_row.generation < row.generation {
            *of_row = new();
        }
        if of_row.generation > row.generation {
            // The row is gone, and so is this exemplar.
            return new().cells;
        }
        Arc::clone(&of_row.cells)
    }
}

/// The exemplar of one bucket. Its buffer is reused.
#[derive(Debug, Default)]
struct ExemplarCell(Mutex<Option<Stored>>);

#[derive(Debug)]
struct Stored {
    /// Names and values in turn, in the format of row keys.
    labels: String,
    bits: ValueBits,
    time: SystemTime,
}

impl ExemplarCell {
    fn set(&self, bits: ValueBits, labels: &ExemplarLabels<'_>) {
        let Some(mut cell) = self.0.try_lock() else {
            DROPPED_BUSY.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let stored = cell.get_or_insert_with(|| Stored {
            labels: String::new(),
            bits,
            time: SystemTime::UNIX_EPOCH,
        });
        stored.labels.clear();
        for (name, value) in labels.iter() {
            row_key::push(&mut stored.labels, &name);
            row_key::push(&mut stored.labels, value);
        }
        stored.bits = bits;
        stored.time = SystemTime::now();
    }

    fn get(&self, kind: ValueKind) -> Option<Exemplar> {
        let cell = self.0.lock();
        let stored = cell.as_ref()?;
        let mut labels = Vec::new();
        let mut texts = row_key::values(&stored.labels);
        while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
            labels.push((name.to_owned(), value.to_owned()));
        }
        Some(Exemplar {
            labels,
            value: kind.number(stored.bits),
            time: stored.time,
        })
    }
}
