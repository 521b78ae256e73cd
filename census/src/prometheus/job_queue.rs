//! Work whose results no scrapes share, for example an exposition of some families only.

use std::collections::VecDeque;
use std::mem;
use std::net::IpAddr;
use std::process;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::failure::Failure;
use super::fairness::gives_way;
use super::single_flight::{Promise, Ticket};
use crate::sync::{Condvar, Mutex};

/// How many jobs may wait. Each has to wait for those before it.
const MAX_WAITING: usize = 8;

/// Jobs that one thread does, in their order, but not one client's after another of its own while another client waits.
///
/// If there are too many, the client that has most gives one up. So a client that asks again and again keeps no other one out.
///
/// *Invariants: one job is done at a time. No job is dropped under the lock: it may have the last clone of an exporter,
/// whose destructor closes the queue.*
#[derive(Default)]
pub(super) struct JobQueue {
    state: Mutex<State>,
    /// Notified when a job is added, and when `is_closed` is set.
    work: Condvar,
}

/// The network of a client, if it has an address.
type Client = Option<IpAddr>;

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// The client whose job was begun last.
    served: Client,
    /// The process in which there is a worker. One that was forked from it has none.
    worker_in: Option<u32>,
    /// Whether the worker should end.
    is_closed: bool,
}

struct Waiting {
    client: Client,
    job: Box<dyn Job>,
}

trait Job: Send {
    /// Whether a call waits for the result.
    fn is_wanted(&self) -> bool;

    fn run(self: Box<Self>);
}

struct JobOf<T, F> {
    make: F,
    result: Weak<Mutex<Option<T>>>,
    promise: Promise,
}

impl<T: Send, F: FnOnce() -> T + Send> Job for JobOf<T, F> {
    fn is_wanted(&self) -> bool {
        self.result.strong_count() > 0
    }

    fn run(self: Box<Self>) {
        let Self {
            make,
            result,
            promise,
        } = *self;
        if let Some(result) = result.upgrade() {
            let made = make();
            *result.lock() = Some(made);
            promise.keep();
        }
    }
}

/// A call's job: waits for its result on a thread, or in a task. If the ticket is dropped before the job begins, the job is not done.
#[derive(Debug)]
pub(super) struct JobTicket<T> {
    ticket: Ticket<()>,
    result: Arc<Mutex<Option<T>>>,
}

impl JobQueue {
    /// Adds a job of a client. `start_worker` starts a thread that calls [`work`](Self::work).
    ///
    /// # Errors
    /// If too many jobs wait, of which no other client has more, or if the thread cannot be started.
    pub(super) fn add<T: Send + 'static>(
        &self,
        client: Client,
        make: impl FnOnce() -> T + Send + 'static,
        start_worker: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<JobTicket<T>, Failure> {
        let result = Arc::new(Mutex::new(None));
        let (promise, ticket) = Promise::new();
        let job = Box::new(JobOf {
            make,
            result: Arc::downgrade(&result),
            promise,
        });
        let mut state = self.state.lock();
        let process = process::id();
        if state.worker_in != Some(process) {
            if let Err(failure) = start_worker() {
                drop(state);
                drop(job);
                return Err(failure);
            }
            state.worker_in = Some(process);
        }
        let waiting = mem::take(&mut state.waiting).into_iter();
        let (wanted, left): (VecDeque<_>, VecDeque<_>) = waiting.partition(|it| it.job.is_wanted());
        state.waiting = wanted;
        state.waiting.push_back(Waiting { client, job });
        let newest = state.waiting.len() - 1;
        let refused = one_too_many(&state.waiting);
        let given_up = refused.and_then(|index| state.waiting.remove(index));
        drop(state);
        drop((left, given_up));
        if refused == Some(newest) {
            return Err(Failure::Busy);
        }
        self.work.notify_one();
        Ok(JobTicket { ticket, result })
    }

    /// Does jobs until [`close`](Self::close) is called. The jobs do not panic.
    pub(super) fn work(&self) {
        /// Lets another worker start, should this one end by a panic.
        struct WorkerGuard<'a>(&'a JobQueue);
        impl Drop for WorkerGuard<'_> {
            fn drop(&mut self) {
                let mut state = self.0.state.lock();
                state.worker_in = None;
                // Their calls might wait for ever, if no other call starts a worker.
                let waiting = mem::take(&mut state.waiting);
                drop(state);
                drop(waiting);
            }
        }
        let _guard = WorkerGuard(self);
        while let Some(job) = self.next() {
            if job.is_wanted() {
                job.run();
            }
        }
    }

    /// Takes the next job, waiting until there is one. `None` when the worker should end.
    fn next(&self) -> Option<Box<dyn Job>> {
        let mut state = self.state.lock();
        loop {
            if state.is_closed {
                return None;
            }
            let served = state.served;
            let of_another = state.waiting.iter().position(|it| it.client != served);
            if let Some(next) = state.waiting.remove(of_another.unwrap_or(0)) {
                state.served = next.client;
                return Some(next.job);
            }
            state = self.work.wait(state);
        }
    }

    /// Ends the worker after the job that it has begun.
    pub(super) fn close(&self) {
        self.state.lock().is_closed = true;
        self.work.notify_one();
    }
}

