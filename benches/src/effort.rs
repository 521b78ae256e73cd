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

    /// The number of times that each case is timed with more threads than there are cores.
    pub(crate) fn oversubscribed_rounds(self) -> usize {
        match self {
            Self::Quick => 5,
            Self::Full => 12,
        }
    }

    /// The numbers of threads of the timed groups.
    pub(crate) fn thread_counts(self) -> Vec<usize> {
        match self {
            Self::Quick => vec![1, 2],
            Self::Full => vec![1, 2, 4, 8, 16],
        }
    }

    /// The number of processes that measure one scrape.
    pub(crate) fn scrape_processes(self) -> usize {
        match self {
            Self::Quick => 2,
            Self::Full => 4,
        }
    }

    /// The number of times that each package is built.
    pub(crate) fn builds(self) -> usize {
        match self {
            Self::Quick => 1,
            Self::Full => 3,
        }
    }

    /// The number of processes that measure one peer's inserts.
    pub(crate) fn insert_processes(self) -> usize {
        self.scrape_processes() - 1
    }
}
