//! Functions that are not `async` and return a future: every call is counted once, whatever the body looks like.

#![deny(warnings, clippy::all, clippy::pedantic)]

use std::panic::{AssertUnwindSafe, UnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use census::measure;
use census_tests::polling::{poll, poll_once};

use crate::counts;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// How many calls ended with `ok`, `error`, `panicked`, `cancelled`; 0 where there is no such row.
fn calls_by_result(function: &str) -> [u64; 4] {
    counts::calls_by_result(module_path!(), function).map(Option::unwrap_or_default)
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
fn associated_type() {
    let future = Service.call();
    assert_eq!(
        calls_by_result("Service::call"),
        [0; 4],
        "the call begins at the first poll"
    );
    assert_eq!(poll_once(future), Poll::Ready(Err(())));
    assert_eq!(calls_by_result("Service::call"), [0, 1, 0, 0]);
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
    assert_eq!(
        poll_once(early_after_a_function_type(None)),
        Poll::Ready(Err(()))
    );
    assert_eq!(
        poll_once(early_after_a_function_type(Some(|x| x))),
        Poll::Ready(Ok(1))
    );
    assert_eq!(calls_by_result("early_after_a_function_type"), [1, 1, 0, 0]);
    assert_eq!(poll_once(early_in_a_condition(None)), Poll::Ready(Err(())));
    assert_eq!(poll_once(early_in_a_condition(Some(7))), Poll::Ready(Ok(1)));
    assert_eq!(poll_once(early_in_a_condition(Some(1))), Poll::Ready(Ok(2)));
    assert_eq!(calls_by_result("early_in_a_condition"), [2, 1, 0, 0]);
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
fn return_in_a_closure() {
    assert_eq!(poll_once(closures_return(&[0, 1, 2])), Poll::Ready(3));
    assert_eq!(calls_by_result("closures_return"), [1, 0, 0, 0]);
}

/// An adaptor of futures like those of the crate `futures`.
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
fn adaptor_after_the_async_block() {
    assert_eq!(poll_once(adapted()), Poll::Ready("5".to_owned()));
    assert_eq!(calls_by_result("adapted"), [1, 0, 0, 0]);
}

#[measure]
#[expect(clippy::manual_async_fn, reason = "the future is returned")]
fn polled_again() -> impl Future<Output = Result<u8, ()>> {
    async move { Ok(1) }
}

#[test]
fn poll_after_the_end_is_not_a_second_call() {
    let mut future = Box::pin(polled_again());
    assert_eq!(poll(future.as_mut()), Poll::Ready(Ok(1)));
    assert!(catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).is_err());
    drop(future);
    assert_eq!(calls_by_result("polled_again"), [1, 0, 0, 0]);
    assert_eq!(counts::in_flight(module_path!(), "polled_again"), Some(0));
}

#[measure]
async fn unwind_safe(v: Vec<u8>, _unused: String) -> Result<usize, String> {
    std::future::ready(()).await;
    Ok(v.len())
}

#[test]
fn unwind_safe_as_before() {
    fn is_unwind_safe<T: UnwindSafe>(value: T) -> T {
        value
    }
    let future = is_unwind_safe(unwind_safe(vec![1], String::new()));
    assert_eq!(poll_once(future), Poll::Ready(Ok(1)));
}
