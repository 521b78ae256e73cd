//! The checks of paths in a macro's input: traits whose error messages are in the user's terms, and functions that have
//! these traits as bounds and return their argument unchanged. Generated code passes every path that it is given
//! through one of these functions.
//!
//! The functions for statics return the associated type `Itself`. For an argument of a wrong type, `Itself` is unknown,
//! so the compiler reports the missing trait and infers nothing more from it: one mistake is one error.

use std::ops::Deref;
use std::time::Duration;

use super::{
    Measure, MeasureCell, MeasureSource, Observed, Origin, TagKey, TagKeyCell, Value, ValueSet,
};

/// A measure in a `static`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a measure",
    label = "expected a static of type `Measure` or `Observed`",
    note = "declare one: `#[measure] static VIDEO_SIZE: Measure<u64>;`"
)]
pub trait StaticMeasure {
    /// The type of its values.
    type Value: Value;
    /// How it gets its values.
    const SOURCE: MeasureSource;
    /// The type itself. A `const fn` cannot call a trait's method, but with the bound `Itself = M` it can return an `M`
    /// as an `M::Itself`.
    type Itself;
}

#[diagnostic::do_not_recommend]
impl<T: Value> StaticMeasure for Measure<T> {
    type Value = T;
    const SOURCE: MeasureSource = MeasureSource::Recorded;
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl<T: Value> StaticMeasure for Observed<T> {
    type Value = T;
    const SOURCE: MeasureSource = MeasureSource::Observed;
    type Itself = Self;
}

/// No measure: the traits of recorded measures are implemented for an [`Observed`] only where it is one of these, so that the
/// compiler says this.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is read, so nothing is recorded to it",
    label = "this measure is observed",
    note = "declare a `Measure` to record to it, or say the value where the measure is read: `NAME.observe(|seen| seen.record(value, \
            tags!()))`"
)]
pub trait RecordedNotRead {}

/// A measure of any value type.
#[doc(hidden)]
#[must_use]
pub const fn measure<M: StaticMeasure<Itself = M>>(measure: &'static M) -> &'static M::Itself {
    measure
}

/// The checked cell of a measure of type `M`.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn measure_cell<M: StaticMeasure>(
    name: &'static str,
    description: &'static str,
    unit: Option<&'static str>,
    origin: Origin,
) -> MeasureCell {
    MeasureCell::new(M::Value::KIND, M::SOURCE, name, description, unit, origin)
}

/// A measure whose values can be running totals.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the values of a `{Self}` cannot be running totals",
    label = "a total is an `Observed<u64>`, an `Observed<f64>` or an `Observed<Duration>`",
    note = "a `Measure` needs no `total`: the `Sum` of what is recorded to it is a total. A total never falls, so it is not an `i64`"
)]
pub trait TotalMeasure: StaticMeasure {}

#[diagnostic::do_not_recommend]
impl TotalMeasure for Observed<u64> {}

#[diagnostic::do_not_recommend]
impl TotalMeasure for Observed<f64> {}

#[diagnostic::do_not_recommend]
impl TotalMeasure for Observed<Duration> {}

/// The checked cell of a measure of type `M`, whose values are running totals.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn total_measure_cell<M: TotalMeasure>(
    name: &'static str,
    description: &'static str,
    unit: Option<&'static str>,
    origin: Origin,
) -> MeasureCell {
    measure_cell::<M>(name, description, unit, origin).with_totals()
}

/// A measure in a `static` that is recorded to.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a measure",
    label = "expected a static of type `Measure`",
    note = "declare one: `#[measure] static VIDEO_SIZE: Measure<u64>;`"
)]
pub trait RecordedStatic {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl<T: Value> RecordedStatic for Measure<T> {
    type Itself = Self;
}

impl<T: Value> RecordedStatic for Observed<T>
where
    Self: RecordedNotRead,
{
    type Itself = Self;
}

/// A measure of any value type, into which a measured function records.
#[doc(hidden)]
#[must_use]
pub const fn recorded_measure<M: RecordedStatic<Itself = M>>(
    measure: &'static M,
) -> &'static M::Itself {
    measure
}

