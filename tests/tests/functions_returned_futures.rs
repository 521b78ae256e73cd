//! Functions that are not `async` and return a future: whatever their bodies look like, every call is counted, and once.

#![deny(warnings, clippy::all, clippy::pedantic)]

use std::future::Future;
use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use census::calls::{CALLS, CALLS_IN_FLIGHT, FUNCTION, RESULT};
use census::{measure, tags};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// ok, error, panicked, cancelled.
fn all(function: &str) -> [u64; 4] {
    ["ok", "error", "panicked", "cancelled"].map(|result| {
        let tags = tags!(FUNCTION = function, RESULT = result);
        let data = CALLS.data();
        let mut rows = data.rows.iter();
        let row = rows.find(|row| {
            row.tag(&FUNCTION) == tags.get(&FUNCTION).map(census::TagValue::as_str)
                && row.tag(&RESULT) == Some(result)
        });
        row.map_or(0, |row| row.data)
    })
}

fn run<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

trait Tower {
    type Future: Future<Output = Result<u8, ()>>;
    fn call(&self) -> Self::Future;
}

struct Service;

#[measure]
impl Tower for Service {
    type Future = Boxed<Result<u8, ()>>;

    fn call(&self) -> Self::Future {
        Box::pin(async { Err(()) })
    }
}

#[test]
fn behind_an_associated_type() {
    let future = Service.call();
    assert_eq!(all("Service::call"), [0; 4], "it has not begun");
    assert_eq!(run(future), Some(Err(())));
    assert_eq!(all("Service::call"), [0, 1, 0, 0]);
}

#[measure]
fn early_after_a_function_type(
    f: Option<fn(u8) -> u8>,
) -> Pin<Box<dyn Future<Output = Result<u8, ()>>>> {
    let Some(f): Option<fn(u8) -> u8> = f else {
        return Box::pin(async { Err(()) });
    };
    Box::pin(async move { Ok(f(1)) })
}

#[measure]
fn early_in_a_condition(x: Option<u8>) -> Pin<Box<dyn Future<Output = Result<u8, ()>>>> {
    if (match x {
        Some(x) => x,
        None => return Box::pin(async { Err(()) }),
    }) > 3
    {
        Box::pin(async { Ok(1) })
    } else {
        Box::pin(async { Ok(2) })
    }
}

#[test]
fn early_returns() {
    assert_eq!(run(early_after_a_function_type(None)), Some(Err(())));
    assert_eq!(run(early_after_a_function_type(Some(|x| x))), Some(Ok(1)));
    assert_eq!(all("early_after_a_function_type"), [1, 1, 0, 0]);
    assert_eq!(run(early_in_a_condition(None)), Some(Err(())));
    assert_eq!(run(early_in_a_condition(Some(7))), Some(Ok(1)));
    assert_eq!(run(early_in_a_condition(Some(1))), Some(Ok(2)));
    assert_eq!(all("early_in_a_condition"), [2, 1, 0, 0]);
}

#[measure]
fn closures_return(v: &[u8]) -> Pin<Box<dyn Future<Output = usize> + Send>> {
    let some = v.iter().filter(|x| {
        if **x == 0 {
            return false;
        }
        true
    });
    let all = some.map(|x| -> usize {
        if *x == 1 {
            return 1;
        }
        usize::from(*x)
    });
    let n = all.sum();
    Box::pin(async move { n })
}

#[test]
fn what_a_closure_returns_is_its_own() {
    assert_eq!(run(closures_return(&[0, 1, 2])), Some(3));
    assert_eq!(all("closures_return"), [1, 0, 0, 0]);
}

/// `futures` has such methods.
trait Adapt: Future + Sized {
    fn map<T>(self, f: impl FnOnce(Self::Output) -> T) -> impl Future<Output = T> {
        async move { f(self.await) }
    }
}

impl<F: Future> Adapt for F {}

#[measure]
fn adapted() -> Pin<Box<dyn Future<Output = String>>> {
    Box::pin(async { 5_u8 }.map(|x| x.to_string()))
}

#[test]
fn an_adaptor_behind_the_block() {
    assert_eq!(run(adapted()).as_deref(), Some("5"));
    assert_eq!(all("adapted"), [1, 0, 0, 0]);
}

#[measure]
fn polled_again() -> impl Future<Output = Result<u8, ()>> {
    async move { Ok(1) }
}

#[test]
fn a_future_polled_after_its_end_is_no_second_call() {
    let mut future = Box::pin(polled_again());
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(future.as_mut().poll(&mut cx), Poll::Ready(Ok(1)));
    assert!(catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut cx))).is_err());
    drop(future);
    assert_eq!(all("polled_again"), [1, 0, 0, 0]);
    let active = CALLS_IN_FLIGHT.data();
    assert!(
        active
            .get(&tags!(
                FUNCTION = "polled_again",
                census::calls::MODULE = module_path!()
            ))
            .is_some_and(|active| *active == 0)
    );
}

#[measure]
async fn unwind_safe(v: Vec<u8>, _unused: String) -> Result<usize, String> {
    std::future::ready(()).await;
    Ok(v.len())
}

#[test]
fn a_measured_future_is_what_it_was() {
    fn is_unwind_safe<T: UnwindSafe>(value: T) -> T {
        value
    }
    let future = is_unwind_safe(unwind_safe(vec![1], String::new()));
    assert_eq!(run(future), Some(Ok(1)));
}
