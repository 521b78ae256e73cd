//! Levels: values that a guard holds.

use std::fmt;

use super::in_flight::InFlight;
use crate::declare::Measure;
use crate::declare::check_places::HeldMeasure;
use crate::id::BoundId;
use crate::tags::{Tag, TagMap};

/// A value that is in a measure's rows until this guard is dropped. Made by [`Measure::hold`],
/// [`hold!`](macro@crate::hold) and [`BoundMeasure::hold`](crate::BoundMeasure::hold).
///
/// The guard may be dropped anywhere: on another thread, in a task, by a panic, while a thread ends. If it is forgotten
/// ([`std::mem::forget`]), the value stays.
#[must_use = "the value is taken back when the guard is dropped: write `let _held = …`, and not `let _ = …`"]
pub struct Held {
    measure: Measure<i64>,
    value: i64,
    in_flight: InFlight,
}

impl Measure<i64> {
    /// Adds `value` now, with the tags that are current now, and subtracts it when the returned guard is dropped.
    /// [`hold!`](macro@crate::hold) gives it tags of its own. A view of the [`Sum`](crate::Sum) shows how much is held at
    /// present:
    ///
    /// ```standalone_crate
    /// use census::{Held, Measure, TagKey, measure, tag, tags, view};
    ///
    /// #[tag]
    /// static LISTENER: TagKey;
    /// /// Open connections.
    /// #[measure]
    /// static CONNECTIONS: Measure<i64>;
    /// view! { static OPEN: Sum<CONNECTIONS> by (LISTENER); }
    ///
    /// struct Connection {
    ///     open: Held,
    /// }
    ///
    /// let connection = tags!(LISTENER = "public").scope(|| Connection { open: CONNECTIONS.hold(1) });
    /// assert!(OPEN.data().get(&tags!(LISTENER = "public")).is_some_and(|open| *open == 1));
    ///
    /// std::thread::spawn(move || drop(connection)).join().unwrap();
    /// assert!(OPEN.data().get(&tags!(LISTENER = "public")).is_some_and(|open| *open == 0));
    /// ```
    ///
    /// The value is taken back from the very rows that it was added to, or from none if their view was unregistered. So
    /// a view that was registered meanwhile does not see the end, tags that are current at the end do not matter, and the
    /// end makes no row. If all values are positive, no sum ends below zero. Sums wrap around, as those of any
    /// `Measure<i64>`.
    ///
    /// Views of other aggregations see two measurements: `value`, and `-value` at the end. A [`Count`](crate::Count)
    /// counts both, a [`Distribution`](crate::Distribution) has both, and a [`LastValue`](crate::LastValue) shows the one
    /// that came last, which says nothing of the level. (A value that is taken back from `i64::MIN` is `i64::MIN`.)
    ///
    /// A measure without views costs one load, and a view that is registered later does not see what is held already. The
    /// measurement of a guard allocates memory only if the rows are not in this thread's cache, or if more guards are
    /// held than were dropped on this thread.
    pub fn hold(&self, value: i64) -> Held {
        let mut held = Held::new(self, value);
        held.in_flight.begin(self, || [], value);
        held
    }
}

/// Adds a value with the tags of the scope and `tags` over them.
#[doc(hidden)]
pub fn hold<'a, const N: usize>(
    measure: &impl HeldMeasure,
    value: i64,
    tags: impl Fn() -> [Tag<'a>; N],
) -> Held {
    let measure = measure.held();
    let mut held = Held::new(measure, value);
    held.in_flight.begin_with_tags(measure, &tags(), value);
    held
}

impl Held {
    /// A guard that has added nothing.
    fn new(measure: &Measure<i64>, value: i64) -> Self {
        Self {
            measure: measure.clone(),
            value,
            in_flight: InFlight::NONE,
        }
    }

    /// A guard of a bound measure.
    pub(super) fn bound(measure: &Measure<i64>, id: BoundId, tags: &TagMap, value: i64) -> Self {
        let mut held = Self::new(measure, value);
        held.in_flight.begin_bound(measure, id, tags, value);
        held
    }

    /// The value that is taken back when the guard is dropped.
    #[must_use]
    pub fn value(&self) -> i64 {
        self.value
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.in_flight.end(&self.measure, self.value);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("measure", &self.measure)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