/// A measure whose values, and so its bucket bounds, are numbers.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the bucket bounds of a `{Self}` are durations, not numbers",
    label = "write a `Duration`, like `Duration::from_millis(5)`"
)]
pub trait NumberMeasure {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl NumberMeasure for Measure<u64> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl NumberMeasure for Measure<i64> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl NumberMeasure for Measure<f64> {
    type Itself = Self;
}

/// A measure of numbers.
#[doc(hidden)]
#[must_use]
pub const fn number_measure<M: NumberMeasure<Itself = M>>(
    measure: &'static M,
) -> &'static M::Itself {
    measure
}

/// A measure whose values can be negative.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the values of a `{Self}` are never negative",
    label = "write bounds of 0 or more, or declare a `Measure<i64>` or a `Measure<f64>`"
)]
pub trait SignedMeasure {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl SignedMeasure for Measure<i64> {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl SignedMeasure for Measure<f64> {
    type Itself = Self;
}

/// A measure whose values can be negative.
#[doc(hidden)]
#[must_use]
pub const fn signed_measure<M: SignedMeasure<Itself = M>>(
    measure: &'static M,
) -> &'static M::Itself {
    measure
}

/// A measure of durations, into which `#[measure(LATENCY)]` records how long calls take.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a measure of durations",
    label = "the duration of a call is recorded into a `Measure<Duration>`",
    note = "to measure something of the returned value, write a closure: `SIZE = |returned| returned.len() as u64`"
)]
pub trait DurationMeasure {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl DurationMeasure for Measure<Duration> {
    type Itself = Self;
}

impl<T: Value> DurationMeasure for Observed<T>
where
    Self: RecordedNotRead,
{
    type Itself = Self;
}

/// A measure of durations.
#[doc(hidden)]
#[must_use]
pub const fn duration_measure<M: DurationMeasure<Itself = M>>(
    measure: &'static M,
) -> &'static M::Itself {
    measure
}

/// A measure of calls in flight.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot count the calls in flight",
    label = "`in_flight` takes a `Measure<i64>`",
    note = "declare one: `#[measure] static IN_FLIGHT: Measure<i64>;`"
)]
pub trait InFlightMeasure {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl InFlightMeasure for Measure<i64> {
    type Itself = Self;
}

impl<T: Value> InFlightMeasure for Observed<T>
where
    Self: RecordedNotRead,
{
    type Itself = Self;
}

/// A measure of calls in flight.
#[doc(hidden)]
#[must_use]
pub const fn in_flight_measure<M: InFlightMeasure<Itself = M>>(
    measure: &'static M,
) -> &'static M::Itself {
    measure
}

/// A tag key in a `static`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tag key",
    label = "expected a static of type `TagKey`",
    note = "declare one: `#[tag] static FRONTEND: TagKey;`"
)]
pub trait StaticTagKey {
    /// The values, unless any text can be a value.
    const VALUES: Option<&'static [&'static str]>;
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

impl<S: ValueSet> StaticTagKey for TagKey<S> {
    const VALUES: Option<&'static [&'static str]> = S::VALUES;
    type Itself = Self;
}

/// The checked cell of a tag key of type `K`.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn tag_key_cell<K: StaticTagKey>(
    name: &'static str,
    description: &'static str,
    local: bool,
    origin: Origin,
) -> TagKeyCell {
    TagKeyCell::new(name, description, local, K::VALUES, origin)
}

/// A tag key.
#[doc(hidden)]
#[must_use]
pub const fn tag_key<K: StaticTagKey<Itself = K>>(key: &'static K) -> &'static K::Itself {
    key
}

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

impl<T: Value> AsMeasure for Observed<T>
where
    Self: RecordedNotRead,
{
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
pub fn as_measure<M: AsMeasure>(measure: &M) -> &M::Measure {
    measure.as_measure()
}

/// The type that [`as_measure`] returns. For an expression that is no measure this type is unknown, so the functions that
/// are generic over it report no further mistake.
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
