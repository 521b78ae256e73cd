//! Methods of recorded measures, here and in other libraries, that an [`Observed`] does not have. A call of one does
//! not compile, and the error says what to write.
//!
//! Each method has a bound that no type has, and returns the measure, so that a chain of calls is one mistake.

#![expect(clippy::must_use_candidate, reason = "they cannot be called")]

use super::check::RecordedNotRead;
use super::{Observed, Value};

impl<T: Value> Observed<T> {
    #[doc(hidden)]
    pub fn record<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn time<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn bind<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn hold<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn inc_by<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn add<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn sub<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn set<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn start(&self) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn inc(&self) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn dec(&self) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn get(&self) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn increment<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn decrement<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn dec_by<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn absolute<V>(&self, _: V) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }

    #[doc(hidden)]
    pub fn start_timer(&self) -> &Self
    where
        Self: RecordedNotRead,
    {
        self
    }
}
