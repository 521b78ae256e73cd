//! Work whose results no scrapes share, for example an exposition of some families only.

use std::sync::Arc;
use std::time::Duration;

use super::failure::Failure;
use super::single_flight::{SingleFlight, Ticket};
use crate::sync::Mutex;

/// How many jobs may wait. Each has to wait for those before it.
const MAX_WAITING: usize = 8;

/// Jobs that one thread does, in their order.
///
/// It is a [`SingleFlight`], in which the calls of a run do not share a value: each adds a job to the run.
#[derive(Default)]
pub(super) struct JobQueue(SingleFlight<Vec<Job>, ()>);

type Job = Box<dyn FnOnce() + Send>;

/// A call's job: waits for its result on a thread, or in a task. If the ticket is dropped before the job begins, the job is not done.
#[derive(Debug)]
pub(super) struct JobTicket<T> {
    ticket: Ticket<()>,
    result: Arc<Mutex<Option<T>>>,
}

impl JobQueue {
    /// Adds a job. `start_worker` starts a thread that calls [`work`](Self::work).
    ///
    /// # Errors
    /// If too many jobs wait, or if the thread cannot be started.
    pub(super) fn add<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
        start_worker: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<JobTicket<T>, Failure> {
        let result = Arc::new(Mutex::new(None));
        let wanted = Arc::downgrade(&result);
        let job = move || {
            if let Some(result) = wanted.upgrade() {
                let done = job();
                *result.lock() = Some(done);
            }
        };
        let add = |jobs: &mut Vec<Job>, _| {
            if jobs.len() >= MAX_WAITING {
                return Err(Failure::Busy);
            }
            jobs.push(Box::new(job));
            Ok(())
        };
        let ticket = self.0.join(add, start_worker)?;
        Ok(JobTicket { ticket, result })
    }

    /// Does jobs until [`close`](Self::close) is called. The jobs do not panic.
    pub(super) fn work(&self) {
        self.0.work(|jobs| jobs.into_iter().for_each(|job| job()));
    }

    /// Ends the worker after the jobs that it has begun.
    pub(super) fn close(&self) {
        self.0.close();
    }
}

impl std::fmt::Debug for JobQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobQueue").finish_non_exhaustive()
    }
}

impl<T> JobTicket<T> {
    /// The result; `None` if there is none after the timeout.
    pub(super) fn wait(self, timeout: Duration) -> Option<T> {
        let Self { ticket, result } = self;
        ticket.wait(timeout)?;
        result.lock().take()
    }

    /// The same in a task, without a timeout. `None` if the worker has ended.
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
            .filter_map(|number| queue.add(move || number, &start).ok())
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
                queue.add(move || done.send(number), &start)
            })
            .collect();
        assert!(waiting.iter().all(Result::is_ok));
        let refused = queue.add(|| (), &start);
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
}
