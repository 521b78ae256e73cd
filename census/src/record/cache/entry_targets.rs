//! The targets of a cache's entry.

use crate::aggregate::Target;
use crate::declare::ValueBits;

/// The targets of an entry: one for each view, or none.
#[derive(Default)]
pub(super) struct EntryTargets {
    first: Option<Target>,
    rest: Box<[Target]>,
    /// The [`counter`](Target::counter) of the first target, if there is no other target. Otherwise, an index that is
    /// out of range, so that one bounds check tells the two cases apart.
    counter: usize,
}

/// The targets of an entry that a measurement must still be recorded to.
pub(super) enum Remaining {
    Nothing,
    First,
    All,
}

impl EntryTargets {
    /// These targets, of which there must be one at least.
    pub(super) fn new(targets: &[Target]) -> Option<Self> {
        let (first, rest) = targets.split_first()?;
        let counter = first.counter().filter(|_| rest.is_empty());
        Some(Self {
            first: Some(first.clone()),
            rest: rest.into(),
            counter: counter.unwrap_or(usize::MAX),
        })
    }

    /// Records a measurement if the only target is a [counter](Target::counter).
    #[inline]
    pub(super) fn count(&self) -> Remaining {
        match &self.first {
            Some(first) if first.count(self.counter) => Remaining::Nothing,
            _ if self.rest.is_empty() => Remaining::First,
            _ => Remaining::All,
        }
    }

    /// Records a value to the first target.
    #[inline]
    pub(super) fn record_first(&self, bits: ValueBits) {
        if let Some(first) = &self.first {
            first.record(bits);
        }
    }

    /// Records a value to all targets.
    #[inline]
    pub(super) fn record(&self, bits: ValueBits) {
        self.record_first(bits);
        for target in &self.rest {
            target.record(bits);
        }
    }

    /// Records a value that is taken back later to all targets.
    #[inline]
    pub(super) fn begin(&self, bits: ValueBits) {
        if let Some(first) = &self.first {
            first.begin(bits);
        }
        for target in &self.rest {
            target.begin(bits);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Target> {
        self.first.iter().chain(&self.rest)
    }

    /// The target, if there is no other.
    #[inline]
    pub(super) fn only_target(&self) -> Option<&Target> {
        self.first.as_ref().filter(|_| self.rest.is_empty())
    }
}
