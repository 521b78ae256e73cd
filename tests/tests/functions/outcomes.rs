//! The results of calls: `ok`, `error`, `panicked`, `cancelled`, or the value of `result = `. Every call that begins
//! ends once.

#![expect(clippy::unused_self, reason = "the methods do nothing")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};

use census::calls::{DURATIONS, FUNCTION, MODULE, RESULT};
use census::{Measure, TagKey, measure, tag, tags, view};
use census_tests::polling::{pending_times, poll, poll_once};
use census_tests::rows::{integer, row};
use census_tests::threads::on_threads;
use fastrand::Rng;

use crate::counts;

fn calls(function: &str, result: &str) -> Option<u64> {
    counts::calls(module_path!(), function, result)
}

/// `ok`, `error`, `panicked`, `cancelled`.
fn calls_by_result(function: &str) -> [Option<u64>; 4] {
    counts::calls_by_result(module_path!(), function)
}

fn in_flight(function: &str) -> Option<i64> {
    counts::in_flight(module_path!(), function)
}

/// How a call behaves.
#[derive(Clone, Copy)]
enum Behavior {
    Return,
    Fail,
    Panic,
    Wait,
}

type UnitResult<T> = Result<T, ()>;

#[measure]
fn aliased(behavior: Behavior) -> UnitResult<u8> {
    act(behavior)
}

/// An alias whose name does not end with `Result`: the macro cannot know that it is a `Result`.
type Answer = Result<u8, ()>;

#[measure]
fn hidden(behavior: Behavior) -> Answer {
    act(behavior)
}

#[measure]
fn plain(behavior: Behavior) -> Option<u8> {
    act(behavior).ok()
}

#[measure]
fn returns_early(behavior: Behavior) -> Result<u8, ()> {
    if matches!(behavior, Behavior::Return) {
        return Ok(1);
    }
    act(behavior)?;
    Ok(2)
}

/// Unlike `panic!`, `resume_unwind` prints nothing.
fn act(behavior: Behavior) -> Result<u8, ()> {
    match behavior {
        Behavior::Panic => resume_unwind(Box::new("on purpose")),
        Behavior::Fail => Err(()),
        Behavior::Return | Behavior::Wait => Ok(1),
    }
}

#[test]
fn function_results() {
    assert_eq!(
        calls_by_result("aliased"),
        [Some(0), Some(0), Some(0), None],
        "the rows are there before the first call"
    );
    assert_eq!(calls_by_result("hidden"), [Some(0), None, Some(0), None]);
    assert_eq!(calls_by_result("plain"), [Some(0), None, Some(0), None]);
    for behavior in [
        Behavior::Return,
        Behavior::Return,
        Behavior::Fail,
        Behavior::Panic,
    ] {
        for function in [
            (|behavior| _ = aliased(behavior)) as fn(Behavior),
            |behavior| _ = hidden(behavior),
            |behavior| _ = plain(behavior),
            |behavior| _ = returns_early(behavior),
        ] {
            drop(catch_unwind(|| function(behavior)));
        }
    }
    for function in ["aliased", "hidden", "returns_early"] {
        assert_eq!(
            calls_by_result(function),
            [Some(2), Some(1), Some(1), None],
            "{function}"
        );
        assert_eq!(in_flight(function), Some(0), "{function}");
    }
    assert_eq!(calls_by_result("plain"), [Some(3), None, Some(1), None]);
    let aliased = tags!(FUNCTION = "aliased", MODULE = module_path!());
    let durations = row(&DURATIONS, &aliased);
    assert_eq!(durations.map(|data| data.count), Some(4));
}

#[measure]
async fn waits(behavior: Behavior) -> Result<u8, ()> {
    if matches!(behavior, Behavior::Wait) {
        std::future::pending::<()>().await;
    }
    act(behavior)
}

/// The expansion of a method by `async_trait`.
#[measure]
fn boxed(behavior: Behavior) -> Pin<Box<dyn Future<Output = Result<u8, ()>> + Send>> {
    Box::pin(async move {
        if matches!(behavior, Behavior::Wait) {
            std::future::pending::<()>().await;
        }
        act(behavior)
    })
}

#[measure]
#[expect(clippy::manual_async_fn, reason = "the future is returned")]
fn returned(behavior: Behavior) -> impl Future<Output = Result<u8, ()>> {
    async move {
        if matches!(behavior, Behavior::Wait) {
            std::future::pending::<()>().await;
        }
        let one = act(behavior)?;
        Ok(one)
    }
}

