//! How thoroughly a run measures.

/// How thoroughly to measure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    Quick,
    Full,
}

impl Effort {
    /// The number of times that each case is timed.
    pub(crate) fn rounds(self) -> usize {
        match self {
            Self::Quick => 20,
            Self::Full => 100,
        }
    }

    /// The number of processes that measure one scrape.
    pub(crate) fn scrape_processes(self) -> usize {
        match self {
            Self::Quick => 2,
            Self::Full => 4,
        }
    }

    /// The number of processes that measure one peer's inserts.
    pub(crate) fn insert_processes(self) -> usize {
        self.scrape_processes() - 1
    }
}
