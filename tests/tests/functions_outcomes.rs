//! How calls end: `ok`, `error`, `panicked`, `cancelled`, or what `result = ` says. Every call that begins ends once.

#![expect(clippy::unused_self, reason = "as little as can be called")]

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use census::calls::{CALLS, CALLS_IN_FLIGHT, DURATIONS, FUNCTION, MODULE, RESULT};
use census::{Measure, Number, TagKey, measure, tag, tags, view};

/// How many calls of a function ended so.
fn calls(function: &str, result: &str) -> Option<u64> {
    let module = module_path!();
    let tags = tags!(FUNCTION = function, MODULE = module, RESULT = result);
    CALLS.data().get(&tags).copied()
}

/// All that is known of a function: ok, error, panicked, cancelled.
fn all(function: &str) -> [Option<u64>; 4] {
    ["ok", "error", "panicked", "cancelled"].map(|result| calls(function, result))
}

fn in_flight(function: &str) -> Option<i64> {
    let module = module_path!();
    let data = CALLS_IN_FLIGHT.data();
    data.get(&tags!(FUNCTION = function, MODULE = module))
        .map(whole)
}

/// The sum of an integer measure.
fn whole(number: &Number) -> i64 {
    match number {
        Number::U64(number) => i64::try_from(*number).unwrap_or(i64::MAX),
        Number::I64(number) => *number,
        _ => -1,
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// What a call is to do.
#[derive(Clone, Copy)]
enum Do {
    Return,
    Fail,
    Panic,
    Wait,
}

type MyResult<T> = Result<T, ()>;

#[measure]
fn aliased(what: Do) -> MyResult<u8> {
    act(what)
}

/// An alias that does not say what it is.
type Answer = Result<u8, ()>;

#[measure]
fn hidden(what: Do) -> Answer {
    act(what)
}

#[measure]
fn plain(what: Do) -> Option<u8> {
    act(what).ok()
}

#[measure]
fn returns_early(what: Do) -> Result<u8, ()> {
    if matches!(what, Do::Return) {
        return Ok(1);
    }
    act(what)?;
    Ok(2)
}

#[expect(
    clippy::panic,
    clippy::panic_in_result_fn,
    reason = "that is what is tested"
)]
fn act(what: Do) -> Result<u8, ()> {
    match what {
        Do::Panic => panic!("on purpose"),
        Do::Fail => Err(()),
        Do::Return | Do::Wait => Ok(1),
    }
}

#[test]
fn functions_end_in_all_ways() {
    assert_eq!(
        all("aliased"),
        [Some(0), Some(0), Some(0), None],
        "known before its first call"
    );
    assert_eq!(all("hidden"), [Some(0), None, Some(0), None]);
    assert_eq!(all("plain"), [Some(0), None, Some(0), None]);
    for what in [Do::Return, Do::Return, Do::Fail, Do::Panic] {
        for function in [
            (|what| _ = aliased(what)) as fn(Do),
            |what| _ = hidden(what),
            |what| _ = plain(what),
            |what| _ = returns_early(what),
        ] {
            drop(catch_unwind(|| function(what)));
        }
    }
    for function in ["aliased", "hidden", "returns_early"] {
        assert_eq!(
            all(function),
            [Some(2), Some(1), Some(1), None],
            "{function}"
        );
        assert_eq!(in_flight(function), Some(0), "{function}");
    }
    assert_eq!(all("plain"), [Some(3), None, Some(1), None]);
    let module = module_path!();
    let durations = DURATIONS.data();
    let of_aliased = durations.get(&tags!(FUNCTION = "aliased", MODULE = module));
    assert_eq!(of_aliased.map(|data| data.count), Some(4));
}

#[measure]
async fn waits(what: Do) -> Result<u8, ()> {
    if matches!(what, Do::Wait) {
        std::future::pending::<()>().await;
    }
    act(what)
}

/// What `async_trait` makes of a method.
#[measure]
fn boxed(what: Do) -> Pin<Box<dyn Future<Output = Result<u8, ()>> + Send>> {
    Box::pin(async move {
        if matches!(what, Do::Wait) {
            std::future::pending::<()>().await;
        }
        act(what)
    })
}

#[measure]
fn returned(what: Do) -> impl Future<Output = Result<u8, ()>> {
    async move {
        if matches!(what, Do::Wait) {
            std::future::pending::<()>().await;
        }
        let one = act(what)?;
        Ok(one)
    }
}

/// Calls a future in each way, and never polls one.
fn poll_each<F: Future>(function: impl Fn(Do) -> F) {
    for what in [Do::Return, Do::Return, Do::Fail, Do::Panic, Do::Wait] {
        drop(catch_unwind(AssertUnwindSafe(|| {
            drop(poll(pin!(function(what))));
        })));
    }
    drop(function(Do::Return));
}

