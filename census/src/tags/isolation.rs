//! Isolations, which follow the tags: see [`testing::isolate`](crate::testing::isolate).
//!
//! What belongs to a program belongs to an isolation, too: the catalogue, the views of measures, the observations, the
//! default of `max_series`. Each module keeps its own such thing, and finds it by [`with_part`](super::with_part).

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Weak};

use crate::sync::Mutex;

/// An isolation. It ends when no guard, map of tags, exporter, reporter or thread has it any more.
#[derive(Clone)]
pub(crate) struct Isolation(Arc<Parts>);

/// What a map of tags carries, if it carries something.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// No isolation: it leaves the one that is current.
    Outside,
    Within(Isolation),
}

impl Place {
    /// The isolation, if it is one.
    pub(super) fn isolation(&self) -> Option<&Isolation> {
        match self {
            Self::Outside => None,
            Self::Within(isolation) => Some(isolation),
        }
    }
}

/// What belongs to an isolation: one thing of each type.
#[derive(Default, Debug)]
struct Parts(Mutex<Vec<Arc<dyn Any + Send + Sync>>>);

impl Isolation {
    /// A new one, without parts.
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// The part of this type, which is made if it is not there. `make` runs without a lock.
    pub(super) fn part<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let found = |parts: &[Arc<dyn Any + Send + Sync>]| {
            let mut parts = parts.iter();
            parts.find_map(|part| Arc::clone(part).downcast().ok())
        };
        if let Some(part) = found(&self.0.0.lock()) {
            return part;
        }
        let new = Arc::new(make());
        let mut parts = self.0.0.lock();
        // Another thread may have made the part since the look above.
        found(&parts).unwrap_or_else(|| {
            parts.push(Arc::clone(&new) as Arc<dyn Any + Send + Sync>);
            new
        })
    }
}

impl PartialEq for Isolation {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Isolation")
            .field(&Arc::as_ptr(&self.0))
            .finish()
    }
}

impl Isolation {
    pub(super) fn downgrade(&self) -> WeakIsolation {
        WeakIsolation(Arc::downgrade(&self.0))
    }
}

/// An isolation, which this does not keep.
#[derive(Clone, Debug)]
pub(super) struct WeakIsolation(Weak<Parts>);

impl WeakIsolation {
    /// The isolation, unless it has ended.
    pub(super) fn upgrade(&self) -> Option<Isolation> {
        self.0.upgrade().map(Isolation)
    }
}