/// Polls a function's future once for each behavior, and drops a last future before its first poll.
fn poll_each<F: Future>(function: impl Fn(Behavior) -> F) {
    for behavior in [
        Behavior::Return,
        Behavior::Return,
        Behavior::Fail,
        Behavior::Panic,
        Behavior::Wait,
    ] {
        drop(catch_unwind(AssertUnwindSafe(|| {
            drop(poll_once(function(behavior)));
        })));
    }
    drop(function(Behavior::Return));
}

#[test]
fn future_results() {
    assert_eq!(
        calls_by_result("waits"),
        [Some(0); 4],
        "the rows are there before the first call"
    );
    assert_eq!(calls_by_result("boxed"), [Some(0); 4]);
    assert_eq!(calls_by_result("returned"), [Some(0); 4]);
    poll_each(waits);
    poll_each(boxed);
    poll_each(returned);
    for function in ["waits", "boxed", "returned"] {
        assert_eq!(
            calls_by_result(function),
            [Some(2), Some(1), Some(1), Some(1)],
            "{function}"
        );
        assert_eq!(in_flight(function), Some(0), "{function}");
    }
}

#[measure]
async fn bystander() {
    std::future::pending::<()>().await;
}

#[test]
fn future_dropped_by_a_panic_elsewhere_is_cancelled() {
    let caught = catch_unwind(|| {
        let mut bystander = pin!(bystander());
        assert!(poll(bystander.as_mut()).is_pending());
        _ = act(Behavior::Panic);
    });
    assert!(caught.is_err());
    assert_eq!(
        calls_by_result("bystander"),
        [Some(0), None, Some(0), Some(1)]
    );
}

#[measure]
fn in_destructor() {}

#[test]
fn call_during_unwinding_is_ok() {
    struct Calls;
    impl Drop for Calls {
        fn drop(&mut self) {
            in_destructor();
        }
    }
    let caught = catch_unwind(|| {
        let _calls = Calls;
        _ = act(Behavior::Panic);
    });
    assert!(caught.is_err());
    assert_eq!(
        calls_by_result("in_destructor"),
        [Some(1), None, Some(0), None]
    );
}

#[measure]
fn never(text: &str) -> ! {
    resume_unwind(Box::new(text.to_owned()))
}

#[test]
fn diverging_function_has_no_ok_row() {
    assert!(catch_unwind(|| never("on purpose")).is_err());
    assert_eq!(calls_by_result("never"), [None, None, Some(1), None]);
}

/// Length of answers.
#[measure]
static SIZE: Measure<u64>;
#[measure]
static EVALUATED: Measure<u64>;
#[measure]
static TOOK: Measure<std::time::Duration>;
#[tag]
static KIND: TagKey;

view! {
    static SIZES: Sum<SIZE> by (FUNCTION, RESULT);
    static TAKEN: Count<TOOK> by (FUNCTION, RESULT, KIND);
}

/// How many times the value of the measure without a view was evaluated.
static EVALUATIONS: AtomicU64 = AtomicU64::new(0);

#[measure(
    TOOK,
    SIZE = |text| text.as_ref().ok().map(|text| text.len() as u64),
    EVALUATED = |_| EVALUATIONS.fetch_add(1, Ordering::Relaxed),
    tags(KIND = kind),
    result = |text| match text { Ok(text) if text.is_empty() => "empty", Ok(_) => "full", Err(()) => "none" },
    name = "answer",
)]
fn answers(kind: &str, text: Option<String>) -> Result<String, ()> {
    text.ok_or(())
}

#[measure(
    TOOK,
    SIZE = |text: &String| text.len() as u64,
    tags(KIND = kind),
    result = String::as_str,
)]
async fn answers_later(kind: String, text: String) -> String {
    std::future::ready(()).await;
    text
}

