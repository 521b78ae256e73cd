//! The targets of a cache's entry.

use crate::aggregate::Target;
use crate::declare::ValueBits;

/// The targets of an entry: one for each view, or none.
#[derive(Default)]
pub(super) struct EntryTargets {
    first: Option<Target>,
    rest: Box<[Target]>,
}

impl EntryTargets {
    /// These targets, of which there must be one at least.
    pub(super) fn new(targets: &[Target]) -> Option<Self> {
        let (first, rest) = targets.split_first()?;
        Some(Self {
            first: Some(first.clone()),
            rest: rest.into(),
        })
    }

    /// Records a value to all targets.
    #[inline]
    pub(super) fn record(&self, bits: ValueBits) {
        for target in self.iter() {
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

    pub(super) fn iter(&self) -> impl Iterator<Item = &Target> + Clone {
        self.first.iter().chain(&self.rest)
    }

    /// The target, if there is no other.
    #[inline]
    pub(super) fn only_target(&self) -> Option<&Target> {
        self.first.as_ref().filter(|_| self.rest.is_empty())
    }
}
