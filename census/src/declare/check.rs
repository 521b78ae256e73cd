//! The checks of paths in a macro's input: traits whose error messages are in the user's terms, and functions that have
//! these traits as bounds and return their argument unchanged. Generated code passes every path that it is given
//! through one of these functions. (`check_places.rs` has those of paths that need not be statics.)
//!
//! The functions for statics return the associated type `Itself`. For an argument of a wrong type, `Itself` is unknown,
//! so the compiler reports the missing trait and infers nothing more from it: one mistake is one error.

use std::time::Duration;

use super::{
    Buckets, Measure, MeasureCell, MeasureSource, Observed, Origin, TagKey, TagKeyCell, Value,
    ValueSet,
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

/// A measure that is recorded to, and not an [`Observed`]. The functions for measures that are recorded to have two
/// bounds: a trait that both kinds of measures implement, and this one. So the compiler tells a mistake of the kind
/// from other mistakes.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "nothing is recorded to an observed measure, and `{Self}` is one: it is read",
    label = "this measure is observed",
    note = "declare a `Measure` to record to it; or let the measure read the value: `NAME.observe(|seen| seen.record(value, \
            tags!()))`"
)]
pub trait RecordedNotRead {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl<T: Value> RecordedNotRead for Measure<T> {
    type Itself = Self;
}

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
    message = "the values of `{Self}` cannot be running totals",
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

/// A measure in a `static` that a function reads.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is not read: it records what it is given",
    label = "a measure that a function reads is an `Observed`",
    note = "end the item after the type, or write `Observed` in place of `Measure`"
)]
pub trait ReadMeasure: StaticMeasure {}

#[diagnostic::do_not_recommend]
impl<T: Value> ReadMeasure for Observed<T> {}

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

/// A measure of any value type, into which a measured function records.
#[doc(hidden)]
#[must_use]
pub const fn recorded_measure<M: StaticMeasure<Itself: RecordedNotRead<Itself = M>>>(
    measure: &'static M,
) -> &'static <M::Itself as RecordedNotRead>::Itself {
    measure
}

/// A measure of which there can be a view with `idle`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "there is no `idle` of a view of an observed measure, and `{Self}` is one",
    label = "this measure is observed",
    note = "the rows of its views are those that were read: leave `idle` out"
)]
pub trait MeasureWithIdle {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl<T: Value> MeasureWithIdle for Measure<T> {
    type Itself = Self;
}

/// A measure of a view with `idle`.
#[doc(hidden)]
#[must_use]
pub const fn measure_with_idle<M: StaticMeasure<Itself: MeasureWithIdle<Itself = M>>>(
    measure: &'static M,
) -> &'static <M::Itself as MeasureWithIdle>::Itself {
    measure
}

/// The value of `idle`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Duration`",
    label = "expected a `Duration`",
    note = "write the time after which a row leaves: `idle: Duration::from_mins(10)`"
)]
pub trait IdleTime {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl IdleTime for Duration {
    type Itself = Self;
}

/// The value of `idle`.
#[doc(hidden)]
#[must_use]
pub const fn idle_time<D: IdleTime<Itself = D>>(time: &D) -> &D::Itself {
    time
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

/// Only for the error about it: there is no `Distribution` of it.
#[diagnostic::do_not_recommend]
impl<T: Value> NumberMeasure for Observed<T> {
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

/// As for [`NumberMeasure`].
#[diagnostic::do_not_recommend]
impl<T: Value> SignedMeasure for Observed<T> {
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

/// Only for the error about it.
#[diagnostic::do_not_recommend]
impl<T: Value> DurationMeasure for Observed<T> {
    type Itself = Self;
}

/// A measure of durations.
#[doc(hidden)]
#[must_use]
pub const fn duration_measure<M: DurationMeasure<Itself: RecordedNotRead<Itself = M>>>(
    measure: &'static M,
) -> &'static <M::Itself as RecordedNotRead>::Itself {
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

/// Only for the error about it.
#[diagnostic::do_not_recommend]
impl<T: Value> InFlightMeasure for Observed<T> {
    type Itself = Self;
}

/// A measure of calls in flight.
#[doc(hidden)]
#[must_use]
pub const fn in_flight_measure<M: InFlightMeasure<Itself: RecordedNotRead<Itself = M>>>(
    measure: &'static M,
) -> &'static <M::Itself as RecordedNotRead>::Itself {
    measure
}

/// Buckets that are given as an expression.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Buckets`",
    label = "expected a list like `[1, 2, 5]`, or a `Buckets`",
    note = "of a constant slice, write `buckets: Buckets::list(SLICE)`"
)]
pub trait GivenBuckets {
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

#[diagnostic::do_not_recommend]
impl<T: Value> GivenBuckets for Buckets<T> {
    type Itself = Self;
}

/// Buckets.
#[doc(hidden)]
pub const fn given_buckets<B: GivenBuckets<Itself = B>>(buckets: &'static B) -> &'static B::Itself {
    buckets
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
    const CLOSED_VALUES: Option<&'static [&'static str]>;
    /// See [`StaticMeasure::Itself`].
    type Itself;
}

impl<S: ValueSet> StaticTagKey for TagKey<S> {
    const CLOSED_VALUES: Option<&'static [&'static str]> = S::CLOSED_VALUES;
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
    TagKeyCell::new(name, description, local, K::CLOSED_VALUES, origin)
}

/// A tag key.
#[doc(hidden)]
#[must_use]
pub const fn tag_key<K: StaticTagKey<Itself = K>>(key: &'static K) -> &'static K::Itself {
    key
}
