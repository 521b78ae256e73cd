//! The problems of a catalogue.

use std::fmt;

use crate::declare::Origin;

/// Why a declaration was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Another declaration has this name, or exports samples of this name.
    Conflict,
    /// A name that is not 1 to 255 bytes of printable ASCII.
    InvalidName,
    /// A tag key with an invalid set of values.
    InvalidTagKey,
    /// A measure with an invalid unit.
    InvalidMeasure,
    /// An exporter with an invalid const label.
    InvalidExporter,
    /// A view that cannot be exported: its columns, its bounds, or the measure it is over.
    InvalidView,
}

/// A declaration that was rejected, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Problem {
    pub(crate) kind: ProblemKind,
    pub(crate) message: String,
    pub(crate) rejected_at: Origin,
    pub(crate) kept_at: Option<Origin>,
}

impl Problem {
    /// The kind of problem.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// What is wrong, in one line, without the places.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where the rejected declaration is.
    #[must_use]
    pub fn rejected_at(&self) -> Origin {
        self.rejected_at
    }

    /// Where the declaration is that it clashes with, and that is kept; `None` if the rejected one is wrong by itself.
    #[must_use]
    pub fn kept_at(&self) -> Option<Origin> {
        self.kept_at
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n    rejected: {}", self.message, self.rejected_at)?;
        match self.kept_at {
            Some(kept_at) => write!(f, "\n    kept:     {kept_at}"),
            None => Ok(()),
        }
    }
}

/// Every problem of the catalogue, at once.
///
/// `Debug` prints the same as `Display`, so that the error is readable when `main` returns it.
#[derive(Clone, PartialEq, Eq)]
pub struct CatalogueError {
    pub(crate) problems: Vec<Problem>,
}

impl CatalogueError {
    /// The problems: of measures, tag keys and views, each in the order of their declarations (by crate, file and
    /// line), then of the exporter.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for CatalogueError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => f.write_str("a problem in the catalogue of measures and views:")?,
            count => write!(
                f,
                "{count} problems in the catalogue of measures and views:"
            )?,
        }
        self.problems
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl fmt::Debug for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for CatalogueError {}
