//! The columns of a view that a `static` declares: checks of what they become in an exposition, at compile time.

use super::{TagKey, name};

/// A column of a view, checked by itself.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn column(key: &'static TagKey, of_distribution: bool) -> &'static TagKey {
    let Some(name) = key.static_name() else {
        return key;
    };
    assert!(
        !name::is_reserved_label(name),
        "this column's label would begin with `__`, which Prometheus keeps for itself: give the tag key another name"
    );
    assert!(
        !(of_distribution && matches!(name.as_bytes(), b"le")),
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
