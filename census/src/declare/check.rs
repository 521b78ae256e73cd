//! What the names in a macro must be: traits whose errors say so in the user's own terms, and functions that change
//! nothing and ask for them. Generated code calls these on every path that it is given.
//!
//! Where a name is wrong, what such a function returns has no type, and so the compiler does not go on complaining.

use std::ops::Deref;
use std::time::Duration;

use super::{Measure, TagKey, Value};

/// A measure as a `static` has it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no measure",
    label = "expected a static of type `Measure`",
    note = "declare one: `#[measure] static VIDEO_SIZE: Measure<u64>;`"
)]
pub trait IsMeasure {
    /// The type of its values.
    type Value: Value;
    /// Itself. A `const fn` that may call no method can return what it was given as this.
    type Is;
}

#[diagnostic::do_not_recommend]
impl<T: Value> IsMeasure for Measure<T> {
    type Value = T;
    type Is = Self;
}

/// A measure, in a `static`.
#[doc(hidden)]
#[must_use]
pub const fn measure<M: IsMeasure<Is = M>>(measure: &'static M) -> &'static M::Is {
    measure
}

/// A measure whose values are numbers, and so its bounds.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the bounds of a `{Self}` are no numbers",
    label = "write a `Duration`, like `Duration::from_millis(5)`"
)]
pub trait IsOfNumbers {
    /// Itself.
    type Is;
}

#[diagnostic::do_not_recommend]
impl IsOfNumbers for Measure<u64> {
    type Is = Self;
}

#[diagnostic::do_not_recommend]
impl IsOfNumbers for Measure<i64> {
    type Is = Self;
}

#[diagnostic::do_not_recommend]
impl IsOfNumbers for Measure<f64> {
    type Is = Self;
}

/// A measure of numbers, in a `static`.
#[doc(hidden)]
#[must_use]
pub const fn of_numbers<M: IsOfNumbers<Is = M>>(measure: &'static M) -> &'static M::Is {
    measure
}

/// A measure that can be negative.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is never negative",
    label = "write bounds from 0 up, or declare a `Measure<i64>` or a `Measure<f64>`"
)]
pub trait IsSigned {
    /// Itself.
    type Is;
}

#[diagnostic::do_not_recommend]
impl IsSigned for Measure<i64> {
    type Is = Self;
}

#[diagnostic::do_not_recommend]
impl IsSigned for Measure<f64> {
    type Is = Self;
}

/// A measure that can be negative, in a `static`.
#[doc(hidden)]
#[must_use]
pub const fn signed<M: IsSigned<Is = M>>(measure: &'static M) -> &'static M::Is {
    measure
}

/// A measure of durations, into which `#[measure(LATENCY)]` puts how long calls take.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no measure of durations",
    label = "how long a call takes goes into a `Measure<Duration>`",
    note = "a measure of something that is returned has a closure: `SIZE = |returned| returned.len() as u64`"
)]
pub trait IsLatency {
    /// Itself.
    type Is;
}

#[diagnostic::do_not_recommend]
impl IsLatency for Measure<Duration> {
    type Is = Self;
}

/// A measure of durations, in a `static`.
#[doc(hidden)]
#[must_use]
pub const fn latency<M: IsLatency<Is = M>>(measure: &'static M) -> &'static M::Is {
    measure
}

/// A measure of calls under way.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot count calls under way",
    label = "`in_flight` takes a `Measure<i64>`",
    note = "declare one: `#[measure] static IN_FLIGHT: Measure<i64>;`"
)]
pub trait IsInFlight {
    /// Itself.
    type Is;
}

#[diagnostic::do_not_recommend]
impl IsInFlight for Measure<i64> {
    type Is = Self;
}

/// A measure of calls under way, in a `static`.
#[doc(hidden)]
#[must_use]
pub const fn in_flight<M: IsInFlight<Is = M>>(measure: &'static M) -> &'static M::Is {
    measure
}

/// A tag key as a `static` has it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tag key",
    label = "expected a static of type `TagKey`",
    note = "declare one: `#[tag] static FRONTEND: TagKey;`"
)]
pub trait IsTagKey {
    /// Itself.
    type Is;
}

#[diagnostic::do_not_recommend]
impl IsTagKey for TagKey {
    type Is = Self;
}

/// A tag key, in a `static`.
#[doc(hidden)]
#[must_use]
pub const fn tag_key<K: IsTagKey<Is = K>>(key: &'static K) -> &'static K::Is {
    key
}

/// A measure wherever a program has it: in a `static`, a field, an argument, behind a reference or a `LazyLock`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no measure",
    label = "expected a `Measure`",
    note = "write the measure on the left: `record!(VIDEO_SIZE = size)`"
)]
pub trait AsMeasure {
    /// The type of its values.
    type Value: Value;

    /// The measure.
    fn as_measure(&self) -> &Measure<Self::Value>;
}

#[diagnostic::do_not_recommend]
impl<T: Value> AsMeasure for Measure<T> {
    type Value = T;

    #[inline]
    fn as_measure(&self) -> &Measure<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<P: Deref<Target: AsMeasure>> AsMeasure for P {
    type Value = <P::Target as AsMeasure>::Value;

    #[inline]
    fn as_measure(&self) -> &Measure<Self::Value> {
        (**self).as_measure()
    }
}

/// The measure that something is.
#[doc(hidden)]
#[inline]
pub fn as_measure<M: AsMeasure>(measure: &M) -> &Measure<M::Value> {
    measure.as_measure()
}

/// A tag key wherever a program has it, as [`AsMeasure`] is for measures.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tag key",
    label = "expected a `TagKey`",
    note = "write the key on the left: `tags(FRONTEND = \"ios\")`; declare one: `#[tag] static FRONTEND: TagKey;`"
)]
pub trait AsTagKey {
    /// The key.
    fn as_tag_key(&self) -> &TagKey;
}

#[diagnostic::do_not_recommend]
impl AsTagKey for TagKey {
    #[inline]
    fn as_tag_key(&self) -> &TagKey {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<P: Deref<Target: AsTagKey>> AsTagKey for P {
    #[inline]
    fn as_tag_key(&self) -> &TagKey {
        (**self).as_tag_key()
    }
}

/// The key that something is.
#[doc(hidden)]
#[inline]
pub fn as_tag_key<K: AsTagKey>(key: &K) -> &TagKey {
    key.as_tag_key()
}
