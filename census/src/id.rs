//! Identifiers, each a type of its own, so that the compiler rejects one in the place of another.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A registration of a view. No other registration has the same identifier, not even a later one of the same view.
/// Later registrations have greater identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ViewId(u64);

impl ViewId {
    /// An identifier that was never returned before.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // Relaxed: no other memory is published by the identifier.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// An observation of measures. No other one has the same identifier. Later ones have greater identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObservationId(pub(crate) u64);

/// A thread that records. No other thread has the same identifier, not even one that starts after this one has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ThreadId(u64);

impl ThreadId {
    /// No thread.
    pub(crate) const NONE: Self = Self(0);

    /// An identifier that was never returned before.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Relaxed: no other memory is published by the identifier.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A row of a view: rows are numbered from 0, in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowId(pub(crate) usize);

/// A group of successive rows of a view, whose words lie in one allocation for each thread: numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChunkId(pub(crate) u32);

impl ChunkId {
    /// The number, as an index.
    #[inline]
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A [`BoundMeasure`](crate::BoundMeasure). No other bound measure has the same identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoundId(pub(crate) usize);

impl BoundId {
    /// An identifier that was never returned before.
    pub(crate) fn next() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        // Relaxed: no other memory is published by the identifier.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