/// The index of the job that is given up, if there is one too many.
fn one_too_many(waiting: &VecDeque<Waiting>) -> Option<usize> {
    let is_too_many = waiting.len() > MAX_WAITING;
    let first = is_too_many.then(|| gives_way(waiting.iter().map(|it| it.client)));
    first.flatten().map(|(index, _)| index)
}

impl std::fmt::Debug for JobQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobQueue").finish_non_exhaustive()
    }
}

impl<T> JobTicket<T> {
    /// The result; `None` if there is none after the timeout, or if the job was given up.
    pub(super) fn wait(self, timeout: Duration) -> Option<T> {
        let Self { ticket, result } = self;
        ticket.wait(timeout)?;
        result.lock().take()
    }

    /// The same in a task, without a timeout. `None` if the job was given up.
    #[cfg(feature = "server")]
    pub(super) async fn result(self) -> Option<T> {
        let Self { ticket, result } = self;
        ticket.await?;
        result.lock().take()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn queue() -> (Arc<JobQueue>, impl Fn() -> Result<(), Failure>) {
        let queue = Arc::new(JobQueue::default());
        let worker = Arc::clone(&queue);
        let start = move || {
            let worker = Arc::clone(&worker);
            thread::spawn(move || worker.work());
            Ok(())
        };
        (queue, start)
    }

    #[test]
    fn each_call_gets_the_result_of_its_own_job() {
        let (queue, start) = queue();
        let tickets: Vec<_> = (0..MAX_WAITING)
            .filter_map(|number| queue.add(None, move || number, &start).ok())
            .collect();
        let results = tickets.into_iter().map(|ticket| ticket.wait(LONG));
        let results: Vec<_> = results.flatten().collect();
        assert_eq!(results, (0..MAX_WAITING).collect::<Vec<_>>());
        queue.close();
    }

    #[test]
    fn too_many_jobs_are_refused_and_those_whose_calls_have_left_are_not_done() {
        let (queue, start) = queue();
        let (permissions, permitted) = channel::<()>();
        let (report, began) = channel();
        let first = queue.add(
            None,
            move || {
                let _ = report.send(());
                let _ = permitted.recv();
            },
            &start,
        );
        began.recv().expect("the job begins");
        let (done, was_done) = channel();
        let waiting: Vec<_> = (0..MAX_WAITING)
            .map(|number| {
                let done = done.clone();
                queue.add(None, move || done.send(number), &start)
            })
            .collect();
        assert!(waiting.iter().all(Result::is_ok));
        let refused = queue.add(None, || (), &start);
        assert_eq!(refused.err(), Some(Failure::Busy));
        let mut waiting = waiting.into_iter().flatten();
        let last = waiting.next_back().expect("a job");
        drop(waiting);
        permissions.send(()).expect("the job waits");
        assert!(first.expect("a ticket").wait(LONG).is_some());
        assert!(last.wait(LONG).is_some());
        drop(done);
        assert_eq!(was_done.iter().collect::<Vec<_>>(), [MAX_WAITING - 1]);
        queue.close();
    }

    #[test]
    fn a_client_with_many_jobs_keeps_no_other_client_out() {
        let client = |last| Some(IpAddr::from([10, 0, 0, last]));
        let (queue, start) = queue();
        let (permissions, permitted) = channel::<()>();
        let (report, began) = channel();
        let add = |client, name: &'static str| {
            let report = report.clone();
            let done = move || report.send(name).map(|()| name);
            queue.add(client, done, &start)
        };
        let running = queue.add(client(1), move || permitted.recv().is_ok(), &start);
        while !queue.state.lock().waiting.is_empty() {
            thread::yield_now();
        }
        let mut many: Vec<_> = (0..MAX_WAITING)
            .map(|_| add(client(1), "many").expect("there is room"))
            .collect();
        assert_eq!(add(client(1), "one more").err(), Some(Failure::Busy));
        let other = add(client(2), "other").expect("another client gives way");
        let third = add(client(3), "third").expect("another client gives way");
        // The last two of the client that has most were given up.
        for _ in 0..2 {
            let given_up = many.pop().expect("a ticket");
            assert!(given_up.wait(LONG).is_none());
        }
        permissions.send(()).expect("the job waits");
        assert_eq!(running.expect("a ticket").wait(LONG), Some(true));
        for ticket in many.into_iter().chain([other, third]) {
            assert!(ticket.wait(LONG).is_some());
        }
        let began: Vec<_> = began.try_iter().collect();
        assert_eq!(began.get(..3), Some(["other", "many", "third"].as_slice()));
        assert_eq!(began.len(), MAX_WAITING);
        queue.close();
    }

    #[test]
    fn a_result_does_not_wait_for_the_jobs_behind_it() {
        let (queue, start) = queue();
        let (permissions, permitted) = channel::<()>();
        let (release, released) = channel::<()>();
        let running = queue.add(None, move || released.recv().is_ok(), &start);
        let first = queue.add(None, || "first", &start);
        let behind = queue.add(None, move || permitted.recv().is_ok(), &start);
        release.send(()).expect("the job waits");
        assert_eq!(first.expect("a ticket").wait(LONG), Some("first"));
        permissions.send(()).expect("the job waits");
        assert_eq!(behind.expect("a ticket").wait(LONG), Some(true));
        assert_eq!(running.expect("a ticket").wait(LONG), Some(true));
        queue.close();
    }
}
