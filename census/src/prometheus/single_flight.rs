//! Sharing of concurrent renderings.

#[cfg(all(test, census_model))]
mod models;

use std::collections::HashMap;
use std::mem;
use std::pin::Pin;
use std::process;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::sync::{Condvar, Mutex};

/// Makes a new value for the calls that ask for one. One value is made at a time, and the calls that wait share it.
///
/// A call [joins](Self::join) the next run, and waits for its value on a thread or in a task. One worker, on a thread of
/// its own, [makes](Self::work) the values. So hundreds of concurrent calls cost two runs, and no caller's thread is held
/// by a run that hangs. A call may add a wish to its run, of type `W`. The worker sees the wishes of all calls of a run.
///
/// # Protocol
/// `State::next` is the run that calls join, if any call has joined it. The worker takes it from there before it begins
/// to make the value, and stores the value in it at the end. Calls that join meanwhile begin another `next`.
///
/// # Invariants
/// 1. At most one closure runs at a time: only the worker calls it, and there is one worker.
/// 2. A value is never older than the call that it is returned to: a run is not in `next` any more when it begins.
/// 3. A call waits for the run under way and one more, and for no other: when a call joins `next`, at most one run is under
///    way, and the worker takes `next` after it.
/// 4. No wake-up is lost. A run ends under the lock under which a ticket looks at it and registers its waker.
#[derive(Debug)]
pub(super) struct SingleFlight<W, T> {
    state: Mutex<State<W, T>>,
    /// Notified when `next` or `is_closed` is set.
    work: Condvar,
}

#[derive(Debug)]
struct State<W, T> {
    /// The run that calls join now. It has not begun.
    next: Option<Arc<Run<T>>>,
    /// The wishes of the calls that have joined `next`.
    wishes: W,
    /// The process in which there is a worker. One that was forked from it has none.
    worker_in: Option<u32>,
    /// Whether the worker should end.
    is_closed: bool,
}

#[derive(Debug)]
struct Run<T> {
    progress: Mutex<Progress<T>>,
    ended: Condvar,
}

#[derive(Debug)]
struct Progress<T> {
    outcome: Outcome<T>,
    /// How many tickets there are.
    tickets: usize,
    /// The tasks that wait, by their tickets.
    wakers: HashMap<u64, Waker>,
    next_ticket: u64,
}

#[derive(Debug)]
enum Outcome<T> {
    Pending,
    Value(T),
    /// The worker ended without a value.
    Abandoned,
}

/// A call's part in a run: waits on a thread by [`wait`](Self::wait), or in a task as a future. Both return `None` if there
/// will be no value. A ticket that is dropped leaves nothing behind.
#[derive(Debug)]
pub(super) struct Ticket<T> {
    run: Arc<Run<T>>,
    id: u64,
}

/// Ends a run that one call waits for, and that no other call can join.
#[derive(Debug)]
pub(super) struct Promise(Arc<Run<()>>);

impl Promise {
    /// A promise, and the ticket of the call that waits for it.
    pub(super) fn new() -> (Self, Ticket<()>) {
        let run = Arc::<Run<()>>::default();
        run.progress.lock().tickets = 1;
        let ticket = Ticket {
            run: Arc::clone(&run),
            id: 0,
        };
        (Self(run), ticket)
    }

    /// Ends the run. A promise that is dropped before ends it without a value.
    pub(super) fn keep(self) {
        self.0.progress.lock().outcome = Outcome::Value(());
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        drop(EndOfRun(&self.0));
    }
}

impl<W: Default, T> Default for SingleFlight<W, T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                next: None,
                wishes: W::default(),
                worker_in: None,
                is_closed: false,
            }),
            work: Condvar::default(),
        }
    }
}

