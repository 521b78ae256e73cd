//! How a thread writes its own words of a row, by references that can be copied.

use std::sync::{Mutex, PoisonError};

use super::write::{Exclusive, Writer as _};
use crate::declare::{AggregationKind, Bounds, ValueBits, ValueKind};
use crate::sync::AtomicU64;

/// Writes the words of one thread for the rows of views with the same aggregation, type of values and bounds. It lives until
/// the program ends.
#[derive(Debug)]
pub(crate) struct RowWriter {
    rules: WriteRules,
    bounds: Bounds,
    kind: AggregationKind,
    value_kind: ValueKind,
}

/// How an aggregation writes words of one thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct WriteRules {
    pub(super) write: Write,
    /// Whether `write` may return `false`. All functions that may do so refuse the same values.
    pub(super) may_refuse: bool,
    /// Whether a measurement only adds one to the first word.
    pub(super) only_counts: bool,
}

/// Adds a measurement to words of one thread, for views with these bounds. Returns whether it was added; otherwise nothing has
/// changed, and [`Target::record`](super::Target::record) must do it.
pub(super) type Write = fn(&Bounds, &[AtomicU64], ValueBits) -> bool;

/// The words of one thread for a row. They may be used as long as the thread has the chunk that they belong to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnRow {
    pub(super) words: &'static [AtomicU64],
    pub(super) writer: &'static RowWriter,
}

/// How many writers there are at most. Views beyond are written in the slower way.
const MAX_WRITERS: usize = 1_000;

impl RowWriter {
    /// The writer for rows of this aggregation, which has these rules; `None` if there are too many.
    pub(super) fn find_or_add(
        kind: AggregationKind,
        value_kind: ValueKind,
        bounds: &Bounds,
        rules: WriteRules,
    ) -> Option<&'static Self> {
        // Not a lock of models: it lives longer than one run of a model.
        static WRITERS: Mutex<Vec<&'static RowWriter>> = Mutex::new(Vec::new());
        let mut writers = WRITERS.lock().unwrap_or_else(PoisonError::into_inner);
        let found = writers
            .iter()
            .find(|it| it.kind == kind && it.value_kind == value_kind && it.bounds == *bounds);
        if let Some(found) = found {
            return Some(found);
        }
        if writers.len() >= MAX_WRITERS {
            return None;
        }
        let writer: &'static Self = Box::leak(Box::new(Self {
            rules,
            bounds: bounds.clone(),
            kind,
            value_kind,
        }));
        writers.push(writer);
        Some(writer)
    }
}

impl OwnRow {
    /// Adds a measurement. Returns whether it was added; otherwise, nothing has changed.
    #[inline]
    pub(crate) fn record(self, bits: ValueBits) -> bool {
        (self.writer.rules.write)(&self.writer.bounds, self.words, bits)
    }

    /// Adds one to the word of a [`counter`](Self::counter).
    #[inline]
    pub(crate) fn count(counter: &AtomicU64) {
        Exclusive::add(counter, 1);
    }

    /// Whether [`record`](Self::record) may return `false`.
    pub(crate) fn may_refuse(self) -> bool {
        self.writer.rules.may_refuse
    }

    /// The word to which a measurement only adds one, if all measurements do.
    pub(crate) fn counter(self) -> Option<&'static AtomicU64> {
        let counter = self.words.first();
        counter.filter(|_| self.writer.rules.only_counts)
    }
}
