//! How often a row was written, and how many guards of it are open: by this a view knows which rows are idle.
//!
//! Most aggregations tell by their own words how often a row was written ([`Aggregate::writes`]). The others, and rows whose
//! values can be taken back, have one word more, in views with `idle` only. It is the sum of
//! - [`WRITE`] for each measurement, if the aggregation does not tell;
//! - [`WRITE`] and one for each beginning;
//! - [`WRITE`] less one for each end.
//!
//! So its lower half is the number of open guards, if there are fewer than 2^32, and its upper half the number of writes,
//! modulo 2^32. Like any sum, it is spread over the words of several threads, and it is read as any sum is: a scrape that
//! reads an end reads the beginning (`record/cache/begin_end.rs`).
//!
//! [`Aggregate::writes`]: super::aggregation::Aggregate::writes

use super::aggregation;
use super::row_format::{Recorder, RowFormat};
use super::write::{self, Shared, Writer};
use crate::declare::ValueBits;
use crate::sync::AtomicU64;

const WRITE: u64 = 1 << 32;

/// What is known of a row's activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Activity {
    /// The sum of the last words.
    word: u64,
    /// How often the row was written, by the words of the aggregation: see `Aggregate::writes`.
    writes: u64,
}

impl Activity {
    /// Adds that of some words of the row.
    pub(super) fn add(&mut self, format: &RowFormat, words: &[AtomicU64]) {
        if let Some(word) = activity_word(format, words) {
            self.word = self.word.wrapping_add(write::load(word));
        }
        if aggregation::tells_writes(format.kind) {
            let writes = aggregation::writes(format, format.own(words));
            self.writes = self.writes.wrapping_add(writes);
        }
    }

    /// Whether there are open guards of the row.
    pub(super) const fn has_open_guards(self) -> bool {
        !self.word.is_multiple_of(WRITE)
    }

    /// Replaces what was known of a row by what is known now. Returns whether the row was written between the two.
    pub(super) fn update(&mut self, format: &RowFormat, now: Self) -> bool {
        // Words of all threads tell only whether they were written.
        let was_written = if aggregation::is_per_thread(format.kind) {
            now.writes != self.writes
        } else {
            now.writes != 0
        };
        let was_written = was_written || now.word != self.word;
        *self = now;
        was_written
    }
}

fn activity_word<'w>(format: &RowFormat, words: &'w [AtomicU64]) -> Option<&'w AtomicU64> {
    format.has_activity_word.then(|| words.last()).flatten()
}

/// Adds the activity of the words `from` to that of the shared words `into` of the same row.
pub(super) fn fold(format: &RowFormat, from: &[AtomicU64], into: &[AtomicU64]) {
    let words = activity_word(format, from).zip(activity_word(format, into));
    if let Some((from, into)) = words {
        Shared::add(into, write::load(from));
    }
}

/// The functions that write the words of a chunk's rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recorders {
    /// For a measurement.
    pub(super) record: Recorder,
    /// For one that is taken back later.
    pub(super) begin: Recorder,
    /// For one that takes back another.
    pub(super) end: Recorder,
}

/// The functions for the words of a thread, or of all threads.
pub(super) fn recorders<W: Writer>(format: &RowFormat) -> Recorders {
    if !format.has_activity_word {
        let record = own_recorder::<W>(format);
        return Recorders {
            record,
            begin: record,
            end: record,
        };
    }
    Recorders {
        record: if aggregation::tells_writes(format.kind) {
            record_only::<W>
        } else {
            record::<W>
        },
        begin: begin::<W>,
        end: end::<W>,
    }
}

/// The function that records to the words of the aggregation.
fn own_recorder<W: Writer>(format: &RowFormat) -> Recorder {
    if W::EXCLUSIVE {
        format.record_exclusive
    } else {
        format.record_shared
    }
}

fn record_only<W: Writer>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
    own_recorder::<W>(format)(format, format.own(words), bits);
}

fn record<W: Writer>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
    write::<W>(format, words, bits, WRITE);
}

fn begin<W: Writer>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
    write::<W>(format, words, bits, WRITE + 1);
}

fn end<W: Writer>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits) {
    write::<W>(format, words, bits, WRITE - 1);
}

fn write<W: Writer>(format: &RowFormat, words: &[AtomicU64], bits: ValueBits, activity: u64) {
    record_only::<W>(format, words, bits);
    if let Some(word) = words.last() {
        W::add(word, activity);
    }
}
