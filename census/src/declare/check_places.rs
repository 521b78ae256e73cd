//! The checks of paths in a macro's input that need not be statics: of `record!` and `tags!`. `check.rs` says how they
//! are made.

use std::ops::Deref;

use super::check::RecordedNotRead;
use super::{Measure, Observed, TagKey, Value};

/// A measure at run time: a `static`, a field, an argument, or behind a reference or a `LazyLock`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a measure",
    label = "expected a `Measure`",
    note = "a measure is on the left, and tags are in `tags(…)`: `record!(VIDEO_SIZE = size, tags(FRONTEND = \"ios\"))`"
)]
pub trait AsMeasure {
    /// The type of the measure.
    type Measure;

    /// The measure.
    fn as_measure(&self) -> &Self::Measure;
}

#[diagnostic::do_not_recommend]
impl<T: Value> AsMeasure for Measure<T> {
    type Measure = Self;

    #[inline]
    fn as_measure(&self) -> &Self {
        self
    }
}

/// Only for the error about it.
#[diagnostic::do_not_recommend]
impl<T: Value> AsMeasure for Observed<T> {
    type Measure = Self;

    #[inline]
    fn as_measure(&self) -> &Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<P: Deref<Target: AsMeasure>> AsMeasure for P {
    type Measure = <P::Target as AsMeasure>::Measure;

    #[inline]
    fn as_measure(&self) -> &Self::Measure {
        (**self).as_measure()
    }
}

/// The measure that an expression refers to.
#[doc(hidden)]
#[inline]
pub fn as_measure<M: AsMeasure<Measure: RecordedNotRead<Itself = M::Measure>>>(
    measure: &M,
) -> &<M::Measure as RecordedNotRead>::Itself {
    measure.as_measure()
}

/// The type that [`as_measure`] returns. For an expression that is no measure this type is unknown, so the functions
/// that are generic over it report no further mistake.
#[doc(hidden)]
pub trait RecordedMeasure {
    /// The type of its values.
    type Value: Value;

    /// The measure.
    fn measure(&self) -> &Measure<Self::Value>;
}

#[diagnostic::do_not_recommend]
impl<T: Value> RecordedMeasure for Measure<T> {
    type Value = T;

    #[inline]
    fn measure(&self) -> &Self {
        self
    }
}

/// A measure whose values can be held: they are added, and subtracted later.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a value of `{Self}` cannot be held",
    label = "expected a `Measure<i64>`",
    note = "a held value is added now and subtracted later: `#[measure] static CONNECTIONS: Measure<i64>;`"
)]
pub trait HeldMeasure {
    /// The measure.
    fn held(&self) -> &Measure<i64>;
}

#[diagnostic::do_not_recommend]
impl HeldMeasure for Measure<i64> {
    #[inline]
    fn held(&self) -> &Self {
        self
    }
}

/// A tag key at run time, as [`AsMeasure`] is for measures.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tag key",
    label = "expected a `TagKey`",
    note = "write the key on the left: `tags(FRONTEND = \"ios\")`; declare one: `#[tag] static FRONTEND: TagKey;`"
)]
pub trait AsTagKey {
    /// The type of the key.
    type Key;

    /// The key.
    fn as_tag_key(&self) -> &Self::Key;
}

#[diagnostic::do_not_recommend]
impl<S> AsTagKey for TagKey<S> {
    type Key = Self;

    #[inline]
    fn as_tag_key(&self) -> &Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<P: Deref<Target: AsTagKey>> AsTagKey for P {
    type Key = <P::Target as AsTagKey>::Key;

    #[inline]
    fn as_tag_key(&self) -> &Self::Key {
        (**self).as_tag_key()
    }
}

/// The key that an expression refers to.
#[doc(hidden)]
#[inline]
pub fn as_tag_key<K: AsTagKey>(key: &K) -> &K::Key {
    key.as_tag_key()
}

/// The type that [`as_tag_key`] returns, as [`RecordedMeasure`] is for measures.
#[doc(hidden)]
pub trait TypedTagKey {
    /// The key's set of values.
    type Values;

    /// The key.
    fn typed(&self) -> &TagKey<Self::Values>;
}

#[diagnostic::do_not_recommend]
impl<S> TypedTagKey for TagKey<S> {
    type Values = S;

    #[inline]
    fn typed(&self) -> &Self {
        self
    }
}
