//! How the rows of a view are written and read.

use super::exemplar::Exemplars;
use super::layout::Layout;
use crate::declare::{AggregationKind, Bounds, ValueKind};
use crate::id::{ChunkId, ViewId};
use crate::sync::AtomicBool;

/// The part of a view that its chunks need.
#[derive(Debug)]
pub(crate) struct RowFormat {
    pub(super) view: ViewId,
    pub(super) kind: AggregationKind,
    pub(super) value_kind: ValueKind,
    /// The bounds of the buckets; none for an aggregation without buckets.
    pub(super) bounds: Bounds,
    /// How many words a row has.
    pub(super) words: usize,
    /// Which rows lie in which chunk.
    pub(super) layout: Layout,
    pub(super) exemplars: Exemplars,
    /// Whether a float below zero was added to a sum, so that the sum may fall.
    pub(super) has_negative_float: AtomicBool,
}

impl RowFormat {
    /// The format of rows of so many words each.
    pub(super) fn new(
        view: ViewId,
        kind: AggregationKind,
        value_kind: ValueKind,
        bounds: Bounds,
        words: usize,
    ) -> Self {
        Self {
            view,
            kind,
            value_kind,
            bounds,
            words,
            layout: Layout::new(words),
            exemplars: Exemplars::default(),
            has_negative_float: AtomicBool::new(false),
        }
    }

    /// How many words a chunk has.
    pub(super) fn words_of_chunk(&self, chunk: ChunkId) -> usize {
        self.layout.rows_of(chunk).len() * self.words
    }
}
