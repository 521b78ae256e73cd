//! Sharing of concurrent renderings.

use std::sync::{Arc, OnceLock};

use crate::sync::{Condvar, Mutex};

/// Makes a value anew for each call, one at a time; calls that wait share a value.
///
/// A call that finds no run under way runs its closure. A call that arrives during a run waits for a later run, which
/// all calls that arrived during the same run share. So hundreds of concurrent calls usually cost two runs.
///
/// # Protocol
/// Calls that wait for the same run hold the same [`Slot`]. Calls obtain it from `State::next`, and a run removes it
/// from there when it begins. A call that waited, and then runs, puts its value into the slot that it holds.
///
/// # Invariants
/// 1. `running` is true exactly while a call runs its closure. So at most one closure runs.
/// 2. A value is never older than the call that it is returned to. The run that fills a slot belongs to a call that
///    holds the slot, and when that run begins, the slot is in `next` no longer. So all holders arrived before the run
///    began.
/// 3. A slot is filled at most once. It is filled before `running` becomes false, and after each wait a holder looks
///    into its slot before it looks at `running`.
/// 4. No wake-up is lost. A [`RunGuard`] ends each run, also if the closure panics: it resets `running` under the lock
///    under which calls look at it, and then wakes all calls that wait. Those whose slot is still empty compete for the
///    next run.
///
/// Calls that waited also compete with calls that have just arrived. The run of a call that has just arrived fills no
/// slot, so a call may wait for several runs.
#[derive(Debug)]
pub(super) struct SingleFlight<T> {
    state: Mutex<State<T>>,
    run_ended: Condvar,
}

#[derive(Debug)]
struct State<T> {
    running: bool,
    /// The slot of the calls that arrived since the current run began; `None` if there was none.
    next: Option<Slot<T>>,
}

/// The value of a run, for the calls that wait for it.
type Slot<T> = Arc<OnceLock<T>>;

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                running: false,
                next: None,
            }),
            run_ended: Condvar::default(),
        }
    }
}

impl<T: Clone> SingleFlight<T> {
    /// The value of `make`, or of the `make` of another call, if that began after this call.
    pub(super) fn run(&self, make: impl FnOnce() -> T) -> T {
        let mut state = self.state.lock();
        let mut slot: Option<Slot<T>> = None;
        while state.running {
            let slot = slot.get_or_insert_with(|| Arc::clone(state.next.get_or_insert_default()));
            state = self.run_ended.wait(state);
            if let Some(value) = slot.get() {
                return value.clone();
            }
        }
        state.running = true;
        // Calls that arrive from now on wait for another run than those that arrived before.
        state.next = None;
        drop(state);
        let guard = RunGuard(self);
        let value = make();
        if let Some(slot) = slot {
            // Never an error: see invariant 3.
            let _ = slot.set(value.clone());
        }
        drop(guard);
        value
    }
}

/// Ends a run, also when its closure panics.
struct RunGuard<'a, T>(&'a SingleFlight<T>);

impl<T> Drop for RunGuard<'_, T> {
    fn drop(&mut self) {
        self.0.state.lock().running = false;
        self.0.run_ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::{scope, yield_now};

    use super::*;

    /// How many calls wait and arrived since the current run began.
    fn waiting(flight: &SingleFlight<usize>) -> usize {
        let state = flight.state.lock();
        let slot = state.next.as_ref();
        slot.map_or(0, |slot| Arc::strong_count(slot) - 1)
    }

    /// Makes `waiters` calls during a first run, which then ends with `first`. Returns the values of those calls, and
    /// how many values were made.
    fn call_during_a_run(waiters: usize, first: fn(&AtomicUsize) -> usize) -> (Vec<usize>, usize) {
        let (flight, made) = (SingleFlight::default(), AtomicUsize::new(0));
        let values = scope(|scope| {
            let call = || flight.run(|| made.fetch_add(1, Ordering::SeqCst) + 1);
            let leader = scope.spawn(|| {
                let first_run = || {
                    while waiting(&flight) < waiters {
                        yield_now();
                    }
                    first(&made)
                };
                catch_unwind(AssertUnwindSafe(|| flight.run(first_run))).ok()
            });
            while !flight.state.lock().running {
                yield_now();
            }
            let others: Vec<_> = (0..waiters).map(|_| scope.spawn(call)).collect();
            let _ = leader.join().expect("it catches panics");
            others
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        (values, made.into_inner())
    }

    #[test]
    fn waiting_calls_share_the_next_run() {
        let (values, made) = call_during_a_run(50, |made| made.fetch_add(1, Ordering::SeqCst) + 1);
        assert_eq!((values, made), (vec![2; 50], 2));
    }

    #[test]
    fn a_panic_wakes_waiting_calls() {
        let (values, made) = call_during_a_run(50, |_| panic!("on purpose"));
        assert_eq!((values, made), (vec![1; 50], 1));
    }

    #[test]
    fn sequential_calls_share_nothing() {
        let flight = SingleFlight::default();
        assert_eq!([1, 2].map(|value| flight.run(|| value)), [1, 2]);
    }
}