impl<W: Default, T> SingleFlight<W, T> {
    /// Joins the next run. `start_worker` is called if there is no worker; it starts a thread that calls
    /// [`work`](Self::work). `wish` is called with the wishes of the run and the number of calls that wait for it. It adds to
    /// the wishes, or refuses the call.
    ///
    /// # Errors
    /// If the worker cannot be started, or if `wish` refuses the call.
    pub(super) fn join<E>(
        &self,
        wish: impl FnOnce(&mut W, usize) -> Result<(), E>,
        start_worker: impl FnOnce() -> Result<(), E>,
    ) -> Result<Ticket<T>, E> {
        let mut state = self.state.lock();
        let process = process::id();
        if state.worker_in != Some(process) {
            start_worker()?;
            state.worker_in = Some(process);
        }
        let State { next, wishes, .. } = &mut *state;
        let run = Arc::clone(next.get_or_insert_default());
        let mut progress = run.progress.lock();
        wish(wishes, progress.tickets)?;
        let id = progress.next_ticket;
        progress.next_ticket += 1;
        progress.tickets += 1;
        drop(progress);
        drop(state);
        self.work.notify_one();
        Ok(Ticket { run, id })
    }

    /// Makes a value for each run until [`close`](Self::close) is called. Runs that all calls have left are skipped.
    pub(super) fn work(&self, make: impl Fn(W) -> T) {
        /// Lets another worker start, should this one end by a panic.
        struct WorkerGuard<'a, W: Default, T>(&'a SingleFlight<W, T>);
        impl<W: Default, T> Drop for WorkerGuard<'_, W, T> {
            fn drop(&mut self) {
                let mut state = self.0.state.lock();
                state.worker_in = None;
                // The calls that wait for this run might wait for ever, if no other call starts a worker.
                let next = state.next.take();
                let wishes = mem::take(&mut state.wishes);
                drop(state);
                drop(next.as_deref().map(EndOfRun));
                drop(wishes);
            }
        }
        let _guard = WorkerGuard(self);
        while let Some((run, wishes)) = self.next_run() {
            let end = EndOfRun(&run);
            let value = make(wishes);
            run.progress.lock().outcome = Outcome::Value(value);
            drop(end);
        }
    }

    /// Takes the next run and its wishes, waiting until a call has joined it. `None` when the worker should end.
    fn next_run(&self) -> Option<(Arc<Run<T>>, W)> {
        let mut state = self.state.lock();
        loop {
            if state.is_closed {
                return None;
            }
            let Some(run) = state.next.take() else {
                state = self.work.wait(state);
                continue;
            };
            let wishes = mem::take(&mut state.wishes);
            // No call can join this run any more. If all have left, there is nothing to do.
            if run.progress.lock().tickets > 0 {
                return Some((run, wishes));
            }
            drop(state);
            // Not under the lock: a wish may be anything.
            drop(wishes);
            state = self.state.lock();
        }
    }

    /// Ends the worker after the run under way.
    pub(super) fn close(&self) {
        self.state.lock().is_closed = true;
        self.work.notify_one();
    }
}

impl<T> Default for Run<T> {
    fn default() -> Self {
        Self {
            progress: Mutex::new(Progress {
                outcome: Outcome::Pending,
                tickets: 0,
                wakers: HashMap::new(),
                next_ticket: 0,
            }),
            ended: Condvar::default(),
        }
    }
}

/// Ends a run and wakes all calls that wait for it, also if no value was made.
struct EndOfRun<'a, T>(&'a Run<T>);

impl<T> Drop for EndOfRun<'_, T> {
    fn drop(&mut self) {
        let mut progress = self.0.progress.lock();
        if matches!(progress.outcome, Outcome::Pending) {
            progress.outcome = Outcome::Abandoned;
        }
        let wakers = mem::take(&mut progress.wakers);
        drop(progress);
        self.0.ended.notify_all();
        wakers.into_values().for_each(Waker::wake);
    }
}

impl<T: Clone> Progress<T> {
    /// Ready when the run has ended: with its value, or with `None` if there is none. The last ticket gets the value itself,
    /// so that its holder is the only one.
    fn result(&mut self) -> Poll<Option<T>> {
        if self.tickets == 1 && matches!(self.outcome, Outcome::Value(_)) {
            return match mem::replace(&mut self.outcome, Outcome::Abandoned) {
                Outcome::Value(value) => Poll::Ready(Some(value)),
                Outcome::Pending | Outcome::Abandoned => Poll::Ready(None),
            };
        }
        match &self.outcome {
            Outcome::Pending => Poll::Pending,
            Outcome::Value(value) => Poll::Ready(Some(value.clone())),
            Outcome::Abandoned => Poll::Ready(None),
        }
    }
}

