//! The columns of a view, and the checks of those that a `static` declares, at compile time.

use std::sync::Arc;

use super::TagKey;
use super::name::{self, LabelProblem};

/// A column of a view: a tag key, and the label that its values have in an exposition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    key: TagKey,
    label: Arc<str>,
}

impl Column {
    /// The column of this key, with the label that the key's name gives.
    pub(crate) fn new(key: TagKey) -> Self {
        let label = name::sanitize(key.name()).into();
        Self { key, label }
    }

    /// The tag key.
    #[must_use]
    pub const fn key(&self) -> &TagKey {
        &self.key
    }

    /// The label: the key's name, in which every character outside `[A-Za-z0-9_]` became `_`, after a `_` if the name
    /// begins with a digit.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }
}

/// A column of a view, checked by itself.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn column(key: &'static TagKey, of_distribution: bool) -> &'static TagKey {
    let Some(name) = key.static_name() else {
        return key;
    };
    let problem = name::label_problem(name, of_distribution);
    assert!(
        !matches!(problem, Some(LabelProblem::Reserved)),
        "this column's label would begin with `__`, which Prometheus keeps for itself: give the tag key another name"
    );
    assert!(
        !matches!(problem, Some(LabelProblem::BucketBound)),
        "a `Distribution` cannot have the column `le`, which is the label of its buckets: give the tag key another name"
    );
    key
}

/// The columns of a view, checked against each other.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn columns<const N: usize>(columns: [&'static TagKey; N]) -> [&'static TagKey; N] {
    let mut rest = columns.as_slice();
    while let [first, others @ ..] = rest {
        let mut later = others;
        while let [second, others @ ..] = later {
            if let (Some(a), Some(b)) = (first.static_name(), second.static_name()) {
                assert!(
                    !name::is_same_label(a, b),
                    "two of these columns have one label (a tag key's name, with `_` for all but letters and digits): \
                     leave one of them out, or give its tag key another name"
                );
            }
            later = others;
        }
        rest = others;
    }
    columns
}