#[test]
fn values_and_results_come_from_the_return_value() {
    for text in [Some(""), Some("abc"), Some("de"), None] {
        drop(answers("a", text.map(str::to_owned)));
    }
    let taken = |function: &str, result: &str, kind: &str| {
        let tags = tags!(FUNCTION = function, RESULT = result, KIND = kind);
        row(&TAKEN, &tags)
    };
    let size = |function: &str, result: &str| {
        let size = row(&SIZES, &tags!(FUNCTION = function, RESULT = result));
        size.as_ref().map(integer)
    };
    assert_eq!(taken("answer", "empty", "a"), Some(1));
    assert_eq!(taken("answer", "full", "a"), Some(2));
    assert_eq!(taken("answer", "none", "a"), Some(1));
    assert_eq!(size("answer", "full"), Some(5));
    assert_eq!(size("answer", "none"), None, "`None` is not recorded");
    assert_eq!(
        EVALUATIONS.load(Ordering::Relaxed),
        0,
        "the measure has no view"
    );
    assert_eq!(
        calls("answers", "ok"),
        None,
        "named measures replace the built-in ones"
    );
    let answer = poll_once(answers_later("b".to_owned(), "text".to_owned()));
    assert!(answer.is_ready());
    assert_eq!(taken("answers_later", "text", "b"), Some(1));
    assert_eq!(size("answers_later", "text"), Some(4));
}

struct Service;

/// The names of methods begin with the name of the block's type.
#[measure]
impl Service {
    fn serve(&self) -> Result<(), ()> {
        Err(())
    }

    #[measure(TOOK, tags(KIND = "own"))]
    fn own(&self) {}

    #[measure(name = "renamed")]
    fn named(&self) {}

    #[measure(skip)]
    fn skipped(&self) {}

    const fn constant(&self) {}
}

#[measure(TOOK, tags(KIND = "block"), result = |_| "never seen")]
impl Drop for Service {
    #[measure(SIZE = |()| 5, result = |()| "dropped")]
    fn drop(&mut self) {}
}

#[test]
fn methods_inherit_the_arguments_of_their_block() {
    let service = Service;
    _ = service.serve();
    service.own();
    service.named();
    service.skipped();
    service.constant();
    drop(service);
    assert_eq!(calls("Service::serve", "error"), Some(1));
    assert_eq!(calls("Service::own", "ok"), None);
    assert_eq!(calls("renamed", "ok"), Some(1));
    assert_eq!(calls("Service::skipped", "ok"), None);
    assert_eq!(calls("Service::constant", "ok"), None);
    let own = tags!(FUNCTION = "Service::own", RESULT = "ok", KIND = "own");
    assert_eq!(row(&TAKEN, &own), Some(1));
    let dropped = tags!(
        FUNCTION = "Service::drop",
        RESULT = "dropped",
        KIND = "block"
    );
    assert_eq!(row(&TAKEN, &dropped), Some(1));
    let size = row(
        &SIZES,
        &tags!(FUNCTION = "Service::drop", RESULT = "dropped"),
    );
    assert_eq!(size.as_ref().map(integer), Some(5));
}

#[measure]
async fn random_future(times: u64, behavior: Behavior) -> Result<u8, ()> {
    pending_times(times).await;
    random_call(behavior)
}

#[measure]
fn random_call(behavior: Behavior) -> Result<u8, ()> {
    act(behavior)
}

/// Futures that are dropped and that panic at random points, on several threads. The choices are the same in every run.
#[test]
fn every_call_that_begins_ends_once() {
    const THREADS: u64 = 4;
    const CALLS: u64 = 2_000;
    let begun = AtomicU64::new(0);
    let called = AtomicU64::new(0);
    on_threads(0..THREADS, |seed| {
        let mut rng = Rng::with_seed(seed);
        for _ in 0..CALLS {
            let behavior = match rng.u8(..3) {
                0 => Behavior::Return,
                1 => Behavior::Fail,
                _ => Behavior::Panic,
            };
            let (times, polls) = (rng.u64(..4), rng.u64(..5));
            begun.fetch_add(u64::from(polls > 0), Ordering::Relaxed);
            called.fetch_add(u64::from(polls > times), Ordering::Relaxed);
            drop(catch_unwind(AssertUnwindSafe(|| {
                let mut future = Box::pin(random_future(times, behavior));
                for _ in 0..polls {
                    if poll(future.as_mut()).is_ready() {
                        break;
                    }
                }
            })));
        }
    });
    let ended = |function| calls_by_result(function).into_iter().flatten().sum::<u64>();
    assert_eq!(ended("random_future"), begun.into_inner());
    assert_eq!(ended("random_call"), called.into_inner());
    assert_eq!(in_flight("random_future"), Some(0));
    assert_eq!(in_flight("random_call"), Some(0));
}
