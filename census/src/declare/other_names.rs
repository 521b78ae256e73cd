//! Methods that measures have in other libraries, and those of measures on views. A call of one does not compile, and the
//! error says what to write here.
//!
//! Each method has a bound that no type has. The methods of measures return the measure, so that a chain of calls is one mistake
//! after another and not a chain of consequences.

#![expect(clippy::must_use_candidate, reason = "they cannot be called")]

use super::{Measure, Value, View};

#[diagnostic::on_unimplemented(
    message = "a measure records a value by `.record(value)`",
    label = "write `.record(value)`",
    note = "a value that something else keeps is read: declare an `Observed`"
)]
#[doc(hidden)]
pub trait RecordsByOtherNames {}

#[diagnostic::on_unimplemented(
    message = "a measure counts by `.record(1)`, of which a view is a `Sum` or a `Count`",
    label = "write `.record(1)`"
)]
#[doc(hidden)]
pub trait CountsByOtherNames {}

#[diagnostic::on_unimplemented(
    message = "a measure that goes down records a negative value",
    label = "write `.record(-value)`, of a `Measure<i64>`; its view is a `Sum`"
)]
#[doc(hidden)]
pub trait GoesDownByOtherNames {}

#[diagnostic::on_unimplemented(
    message = "a measure is not set: it records values, of which a view `LastValue<MEASURE>` shows the last one",
    label = "write `.record(value)`"
)]
#[doc(hidden)]
pub trait IsSet {}

#[diagnostic::on_unimplemented(
    message = "a timer is made by `.start()`, and a closure is timed by `.time(…)`, of a `Measure<Duration>`",
    label = "write `.start()` or `.time(|| …)`"
)]
#[doc(hidden)]
pub trait TimesByOtherNames {}

#[diagnostic::on_unimplemented(
    message = "a measure is given tags where it records",
    label = "write `record!(MEASURE = value, tags(KEY = value))`, or `.bind(tags!(KEY = value))`"
)]
#[doc(hidden)]
pub trait HasLabels {}

#[diagnostic::on_unimplemented(
    message = "a measure keeps no value: its views have rows",
    label = "read the rows of a view, `VIEW.data()`"
)]
#[doc(hidden)]
pub trait KeepsAValue {}

#[diagnostic::on_unimplemented(
    message = "a view is not recorded to: it shows the measurements of its measure",
    label = "write `.record(value)` of the measure"
)]
#[doc(hidden)]
pub trait Records {}

impl<T: Value> Measure<T> {
    #[doc(hidden)]
    pub fn inc(&self) -> &Self
    where
        Self: CountsByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn inc_by<V>(&self, _: V) -> &Self
    where
        Self: RecordsByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn increment<V>(&self, _: V) -> &Self
    where
        Self: RecordsByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn add<V>(&self, _: V) -> &Self
    where
        Self: RecordsByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn observe<V>(&self, _: V) -> &Self
    where
        Self: RecordsByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn dec(&self) -> &Self
    where
        Self: GoesDownByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn dec_by<V>(&self, _: V) -> &Self
    where
        Self: GoesDownByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn decrement<V>(&self, _: V) -> &Self
    where
        Self: GoesDownByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn sub<V>(&self, _: V) -> &Self
    where
        Self: GoesDownByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn set<V>(&self, _: V) -> &Self
    where
        Self: IsSet,
    {
        self
    }

    #[doc(hidden)]
    pub fn absolute<V>(&self, _: V) -> &Self
    where
        Self: IsSet,
    {
        self
    }

    #[doc(hidden)]
    pub fn start_timer(&self) -> &Self
    where
        Self: TimesByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn observe_duration<V>(&self, _: V) -> &Self
    where
        Self: TimesByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn observe_closure_duration<V>(&self, _: V) -> &Self
    where
        Self: TimesByOtherNames,
    {
        self
    }

    #[doc(hidden)]
    pub fn with_label_values<V>(&self, _: V) -> &Self
    where
        Self: HasLabels,
    {
        self
    }

    #[doc(hidden)]
    pub fn with_labels<V>(&self, _: V) -> &Self
    where
        Self: HasLabels,
    {
        self
    }

    #[doc(hidden)]
    pub fn get_or_create<V>(&self, _: V) -> &Self
    where
        Self: HasLabels,
    {
        self
    }

    #[doc(hidden)]
    pub fn get(&self) -> &Self
    where
        Self: KeepsAValue,
    {
        self
    }

    #[doc(hidden)]
    pub fn reset(&self) -> &Self
    where
        Self: KeepsAValue,
    {
        self
    }
}

impl<A> View<A> {
    #[doc(hidden)]
    pub fn record<V>(&self, _: V)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn inc(&self)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn inc_by<V>(&self, _: V)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn add<V>(&self, _: V)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn dec(&self)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn dec_by<V>(&self, _: V)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn sub<V>(&self, _: V)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn set<V>(&self, _: V)
    where
        Self: Records,
    {
    }

    #[doc(hidden)]
    pub fn observe<V>(&self, _: V)
    where
        Self: Records,
    {
    }
}