impl<T: Clone> Ticket<T> {
    /// The run's value; `None` if there is none after the timeout.
    pub(super) fn wait(self, timeout: Duration) -> Option<T> {
        let deadline = Instant::now().checked_add(timeout);
        let mut progress = self.run.progress.lock();
        loop {
            if let Poll::Ready(result) = progress.result() {
                return result;
            }
            progress = match deadline {
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    self.run.ended.wait_timeout(progress, left)
                }
                // Further away than the clock can express.
                None => self.run.ended.wait(progress),
            };
        }
    }
}

impl<T: Clone> Future for Ticket<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut progress = self.run.progress.lock();
        let result = progress.result();
        if result.is_pending() {
            progress.wakers.insert(self.id, cx.waker().clone());
        }
        result
    }
}

impl<T> Drop for Ticket<T> {
    fn drop(&mut self) {
        let mut progress = self.run.progress.lock();
        progress.tickets -= 1;
        let waker = progress.wakers.remove(&self.id);
        drop(progress);
        // Not under the lock: a waker's destructor is code of the caller's runtime.
        drop(waker);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    use super::*;

    /// A worker that makes 1, 2, 3, … Each run waits for a permission.
    struct Fixture {
        flight: Arc<SingleFlight<usize, usize>>,
        made: Arc<AtomicUsize>,
        permissions: Sender<()>,
        began: Receiver<()>,
    }

    impl Fixture {
        fn new() -> Self {
            let flight = Arc::new(SingleFlight::default());
            let made = Arc::new(AtomicUsize::new(0));
            let (permissions, permitted) = channel();
            let (report, began) = channel();
            let worker = (Arc::clone(&flight), Arc::clone(&made));
            flight.state.lock().worker_in = Some(process::id());
            thread::spawn(move || {
                let (flight, made) = worker;
                flight.work(|_| {
                    let _ = report.send(());
                    let _ = permitted.recv();
                    made.fetch_add(1, Ordering::SeqCst) + 1
                });
            });
            Self {
                flight,
                made,
                permissions,
                began,
            }
        }

        fn join(&self) -> Ticket<usize> {
            let Ok(ticket) = self.flight.join(no_wish, started);
            ticket
        }

        fn permit(&self) {
            self.permissions.send(()).expect("a worker");
        }
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            self.flight.close();
        }
    }

    const LONG: Duration = Duration::from_mins(1);

