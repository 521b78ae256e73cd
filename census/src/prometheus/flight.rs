//! Scrapes at once: those that wait for the same thing share it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Something that is made anew for whoever asks, but for one at a time: who asks while it is made waits for the next
/// one, which is begun after he has asked, and is for all that wait then. So hundreds that ask at once get it in two
/// goes, nobody gets what was begun before he asked, and no more than one is being made.
#[derive(Debug)]
pub(super) struct Flight<T> {
    state: Mutex<State<T>>,
    landed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    /// Whether one is being made.
    in_the_air: bool,
    /// Where the next one comes, if somebody waits for it.
    next: Option<Arc<OnceLock<T>>>,
}

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                in_the_air: false,
                next: None,
            }),
            landed: Condvar::new(),
        }
    }
}

impl<T: Clone> Flight<T> {
    /// What `make` makes, or what another one's does that begins after this call. If that one panics, the next of those
    /// that wait makes it.
    pub(super) fn share(&self, make: impl FnOnce() -> T) -> T {
        let mut state = self.lock();
        let mut mine: Option<Arc<OnceLock<T>>> = None;
        while state.in_the_air {
            let place = mine.get_or_insert_with(|| Arc::clone(state.next.get_or_insert_default()));
            state = self
                .landed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(made) = place.get() {
                return made.clone();
            }
        }
        state.in_the_air = true;
        // Who asks from now on waits for another.
        state.next = None;
        drop(state);
        let landing = Landing(self);
        let cargo = make();
        if let Some(mine) = mine {
            // Nobody else sets it: he would be in the air.
            let _ = mine.set(cargo.clone());
        }
        drop(landing);
        cargo
    }
}

impl<T> Flight<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// However a flight ends, those that wait are told.
struct Landing<'a, T>(&'a Flight<T>);

impl<T> Drop for Landing<'_, T> {
    fn drop(&mut self) {
        self.0.lock().in_the_air = false;
        self.0.landed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::{scope, yield_now};

    use super::*;

    /// How many wait for the next one.
    fn waiting(flight: &Flight<usize>) -> usize {
        let state = flight.lock();
        state
            .next
            .as_ref()
            .map_or(0, |it| Arc::strong_count(it) - 1)
    }

    /// Has `waiters` ask while the first one is being made, and end in `first`; what they get.
    fn ask_at_once(waiters: usize, first: fn(&AtomicUsize) -> usize) -> (Vec<usize>, usize) {
        let (flight, made) = (Flight::default(), AtomicUsize::new(0));
        let got = scope(|scope| {
            let ask = || flight.share(|| made.fetch_add(1, Ordering::SeqCst) + 1);
            let leader = scope.spawn(|| {
                let render = || {
                    while waiting(&flight) < waiters {
                        yield_now();
                    }
                    first(&made)
                };
                catch_unwind(AssertUnwindSafe(|| flight.share(render))).ok()
            });
            while !flight.lock().in_the_air {
                yield_now();
            }
            let others: Vec<_> = (0..waiters).map(|_| scope.spawn(ask)).collect();
            let _ = leader.join().expect("it catches");
            others
                .into_iter()
                .map(|it| it.join().expect("no panic"))
                .collect()
        });
        (got, made.into_inner())
    }

    #[test]
    fn all_that_wait_share_the_next_one_and_none_gets_the_one_before() {
        let (got, made) = ask_at_once(50, |made| made.fetch_add(1, Ordering::SeqCst) + 1);
        assert_eq!((got, made), (vec![2; 50], 2));
    }

    #[test]
    fn a_panic_leaves_nobody_waiting() {
        let (got, made) = ask_at_once(50, |_| panic!("on purpose"));
        assert_eq!((got, made), (vec![1; 50], 1));
    }

    #[test]
    fn one_after_the_other_each_gets_its_own() {
        let flight = Flight::default();
        assert_eq!([1, 2].map(|made| flight.share(|| made)), [1, 2]);
    }
}
