//! A model of renderings that are shared.

use std::convert::Infallible;
use std::process;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::SingleFlight;
use crate::sync::AtomicUsize;
use crate::sync::models::{check, thread};

/// Waits without a deadline.
const FOREVER: Duration = Duration::MAX;

#[test]
fn each_call_gets_a_value_that_was_begun_after_it_and_no_wake_up_is_lost() {
    check(3, || {
        let flight = Arc::new(SingleFlight::<usize, usize>::default());
        flight.state.lock().worker_in = Some(process::id());
        let begun = Arc::new(AtomicUsize::new(0));
        let running = Arc::new(AtomicUsize::new(0));
        let worker = thread::spawn({
            let (flight, begun) = (Arc::clone(&flight), Arc::clone(&begun));
            move || {
                flight.work(|wishes| {
                    assert!(wishes > 0, "a run without a wish");
                    assert_eq!(running.fetch_add(1, Ordering::Relaxed), 0, "two at a time");
                    let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
                    running.fetch_sub(1, Ordering::Relaxed);
                    number
                });
            }
        });
        let call = move |flight: &SingleFlight<usize, usize>| {
            let before = begun.load(Ordering::SeqCst);
            let wish = |wishes: &mut usize, _| {
                *wishes += 1;
                Ok::<(), Infallible>(())
            };
            let Ok(ticket) = flight.join(wish, || Ok(()));
            let value = ticket.wait(FOREVER).expect("the worker makes a value");
            assert!(
                value > before,
                "value {value} is older than a call after {before}"
            );
        };
        let other = thread::spawn({
            let (flight, call) = (Arc::clone(&flight), call.clone());
            move || call(&flight)
        });
        call(&flight);
        other.join().expect("it does not panic");
        flight.close();
        worker.join().expect("it does not panic");
    });
}
