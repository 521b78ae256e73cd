//! Exemplars that measured functions and timers give to their measurements.

use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use census::testing::isolate;
use census::{Distribution, Measure, TagMap, View, measure, view};

thread_local!(static EVALUATED: Cell<u32> = const { Cell::new(0) });

/// A label's value whose evaluations are counted.
fn counted<T>(value: T) -> T {
    EVALUATED.set(EVALUATED.get() + 1);
    value
}

/// The labels of the exemplars in a view's only row.
fn exemplars(view: &View<Distribution>) -> Vec<(String, String)> {
    let data = view.data().get(&TagMap::new()).cloned();
    let exemplars = data.map(|data| data.exemplars).unwrap_or_default();
    let labels = exemplars.into_iter().flatten().map(|kept| kept.labels);
    labels.flatten().collect()
}

fn label(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A measure and its view, which has one bucket.
macro_rules! latencies {
    ($measure:ident, $view:ident) => {
        #[measure]
        static $measure: Measure<Duration>;
        view! { static $view: Distribution<$measure> { buckets: [] } }
    };
}

latencies!(WORK, WORK_SECONDS);
latencies!(PANICKED, PANICKED_SECONDS);
latencies!(AWAITED, AWAITED_SECONDS);
latencies!(CANCELLED, CANCELLED_SECONDS);
latencies!(RETURNED, RETURNED_SECONDS);
latencies!(LONG, LONG_SECONDS);

#[measure]
static COUNTED: Measure<Duration>;
view! { static COUNTED_CALLS: Count<COUNTED>; }
#[measure]
static SIZE: Measure<u64>;
view! { static SIZES: Distribution<SIZE> { name: "sizes_with_exemplars", buckets: [10] } }

struct Request {
    id: u64,
    text: String,
}

#[measure(WORK, exemplar(trace_id = request.id, "span-id" = &request.text))]
fn consumes(request: Request) -> String {
    request.text
}

#[test]
fn labels_may_use_arguments_that_the_body_consumes() {
    let _isolated = isolate();
    let text = "a".to_owned();
    assert_eq!(consumes(Request { id: 7, text }), "a");
    let expected = [label("trace_id", "7"), label("span_id", "a")];
    assert_eq!(exemplars(&WORK_SECONDS), expected);
}

#[measure(COUNTED, exemplar(trace_id = counted(1)))]
fn only_counted() {}

#[measure(COUNTED, SIZE = |size| *size, exemplar(trace_id = counted(size)))]
fn sized(size: u64) -> u64 {
    size
}

#[test]
fn labels_are_evaluated_only_for_a_distribution() {
    let _isolated = isolate();
    only_counted();
    assert_eq!(EVALUATED.get(), 0);
    sized(9);
    assert_eq!(EVALUATED.get(), 1);
    assert_eq!(exemplars(&SIZES), [label("trace_id", "9")]);
    assert_eq!(COUNTED_CALLS.data().get(&TagMap::new()), Some(&2));
    let late = View::distribution("late_durations", &COUNTED, [Duration::ZERO]);
    let late = late.register().expect("it is valid");
    only_counted();
    assert_eq!(EVALUATED.get(), 2);
    assert!(late.unregister());
    only_counted();
    assert_eq!(EVALUATED.get(), 2);
}

#[measure(WORK, exemplar(trace_id = id))]
fn fails(id: &str) -> Result<u8, std::num::ParseIntError> {
    let number = id.parse::<u8>()?;
    Ok(number)
}

#[measure(PANICKED, exemplar(trace_id = counted(id)))]
fn panics(id: u8) {
    assert_ne!(id, 7, "on purpose");
}

#[measure(PANICKED, exemplar(trace_id = "x".parse::<u8>().expect("on purpose")))]
fn label_panics() {}

#[test]
fn calls_that_end_otherwise_have_exemplars() {
    let _isolated = isolate();
    assert!(fails("seven").is_err());
    assert_eq!(exemplars(&WORK_SECONDS), [label("trace_id", "seven")]);
    assert!(catch_unwind(|| panics(7)).is_err());
    assert_eq!(exemplars(&PANICKED_SECONDS), [label("trace_id", "7")]);
    // A label's own panic is the caller's, as a tag's is, and the call has not begun.
    assert!(catch_unwind(label_panics).is_err());
    let data = PANICKED_SECONDS.data();
    assert_eq!(data.get(&TagMap::new()).map(|data| data.count), Some(1));
}

/// Polls a future once.
fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[measure(AWAITED, exemplar(trace_id = counted(&*id)))]
async fn awaited(id: Arc<str>) -> usize {
    std::future::ready(()).await;
    id.len()
}

#[measure(CANCELLED, exemplar(trace_id = id))]
async fn never(id: u8) {
    std::future::pending::<()>().await;
    assert_eq!(id, 0);
}

#[measure(RETURNED, exemplar(trace_id = counted(id)))]
#[expect(clippy::manual_async_fn, reason = "the future is returned")]
fn returned(id: &str) -> impl Future<Output = usize> + '_ {
    async move { id.len() }
}

