//! The steps of a random program: what is recorded, with which tags, and how.

use census::{AsTagValue, Measure, Number, TagKey, TagValueRef, Value, record, tag, tags};
use proptest::prelude::*;

use super::values::is_recorded;

#[tag(name = "model_a")]
pub(super) static A: TagKey;
/// The same key, declared a second time.
#[tag(name = "model_a")]
static SECOND_A: TagKey;
#[tag(name = "model_b")]
pub(super) static B: TagKey;
/// A key that is not a column of any view.
#[tag(name = "model_c")]
static C: TagKey;

/// Longer than a tag value may be.
static LONG: &str = match str::from_utf8(&[b'l'; 300]) {
    Ok(text) => text,
    Err(_) => "",
};
const VALUES: [&str; 5] = [
    "x",
    "y",
    "",
    "a value that is too long to be stored inline",
    "_overflow",
];

/// One of the values, as a literal with the same address wherever it is used.
struct Shared(usize);

static SHARED: [&str; 5] = VALUES;

impl AsTagValue for Shared {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::one_of(&SHARED, self.0 % 5)
    }
}

/// A literal that is longer than a tag value may be.
struct Long;

impl AsTagValue for Long {
    fn as_tag_value(&self) -> TagValueRef<'_> {
        TagValueRef::one_of(std::slice::from_ref(&LONG), 0)
    }
}

/// Passes one of the values, as a literal, to a macro.
macro_rules! with_literal {
    ($index:expr, $record:ident) => {
        match $index % 5 {
            0 => $record!("x"),
            1 => $record!("y"),
            2 => $record!(""),
            3 => $record!("a value that is too long to be stored inline"),
            _ => $record!("_overflow"),
        }
    };
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The thread that records.
    pub(super) thread: usize,
    /// 0 to 5: an action other than a measurement. Above, the measure.
    pub(super) action: u8,
    /// The index of the recorded value.
    pub(super) value: usize,
    /// The way in which the measurement is recorded, and its tags are given.
    pub(super) way: u8,
    /// The index of the value of the tag `a`.
    a: usize,
    /// The index of the value of the tag `b`.
    b: usize,
    /// The values of both tags in a scope around the measurement.
    scope: Option<(usize, usize)>,
}

/// The values of `a` and `b` that a measurement has.
pub(super) type Key = (String, String);

impl Step {
    /// The values of the two tags.
    pub(super) fn tags(&self) -> (&'static str, &'static str) {
        (self.a(), self.b())
    }

    fn a(&self) -> &'static str {
        VALUES[self.a % 5]
    }

    fn b(&self) -> &'static str {
        VALUES[self.b % 5]
    }

    /// Records a value, and returns the tags that it must be counted with.
    pub(super) fn record<T: Value + Into<Number>>(
        &self,
        measure: &Measure<T>,
        second: &Measure<u64>,
        value: T,
    ) -> Key {
        let Some((a, b)) = self.scope else {
            return self.record_in_scope(measure, second, value, ("", ""));
        };
        let (a, b) = (VALUES[a % 5], VALUES[b % 5]);
        tags!(A = a, B = b).scope(|| self.record_in_scope(measure, second, value, (a, b)))
    }

    fn record_in_scope<T: Value + Into<Number>>(
        &self,
        measure: &Measure<T>,
        second: &Measure<u64>,
        value: T,
        scope: (&str, &str),
    ) -> Key {
        let (a, b) = (self.a(), self.b());
        let (expected_a, expected_b) = match self.way {
            0 => {
                measure.record(value);
                scope
            }
            1 => {
                macro_rules! record_a {
                    ($a:tt) => {
                        record!(measure = value, tags(A = $a))
                    };
                }
                with_literal!(self.a, record_a);
                (a, scope.1)
            }
            2 => {
                macro_rules! record_ab {
                    ($a:tt) => {
                        record!(measure = value, tags(B = "y", A = $a))
                    };
                }
                with_literal!(self.a, record_ab);
                (a, "y")
            }
            3 => {
                record!(measure = value, tags(A = a.to_owned(), B = b));
                (a, b)
            }
            4 => {
                record!(measure = value, tags(A = a, B = "x", C = "c"));
                (a, "x")
            }
            5 => {
                record!(measure = value, tags(A = "x", SECOND_A = a, B = b));
                (a, b)
            }
            6 => {
                let unset = None::<&str>;
                record!(measure = value, tags(A = "x", SECOND_A = unset, B = unset));
                ("x", scope.1)
            }
            7 => {
                record!(measure = value, second = 1, tags(A = "x", B = "y"));
                ("x", "y")
            }
            8 => {
                // A value that is rejected would leave the row that `bind` makes, of which the log knows nothing.
                // `bind` makes overflow rows, too. A measurement of such a row's own key is then not counted as overflowed.
                if a == "_overflow" {
                    record!(measure = value, tags(A = a));
                } else if is_recorded(value) {
                    measure.bind(tags!(A = a)).record(value);
                }
                // `tags!` includes the tags of the scope.
                (a, scope.1)
            }
            9 => {
                let key = TagKey::new("model_a").expect("a valid name");
                record!(measure = value, tags(key = a, B = "x"));
                (a, "x")
            }
            10 => {
                record!(measure = value, tags(A = Long, B = "x"));
                (&LONG[..255], "x")
            }
            11 => {
                record!(measure = value, tags(B = b, A = a));
                (a, b)
            }
            12 => {
                record!(
                    measure = value,
                    tags(A = Shared(self.a), B = Shared(self.b))
                );
                (a, b)
            }
            13 => {
                record!(
                    measure = value,
                    tags(B = Shared(self.b), A = Shared(self.a))
                );
                (a, b)
            }
            _ => {
                record!(
                    measure = value,
                    tags(A = a, B = "x"),
                    exemplar(trace_id = "7")
                );
                (a, "x")
            }
        };
        (expected_a.to_owned(), expected_b.to_owned())
    }
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let scope = proptest::option::weighted(0.3, (0..5_usize, 0..5_usize));
    let step = (
        0..3_usize,
        0..40_u8,
        0..20_usize,
        0..15_u8,
        0..5_usize,
        0..5_usize,
        scope,
    );
    let step = step.prop_map(|(thread, action, value, way, a, b, scope)| Step {
        thread,
        action,
        value,
        way,
        a,
        b,
        scope,
    });
    proptest::collection::vec(step, 1..200)
}
