//! What the linter finds.

use std::fmt;

use crate::declare::{MeasureDescriptor, Origin, ViewSpec};

/// What [`lint`](super::lint) finds in a view: what is wrong, and what to write instead.
///
/// `Display` has both in one line, and the places in a second one. `Debug` prints the same, so that a failed assertion is
/// readable.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    kind: FindingKind,
    view: String,
    problem: String,
    instead: String,
    origin: Origin,
    measure_origin: Option<Origin>,
}

/// The kind of a [`Finding`]: the rule that a view does not keep.
///
/// The rules of names are about the name of the family that an exporter without a namespace makes of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// A view exports an empty HELP: neither the view nor its measure has a description.
    NoDescription,
    /// A name is in camelCase: a lower-case letter stands before an upper-case one.
    CamelCaseName,
    /// A gauge or a histogram has a name that ends with `_total`, as those of counters do.
    TotalSuffix,
    /// A gauge has a name that ends with `_bucket`, `_sum` or `_count`, as those of the samples of histograms do.
    HistogramSuffix,
    /// A histogram has a name that ends with `_timestamp_seconds`, as those of gauges that show a point in time do.
    TimestampSuffix,
    /// A name has the word for a type in it after a `_`: `counter`, `gauge`, `histogram` or `summary`.
    TypeInName,
    /// A name has an abbreviated unit in it after a `_`, such as `ms` or `kb`.
    AbbreviatedUnit,
    /// A name says a unit that is not one of Prometheus's base units, such as `milliseconds` or `percent`.
    NonBaseUnit,
    /// A name does not say the unit that the view's measure has. [`Count`](crate::Count)s have no unit, and units that the
    /// exporter has no word for are not looked at.
    UnitNotInName,
    /// A label is in camelCase.
    CamelCaseLabel,
    /// A label is `le` or `quantile`, which Prometheus keeps for histograms and summaries. (A label that begins with `__`,
    /// and `le` in a [`Distribution`](crate::Distribution), are problems of [`check`](crate::check).)
    ReservedLabel,
    /// Measurements went to overflow rows, because a view had `max_series` rows already. Found only after a test has
    /// recorded so many, or an observed measure was read.
    Overflowed,
}

impl Finding {
    pub(super) fn of_view(
        kind: FindingKind,
        view: &ViewSpec,
        problem: String,
        instead: String,
    ) -> Self {
        Self {
            kind,
            view: view.name.clone().into_owned(),
            problem,
            instead,
            origin: view.origin,
            measure_origin: None,
        }
    }

    /// The same finding, about a measure that must change.
    pub(super) fn and_measure(mut self, measure: &MeasureDescriptor) -> Self {
        self.measure_origin = Some(measure.origin);
        self
    }

    /// The kind of finding.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The name of the view.
    #[must_use]
    pub fn view(&self) -> &str {
        &self.view
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to write instead, in one line.
    #[must_use]
    pub fn instead(&self) -> &str {
        &self.instead
    }

    /// Where the view is.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Where the view's measure is, if the measure must change; `None` if a change of the view is enough.
    #[must_use]
    pub fn measure_origin(&self) -> Option<Origin> {
        self.measure_origin
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            problem,
            instead,
            origin,
            ..
        } = self;
        write!(f, "{problem}: {instead}\n    view: {origin}")?;
        match self.measure_origin {
            Some(measure) => write!(f, "; measure: {measure}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