#[test]
fn futures_evaluate_labels_at_the_first_poll() {
    let _isolated = isolate();
    drop((awaited("a".into()), returned("b"), never(1)));
    assert_eq!(EVALUATED.get(), 0);
    assert_eq!(poll(awaited("abc".into())), Poll::Ready(3));
    assert_eq!(poll(returned("ab")), Poll::Ready(2));
    assert_eq!(EVALUATED.get(), 2);
    assert!(poll(never(3)).is_pending());
    assert_eq!(exemplars(&AWAITED_SECONDS), [label("trace_id", "abc")]);
    assert_eq!(exemplars(&RETURNED_SECONDS), [label("trace_id", "ab")]);
    assert_eq!(exemplars(&CANCELLED_SECONDS), [label("trace_id", "3")]);
    let count = |view: &View<Distribution>| view.data().rows[0].data.count;
    assert_eq!(count(&AWAITED_SECONDS), 1);
    assert_eq!(count(&CANCELLED_SECONDS), 1);
}

struct Service {
    id: u8,
}

#[measure(WORK, exemplar(service = self.id, trace_id = "block"))]
impl Service {
    #[measure(exemplar(trace_id = id))]
    fn work(&self, id: u8) -> Option<u8> {
        id.checked_add(1)
    }
}

#[test]
fn labels_of_a_block_are_merged() {
    let _isolated = isolate();
    let service = Service { id: 5 };
    assert_eq!(service.work(6), Some(7));
    let expected = [label("service", "5"), label("trace_id", "6")];
    assert_eq!(exemplars(&WORK_SECONDS), expected);
}

#[measure(WORK, exemplar(trace_id = id))]
#[track_caller]
fn tracked(id: &str) -> Result<u32, ()> {
    let line = std::panic::Location::caller().line();
    if line > 1 { Ok(line) } else { Err(()) }
}

#[test]
fn with_track_caller() {
    let _isolated = isolate();
    assert_eq!(tracked("4"), Ok(line!()));
    assert_eq!(exemplars(&WORK_SECONDS), [label("trace_id", "4")]);
}

#[measure(WORK, exemplar(trace_id = id))]
fn unset(id: Option<u8>) {}

#[measure(LONG, exemplar(trace_id = "x".repeat(length)))]
fn long(length: usize) {}

#[test]
fn labels_are_checked_as_those_of_record() {
    let _isolated = isolate();
    unset(None);
    assert_eq!(exemplars(&WORK_SECONDS), []);
    unset(Some(1));
    assert_eq!(exemplars(&WORK_SECONDS), [label("trace_id", "1")]);
    long(121);
    assert_eq!(exemplars(&LONG_SECONDS), []);
    long(120);
    assert_eq!(exemplars(&LONG_SECONDS).len(), 1);
}

#[test]
fn timers_have_exemplars() {
    let _isolated = isolate();
    let id = String::from("a");
    let timer = WORK.start().exemplar("trace_id", &id);
    timer.exemplar("span.id", &7).stop();
    let expected = [label("trace_id", "a"), label("span_id", "7")];
    assert_eq!(exemplars(&WORK_SECONDS), expected);
    WORK.start().stop();
    let data = WORK_SECONDS.data();
    assert_eq!(data.get(&TagMap::new()).map(|data| data.count), Some(2));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        drop(WORK.start().exemplar("a", "b"));
    }));
    assert!(panicked.is_ok());
}