    #[expect(
        clippy::unnecessary_wraps,
        reason = "`join` takes functions that may fail"
    )]
    fn no_wish<W>(_: &mut W, _: usize) -> Result<(), Infallible> {
        Ok(())
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "`join` takes functions that may fail"
    )]
    fn started() -> Result<(), Infallible> {
        Ok(())
    }

    #[test]
    fn calls_during_a_run_share_the_next_one() {
        let fixture = Fixture::new();
        let first = fixture.join();
        fixture.began.recv().expect("a run");
        let later: Vec<_> = (0..50).map(|_| fixture.join()).collect();
        fixture.permit();
        fixture.permit();
        let base = first.wait(LONG).expect("a value");
        let values: Vec<_> = later.into_iter().map(|ticket| ticket.wait(LONG)).collect();
        assert_eq!(values, vec![Some(base + 1); 50]);
        assert_eq!(fixture.made.load(Ordering::SeqCst), base + 1);
    }

    #[test]
    fn a_call_that_waits_gets_the_next_value_however_many_calls_arrive() {
        let fixture = Fixture::new();
        let first = fixture.join();
        fixture.began.recv().expect("a run");
        let waiting = fixture.join();
        fixture.permit();
        let base = first.wait(LONG).expect("a value");
        // The worker has taken the run of `waiting`; calls that arrive now join another.
        fixture.began.recv().expect("a run");
        let newcomer = fixture.join();
        fixture.permit();
        assert_eq!(waiting.wait(LONG), Some(base + 1));
        fixture.permit();
        assert_eq!(newcomer.wait(LONG), Some(base + 2));
    }

    #[test]
    fn a_run_that_hangs_costs_the_timeout() {
        let fixture = Fixture::new();
        let ticket = fixture.join();
        fixture.began.recv().expect("a run");
        assert_eq!(ticket.wait(Duration::from_millis(10)), None);
        assert_eq!(fixture.join().wait(Duration::from_millis(10)), None);
        fixture.permit();
    }

    #[test]
    fn runs_that_all_calls_have_left_are_skipped() {
        let fixture = Fixture::new();
        let first = fixture.join();
        fixture.began.recv().expect("a run");
        for _ in 0..100 {
            drop(fixture.join());
        }
        fixture.permit();
        let base = first.wait(LONG).expect("a value");
        let last = fixture.join();
        fixture.permit();
        assert_eq!(last.wait(LONG), Some(base + 1));
    }

    #[test]
    fn a_dropped_ticket_leaves_no_waker() {
        let fixture = Fixture::new();
        let mut ticket = fixture.join();
        fixture.began.recv().expect("a run");
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut ticket).poll(&mut cx).is_pending());
        let run = Arc::clone(&ticket.run);
        assert_eq!(run.progress.lock().wakers.len(), 1);
        drop(ticket);
        assert_eq!(run.progress.lock().wakers.len(), 0);
        fixture.permit();
    }

    #[test]
    fn a_run_has_the_wishes_of_its_calls_and_no_others() {
        let flight = Arc::new(SingleFlight::<Vec<usize>, Vec<usize>>::default());
        flight.state.lock().worker_in = Some(process::id());
        let join = |wish: usize| {
            let add = |wishes: &mut Vec<usize>, _| {
                wishes.push(wish);
                Ok(())
            };
            let Ok(ticket) = flight.join(add, started);
            ticket
        };
        // All calls of this run leave before it begins.
        drop(join(1));
        let worker = Arc::clone(&flight);
        let (report, began) = channel();
        let (permissions, permitted) = channel::<()>();
        thread::spawn(move || {
            worker.work(|wishes| {
                let _ = report.send(());
                let _ = permitted.recv();
                wishes
            });
        });
        // The worker may have taken that run already.
        let first = join(2);
        began.recv().expect("a run");
        let later = [join(3), join(4)];
        let refused = flight.join(|_, calls| Err(calls), || Ok(()));
        assert_eq!(refused.err(), Some(2));
        permissions.send(()).expect("a worker");
        permissions.send(()).expect("a worker");
        let first = first.wait(LONG).expect("a value");
        assert!(first == [2] || first == [1, 2], "{first:?}");
        for ticket in later {
            assert_eq!(ticket.wait(LONG), Some(vec![3, 4]));
        }
        flight.close();
    }

    #[test]
    fn a_process_that_was_forked_has_a_worker_of_its_own() {
        let flight = Arc::new(SingleFlight::<(), u8>::default());
        flight.state.lock().worker_in = Some(process::id() + 1);
        let worker = Arc::clone(&flight);
        let Ok(ticket) = flight.join(no_wish, || {
            thread::spawn(move || worker.work(|()| 7));
            Ok(())
        });
        assert_eq!(ticket.wait(LONG), Some(7));
        flight.close();
    }

    #[test]
    fn a_worker_that_panics_is_replaced_and_its_calls_end() {
        let flight = Arc::new(SingleFlight::<(), u8>::default());
        let start = |panics: bool| {
            let flight = Arc::clone(&flight);
            move || {
                thread::spawn(move || {
                    flight.work(|()| if panics { panic!("on purpose") } else { 7 });
                });
                Ok::<(), Infallible>(())
            }
        };
        let Ok(ticket) = flight.join(no_wish, start(true));
        assert_eq!(ticket.wait(LONG), None);
        // The worker's guard may still be running.
        let second = loop {
            let Ok(ticket) = flight.join(no_wish, start(false));
            if let Some(value) = ticket.wait(Duration::from_millis(50)) {
                break value;
            }
        };
        assert_eq!(second, 7);
        flight.close();
    }
}
