//! The columns of a view, and the checks of those that a `static` declares, at compile time.

use std::sync::Arc;

use super::name::{self, LabelProblem};
use super::{Handle, TagKey, TagKeyCell};

/// A column of a view: a tag key, and the label that its values have in an exposition.
#[derive(Clone, Debug)]
pub struct Column {
    key: TagKey,
    label: Arc<str>,
    /// The name that the view gives the label, if it gives one.
    #[cfg_attr(
        not(feature = "prometheus"),
        expect(
            dead_code,
            reason = "only an exporter has names with all their characters"
        )
    )]
    given: Option<Arc<str>>,
}

/// A column of a view in a `static`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct StaticColumn {
    key: &'static Handle<TagKeyCell>,
    /// The label, if the view gives one.
    label: Option<&'static str>,
}

impl Column {
    /// The column of this key, with the label that the key's name gives.
    pub(crate) fn new(key: TagKey) -> Self {
        let label = name::sanitize(key.name()).into();
        Self {
            key,
            label,
            given: None,
        }
    }

    /// The column of this key, with the label that another name gives.
    pub(crate) fn named(key: TagKey, given: &str) -> Self {
        let label = name::sanitize(given).into();
        Self {
            key,
            label,
            given: Some(given.into()),
        }
    }

    /// The tag key.
    #[must_use]
    pub const fn key(&self) -> &TagKey {
        &self.key
    }

    /// The label: the name that the view gives the column, else the key's name. In it, every character outside
    /// `[A-Za-z0-9_]` became `_`, after a `_` if the name begins with a digit.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The name that becomes the label, with all its characters.
    #[cfg(feature = "prometheus")]
    pub(crate) fn full_label(&self) -> &str {
        self.given.as_deref().unwrap_or_else(|| self.key.name())
    }

    /// Whether the view gives the label.
    pub(crate) fn is_renamed(&self) -> bool {
        *self.label != *name::sanitize(self.key.name())
    }
}

/// Columns are equal if their labels are, whatever characters `_` stands for in these.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.label == other.label
    }
}

impl Eq for Column {}

/// Columns that are equal in whichever order. Each is there once, at least on one of the two sides.
pub(super) struct AnyOrder<'v>(pub(super) &'v [Column]);

impl PartialEq for AnyOrder<'_> {
    fn eq(&self, other: &Self) -> bool {
        let has_all =
            |some: &[Column], others: &[Column]| others.iter().all(|it| some.contains(it));
        self.0.len() == other.0.len() && has_all(self.0, other.0) && has_all(other.0, self.0)
    }
}

impl StaticColumn {
    /// The name that becomes the label, as far as it is known at compile time.
    const fn name(&self) -> Option<&'static str> {
        match self.label {
            Some(label) => Some(label),
            None => self.key.static_name(),
        }
    }
}

impl From<&StaticColumn> for Column {
    fn from(column: &StaticColumn) -> Self {
        let key = TagKey::from_handle(column.key.clone());
        match column.label {
            Some(label) => Self::named(key, label),
            None => Self::new(key),
        }
    }
}

/// A column of a view, checked by itself.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn column<S>(
    key: &'static TagKey<S>,
    label: Option<&'static str>,
    of_distribution: bool,
) -> StaticColumn {
    let column = StaticColumn {
        key: key.handle(),
        label,
    };
    let Some(name) = column.name() else {
        return column;
    };
    let problem = name::label_problem(name, of_distribution);
    assert!(
        !matches!(problem, Some(LabelProblem::Reserved)),
        "this column's label would begin with `__`, which Prometheus keeps for itself: give the column another name, as \
         in `by (KEY as name)`"
    );
    assert!(
        !matches!(problem, Some(LabelProblem::BucketBound)),
        "a `Distribution` cannot have the column `le`, which is the label of its buckets: give the column another name, \
         as in `by (KEY as name)`"
    );
    column
}

/// The columns of a view, checked against each other.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn columns<const N: usize>(columns: [StaticColumn; N]) -> [StaticColumn; N] {
    let mut rest = columns.as_slice();
    while let [first, others @ ..] = rest {
        let mut later = others;
        while let [second, others @ ..] = later {
            if let (Some(a), Some(b)) = (first.name(), second.name()) {
                assert!(
                    !name::is_same_label(a, b),
                    "two of these columns have one label (a tag key's name, with `_` for all but letters and digits): \
                     leave one of them out, or give it another name, as in `by (KEY as name)`"
                );
            }
            later = others;
        }
        rest = others;
    }
    columns
}