#[test]
fn futures_end_in_all_ways() {
    assert_eq!(all("waits"), [Some(0); 4], "known before its first call");
    assert_eq!(all("boxed"), [Some(0); 4]);
    assert_eq!(all("returned"), [Some(0); 4]);
    poll_each(waits);
    poll_each(boxed);
    poll_each(returned);
    for function in ["waits", "boxed", "returned"] {
        assert_eq!(
            all(function),
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
fn a_future_dropped_because_another_panicked_was_cancelled() {
    let caught = catch_unwind(|| {
        let mut bystander = pin!(bystander());
        assert!(poll(bystander.as_mut()).is_pending());
        _ = act(Do::Panic);
    });
    assert!(caught.is_err());
    assert_eq!(all("bystander"), [Some(0), None, Some(0), Some(1)]);
}

#[measure]
fn in_destructor() {}

#[test]
fn a_call_made_while_another_panics_does_not_panic() {
    struct Calls;
    impl Drop for Calls {
        fn drop(&mut self) {
            in_destructor();
        }
    }
    let caught = catch_unwind(|| {
        let _calls = Calls;
        _ = act(Do::Panic);
    });
    assert!(caught.is_err());
    assert_eq!(all("in_destructor"), [Some(1), None, Some(0), None]);
}

#[measure]
fn never(text: &str) -> ! {
    std::panic::resume_unwind(Box::new(text.to_owned()))
}

#[test]
fn what_never_returns_is_never_ok() {
    assert!(catch_unwind(|| never("on purpose")).is_err());
    assert_eq!(all("never"), [None, None, Some(1), None]);
}

/// How large answers are.
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
fn values_and_results_are_taken_from_what_is_returned() {
    for text in [Some(""), Some("abc"), Some("de"), None] {
        drop(answers("a", text.map(str::to_owned)));
    }
    let taken = |function: &str, result: &str, kind: &str| {
        let tags = tags!(FUNCTION = function, RESULT = result, KIND = kind);
        TAKEN.data().get(&tags).copied()
    };
    let size = |function: &str, result: &str| {
        let data = SIZES.data();
        data.get(&tags!(FUNCTION = function, RESULT = result))
            .map(whole)
    };
    assert_eq!(taken("answer", "empty", "a"), Some(1));
    assert_eq!(taken("answer", "full", "a"), Some(2));
    assert_eq!(taken("answer", "none", "a"), Some(1));
    assert_eq!(size("answer", "full"), Some(5));
    assert_eq!(size("answer", "none"), None, "`None` is nothing");
    assert_eq!(EVALUATIONS.load(Ordering::Relaxed), 0, "nobody views it");
    assert_eq!(calls("answers", "ok"), None, "only into the named measures");
    let answer = poll(pin!(answers_later("b".to_owned(), "text".to_owned())));
    assert!(answer.is_ready());
    assert_eq!(taken("answers_later", "text", "b"), Some(1));
    assert_eq!(size("answers_later", "text"), Some(4));
}

struct Service;

/// In a block, functions have its name.
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
    fn left_out(&self) {}

    const fn constant(&self) {}
}

#[measure(TOOK, tags(KIND = "block"), result = |_| "never seen")]
impl Drop for Service {
    #[measure(SIZE = |()| 5, result = |()| "dropped")]
    fn drop(&mut self) {}
}

#[test]
fn blocks_give_their_arguments_to_methods() {
    let service = Service;
    _ = service.serve();
    service.own();
    service.named();
    service.left_out();
    service.constant();
    drop(service);
    assert_eq!(calls("Service::serve", "error"), Some(1));
    assert_eq!(calls("Service::own", "ok"), None);
    assert_eq!(calls("renamed", "ok"), Some(1));
    assert_eq!(calls("Service::left_out", "ok"), None);
    assert_eq!(calls("Service::constant", "ok"), None);
    let own = tags!(FUNCTION = "Service::own", RESULT = "ok", KIND = "own");
    assert_eq!(TAKEN.data().get(&own), Some(&1));
    let dropped = tags!(
        FUNCTION = "Service::drop",
        RESULT = "dropped",
        KIND = "block"
    );
    assert_eq!(TAKEN.data().get(&dropped), Some(&1));
    let size = SIZES
        .data()
        .get(&tags!(FUNCTION = "Service::drop", RESULT = "dropped"))
        .map(whole);
    assert_eq!(size, Some(5));
}

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// Is pending so many times.
struct Times(u64);

impl Future for Times {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0.checked_sub(1) {
            None => Poll::Ready(()),
            Some(less) => {
                self.0 = less;
                Poll::Pending
            }
        }
    }
}

#[measure]
async fn stormy(times: u64, what: Do) -> Result<u8, ()> {
    Times(times).await;
    stormy_function(what)
}

#[measure]
fn stormy_function(what: Do) -> Result<u8, ()> {
    act(what)
}

/// Futures that are dropped and that panic at random points, on several threads.
#[test]
fn all_that_begins_ends() {
    const THREADS: u64 = 4;
    const CALLS: u64 = 2_000;
    let begun = AtomicU64::new(0);
    let called = AtomicU64::new(0);
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for seed in 1..=THREADS {
            let (begun, called) = (&begun, &called);
            scope.spawn(move || {
                let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                for _ in 0..CALLS {
                    let what = match numbers.below(3) {
                        0 => Do::Return,
                        1 => Do::Fail,
                        _ => Do::Panic,
                    };
                    let (times, polls) = (numbers.below(4), numbers.below(5));
                    begun.fetch_add(u64::from(polls > 0), Ordering::Relaxed);
                    called.fetch_add(u64::from(polls > times), Ordering::Relaxed);
                    drop(catch_unwind(AssertUnwindSafe(|| {
                        let mut future = Box::pin(stormy(times, what));
                        for _ in 0..polls {
                            if poll(future.as_mut()).is_ready() {
                                break;
                            }
                        }
                    })));
                }
            });
        }
    });
    drop(std::panic::take_hook());
    let ended = |function| all(function).into_iter().flatten().sum::<u64>();
    assert_eq!(ended("stormy"), begun.into_inner());
    assert_eq!(ended("stormy_function"), called.into_inner());
    assert_eq!(in_flight("stormy"), Some(0));
    assert_eq!(in_flight("stormy_function"), Some(0));
}
