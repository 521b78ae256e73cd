//! What is done within an isolation, and what is done outside of all: the parts of the current one, and closures that run
//! where something was made.
//!
//! *Invariant:* a thread that is within an isolation finds the parts of that isolation, and no others.

use std::any::Any;

use super::TagMap;
use super::context::current_isolation;
use super::isolation::{Isolation, Place, WeakIsolation};

/// Calls `f` with what the isolation has of this type if this thread is within one, and otherwise with what the program has.
pub(crate) fn with_part<T: Any + Send + Sync, R>(
    of_program: impl FnOnce() -> &'static T,
    make: impl FnOnce() -> T,
    f: impl FnOnce(&T) -> R,
) -> R {
    match current_isolation() {
        None => f(of_program()),
        Some(isolation) => f(&isolation.part(make)),
    }
}

/// Whether this thread is within an isolation.
pub(crate) fn is_isolated() -> bool {
    current_isolation().is_some()
}

/// The isolation in which something was made, or none: what it does later, it does there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried(Option<Isolation>);

impl Carried {
    /// Outside of all isolations.
    pub(crate) const NONE: Self = Self(None);

    /// The current one.
    pub(crate) fn current() -> Self {
        Self(current_isolation())
    }

    /// The current one or, outside of all isolations, the one that the tags carry.
    pub(crate) fn current_or_of(tags: &TagMap) -> Self {
        Self(current_isolation().or_else(|| tags.place()?.isolation().cloned()))
    }

    /// Calls `f` within the isolation, or outside of all, whichever thread this is. The tags stay those that are current.
    pub(crate) fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        let is_there = current_isolation() == self.0;
        let _scope = (!is_there).then(|| {
            let place = self.0.clone().map_or(Place::Outside, Place::Within);
            TagMap::current().carrying(place).enter()
        });
        f()
    }

    /// The same, which does not keep the isolation.
    pub(crate) fn downgrade(&self) -> WeaklyCarried {
        WeaklyCarried(self.0.as_ref().map(Isolation::downgrade))
    }
}

/// A [`Carried`] of something that belongs to the isolation, and must not keep it.
#[derive(Clone, Debug, Default)]
pub(crate) struct WeaklyCarried(Option<WeakIsolation>);

impl WeaklyCarried {
    /// As [`Carried::within`]. If the isolation has ended, `f` runs within a new one, which has nothing.
    pub(crate) fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        let isolation = self.0.as_ref();
        let isolation = isolation.map(|it| it.upgrade().unwrap_or_else(Isolation::new));
        Carried(isolation).within(f)
    }
}
