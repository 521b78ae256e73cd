//! A measure of the model, with its views.

use std::fmt::Display;

use census::{Count, Distribution, LastValue, Measure, Sum, View, tags};

use super::Worker;
use super::rows::{
    Expected, Log, Logged, Removal, wrong_count, wrong_distribution, wrong_last, wrong_sum,
};
use super::steps::{A, B, Key, Step};
use super::values::Modeled;

fn no_columns(_: &Key) -> Vec<String> {
    Vec::new()
}

fn both(key: &Key) -> Vec<String> {
    vec![key.0.clone(), key.1.clone()]
}

fn reversed(key: &Key) -> Vec<String> {
    vec![key.1.clone(), key.0.clone()]
}

fn only_a(key: &Key) -> Vec<String> {
    vec![key.0.clone()]
}

fn only_b(key: &Key) -> Vec<String> {
    vec![key.1.clone()]
}

/// The columns of the views from which rows are removed.
const REMOVABLE: [fn(&Key) -> Vec<String>; 6] =
    [both, no_columns, only_b, only_a, reversed, only_a];

/// A measure with views of all aggregations, and the log of its measurements.
pub(super) struct MeasureModel<T: Modeled> {
    measure: Measure<T>,
    log: Log<T>,
    counts: View<Count>,
    total: View<Sum>,
    sums: View<Sum>,
    last: View<LastValue>,
    distribution: View<Distribution>,
    bounded: View<Distribution>,
    /// What was removed from the views, in the order of [`REMOVABLE`].
    removals: [Vec<Removal>; REMOVABLE.len()],
    /// A view that is registered at times.
    guest: View<Count>,
    /// How many measurements the log had when the view was registered.
    guest_since: Option<usize>,
}

impl<T: Modeled> MeasureModel<T> {
    pub(super) fn new(name: &str) -> Self {
        let measure = Measure::<T>::builder(format!("model/{name}"))
            .register()
            .expect("a free name");
        let named = |view: &str| format!("model_{name}_{view}");
        let bounds = || T::BOUNDS.iter().copied();
        let guest = View::count(named("guest"), &measure)
            .column(&B)
            .register()
            .expect("a free name");
        assert!(guest.unregister());
        Self {
            counts: View::count(named("counts"), &measure)
                .column(&A)
                .column(&B)
                .register()
                .expect("a free name"),
            total: View::sum(named("total"), &measure)
                .register()
                .expect("a free name"),
            sums: View::sum(named("sums"), &measure)
                .column(&B)
                .register()
                .expect("a free name"),
            last: View::last_value(named("last"), &measure)
                .column(&A)
                .register()
                .expect("a free name"),
            distribution: View::distribution(named("distribution"), &measure, bounds())
                .column(&B)
                .column(&A)
                .register()
                .expect("a free name"),
            bounded: View::distribution(named("bounded"), &measure, bounds())
                .column(&A)
                .max_series(2)
                .register()
                .expect("a free name"),
            guest,
            guest_since: None,
            removals: Default::default(),
            log: Vec::new(),
            measure,
        }
    }

    pub(super) fn record(
        &mut self,
        worker: &Worker,
        second: &Measure<u64>,
        (number, step): (usize, &Step),
    ) {
        let value = T::VALUES[step.value % T::VALUES.len()];
        let (measure, second, thread) = (self.measure.clone(), second.clone(), step.thread);
        let step = step.clone();
        let key = worker.call(move || step.record(&measure, &second, value));
        if value.float().is_finite() {
            self.log.push(Logged {
                key,
                value,
                thread,
                step: number,
            });
        }
    }

    pub(super) fn toggle_guest(&mut self) {
        self.guest_since = if self.guest_since.is_some() {
            assert!(self.guest.unregister(), "{} was there", self.guest.name());
            None
        } else {
            self.guest.register().expect("a free name");
            Some(self.log.len())
        };
    }

    /// Removes the row of a measurement with these tags from one of the views or, without tags, all its rows.
    pub(super) fn remove(&mut self, view: usize, key: Option<&Key>) {
        let view = view % REMOVABLE.len();
        let max = if view == 5 { 2 } else { usize::MAX };
        let before = Expected::new(&self.log, &self.removals[view], max, REMOVABLE[view]).rows;
        let row = key.map(REMOVABLE[view]);
        let expected = match &row {
            // A view without columns always has its row.
            _ if view == 1 => 1,
            Some(row) => usize::from(before.contains_key(row)),
            None => before.len(),
        };
        let removed = match (view, key) {
            (0, key) => remove(&self.counts, key),
            (1, key) => remove(&self.total, key),
            (2, key) => remove(&self.sums, key),
            (3, key) => remove(&self.last, key),
            (4, key) => remove(&self.distribution, key),
            (_, key) => remove(&self.bounded, key),
        };
        assert_eq!(removed, expected, "rows of {key:?} in view {view}");
        let logged = self.log.len();
        self.removals[view].push(Removal { logged, row });
    }

    /// Compares the rows of all views with the log. `at` is the step after which they are compared.
    pub(super) fn check(&self, at: &dyn Display) {
        let of =
            |view: usize, max| Expected::new(&self.log, &self.removals[view], max, REMOVABLE[view]);
        of(0, usize::MAX).check(at, &self.counts, wrong_count);
        if let Some(since) = self.guest_since {
            let expected = Expected::new(&self.log[since..], &[], usize::MAX, only_b);
            expected.check(at, &self.guest, wrong_count);
        }
        // A view without columns has its row from the start.
        of(1, usize::MAX)
            .with_row(Vec::new())
            .check(at, &self.total, wrong_sum);
        of(2, usize::MAX).check(at, &self.sums, wrong_sum);
        of(3, usize::MAX).check(at, &self.last, wrong_last);
        of(4, usize::MAX).check(at, &self.distribution, wrong_distribution);
        let bounded = of(5, 2);
        bounded.check(at, &self.bounded, wrong_distribution);
        for (view, overflowed, expected) in [
            (&self.distribution, self.distribution.data().overflowed, 0),
            (
                &self.bounded,
                self.bounded.data().overflowed,
                bounded.overflowed,
            ),
        ] {
            assert_eq!(
                overflowed,
                expected,
                "{at}: measurements of {} beyond its rows",
                view.name()
            );
        }
    }
}

/// Removes the row for these tags or, without tags, all rows. Returns how many there were.
fn remove<A>(view: &View<A>, key: Option<&Key>) -> usize {
    match key {
        Some((a, b)) => usize::from(view.remove(&tags!(A = a, B = b))),
        None => view.clear(),
    }
}

/// Frees the names of the views, also if a check fails: proptest then runs smaller cases.
impl<T: Modeled> Drop for MeasureModel<T> {
    fn drop(&mut self) {
        for count in [&self.counts, &self.guest] {
            count.unregister();
        }
        for sum in [&self.total, &self.sums] {
            sum.unregister();
        }
        for distribution in [&self.distribution, &self.bounded] {
            distribution.unregister();
        }
        self.last.unregister();
    }
}
