//! Identifiers, each a type of its own, so that the compiler rejects one in the place of another.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A registration of a view. No other registration has the same identifier, not even a later one of the same view.
/// Later registrations have greater identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ViewId(pub(crate) u64);

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
pub(crate) struct ThreadId(pub(crate) u64);

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

/// A row of a view. No other row of the view has the same identifier, not even one that was added after this one was
/// removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowId {
    /// Where the row is. Positions are numbered from 0, and are used again.
    pub(crate) position: usize,
    /// That of the row's chunk.
    pub(crate) generation: u32,
}

impl RowId {
    /// The row that is the first one at this position.
    #[cfg(test)]
    pub(crate) const fn first_at(position: usize) -> Self {
        Self {
            position,
            generation: 0,
        }
    }
}

/// A group of successive rows of a view, whose words lie in one allocation for each thread. No other group of the view has
/// the same identifier, not even one whose rows were added after all rows of this one were removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChunkId {
    /// Where the rows are: see [`Layout`](crate::aggregate::Layout). Places are numbered from 0, and are used again.
    pub(crate) place: u32,
    /// How many chunks were at this place before.
    pub(crate) generation: u32,
}

/// A [`BoundMeasure`](crate::BoundMeasure). No other bound measure has the same identifier. The numbers are as far apart as
/// addresses of texts, in whose place they are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoundId(pub(crate) usize);

impl BoundId {
    /// The size of a `&str` on most machines.
    pub(crate) const STEP: usize = 16;

    /// The identifier of all bound measures that are made when there are no more numbers: on a machine of 32 bits, after 2^28 of
    /// them. Nothing is cached for it.
    pub(crate) const EXHAUSTED: Self = Self(usize::MAX);

    /// An identifier that was never returned before, or [`EXHAUSTED`](Self::EXHAUSTED).
    pub(crate) fn next() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        // Relaxed: no other memory is published by the identifier.
        let order = Ordering::Relaxed;
        let next = NEXT.fetch_update(order, order, |next| next.checked_add(Self::STEP));
        next.map_or(Self::EXHAUSTED, Self)
    }
}
