//! `#[measure]` together with `#[tracing::instrument]`, in both orders, on all kinds of functions that return a future: the
//! body runs within the span, and the call is counted.
//!
//! `#[instrument]` looks for an `async` block at the end of a function that is not `async`, and gives the span to it. So does
//! the attribute of `fastrace`.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use census::{TagKey, TagMap, measure, tag, tags};
use census_tests::polling::poll_once;
use tracing::{Subscriber, event, instrument};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::counts;

#[tag]
static ROUTE: TagKey;

/// Emits an event, in a body.
fn work(fails: bool) -> Result<u8, String> {
    event!(tracing::Level::INFO, "work");
    if fails {
        Err("failed".to_owned())
    } else {
        Ok(5)
    }
}

#[measure]
#[instrument]
async fn async_above() -> Result<u8, String> {
    work(false)
}

#[instrument(err)]
#[measure]
async fn async_below() -> Result<u8, String> {
    work(false)
}

#[measure]
#[instrument]
fn impl_above() -> impl Future<Output = Result<u8, String>> {
    async { work(false) }
}

#[instrument(err)]
#[measure]
fn impl_below() -> impl Future<Output = Result<u8, String>> {
    async { work(false) }
}

#[measure]
#[instrument(err)]
fn boxed_above(fails: bool) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    struct Fails(bool);
    let mode = Fails(fails);
    Box::pin(async move {
        if mode.0 {
            return work(mode.0);
        }
        work(false)
    })
}

#[instrument(err)]
#[measure]
fn boxed_below(fails: bool) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    Box::pin(async move {
        if fails {
            return work(true);
        }
        work(false)
    })
}

#[measure(tags(ROUTE = "/"))]
#[instrument(err)]
fn boxed_with_tags() -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    Box::pin(async move {
        assert_eq!(TagMap::current(), tags!(ROUTE = "/"));
        work(false)
    })
}

#[async_trait]
trait Load {
    async fn load(&self) -> Result<u8, String>;
    async fn load_again(&self) -> Result<u8, String>;
}

struct Methods;

#[async_trait]
impl Load for Methods {
    #[measure(name = "Methods::load")]
    #[instrument(skip(self), err)]
    async fn load(&self) -> Result<u8, String> {
        work(false)
    }

    #[instrument(skip(self), err)]
    #[measure(name = "Methods::load_again")]
    async fn load_again(&self) -> Result<u8, String> {
        work(false)
    }
}

struct Outside;

#[measure]
#[async_trait]
impl Load for Outside {
    #[instrument(skip(self), err)]
    async fn load(&self) -> Result<u8, String> {
        work(false)
    }

    #[instrument(skip(self))]
    async fn load_again(&self) -> Result<u8, String> {
        work(false)
    }
}

struct Inside;

#[async_trait]
#[measure]
impl Load for Inside {
    #[instrument(skip(self), err)]
    async fn load(&self) -> Result<u8, String> {
        work(false)
    }

    #[instrument(skip(self))]
    async fn load_again(&self) -> Result<u8, String> {
        work(false)
    }
}

/// Records the name of the span around each event.
#[derive(Clone, Default)]
struct SpanNames(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanNames {
    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let name = context.event_span(event).map_or("none", |span| span.name());
        self.0.lock().expect("no panic").push(name.to_owned());
    }
}

/// Polls a future to its end. Returns its output and the spans of its events.
fn spans<T>(future: impl Future<Output = T>) -> (T, Vec<String>) {
    let names = SpanNames::default();
    let subscriber = Registry::default().with(names.clone());
    let output = tracing::subscriber::with_default(subscriber, || poll_once(future));
    let output = match output {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    };
    let names = names.0.lock().expect("no panic").clone();
    (output.expect("these futures do not wait"), names)
}

#[track_caller]
fn check(function: &str, span: &str, future: impl Future<Output = Result<u8, String>>) {
    let before = counts::calls_by_result(module_path!(), function);
    let (output, spans) = spans(future);
    assert_eq!(output, Ok(5), "{function}");
    assert_eq!(spans, [span], "{function}");
    let after = counts::calls_by_result(module_path!(), function);
    let (before, after) = (before[0].unwrap_or_default(), after[0].unwrap_or_default());
    assert_eq!(after, before + 1, "{function}");
}

#[test]
fn body_is_within_the_span_and_counted() {
    check("async_above", "async_above", async_above());
    check("async_below", "async_below", async_below());
    check("impl_above", "impl_above", impl_above());
    check("impl_below", "impl_below", impl_below());
    check("boxed_above", "boxed_above", boxed_above(false));
    check("boxed_below", "boxed_below", boxed_below(false));
    check("boxed_with_tags", "boxed_with_tags", boxed_with_tags());
    check("Methods::load", "load", Methods.load());
    check("Methods::load_again", "load_again", Methods.load_again());
    check("Outside::load", "load", Outside.load());
    check("Outside::load_again", "load_again", Outside.load_again());
    check("Inside::load", "load", Inside.load());
    check("Inside::load_again", "load_again", Inside.load_again());
}

#[test]
fn errors_are_counted_as_errors() {
    for (function, future) in [
        ("boxed_above", boxed_above(true)),
        ("boxed_below", boxed_below(true)),
    ] {
        let (output, spans) = spans(future);
        assert_eq!(output, Err("failed".to_owned()));
        // The second event is that of `err`.
        assert_eq!(spans, [function, function]);
        let calls = counts::calls_by_result(module_path!(), function);
        assert_eq!(calls[1], Some(1), "{function}");
    }
}

/// `fastrace` keeps only the last expression of a function that returns `Box::pin(async move { … })`.
mod kept_last_expression {
    use super::*;

    #[measure]
    #[fastrace::trace]
    fn boxed() -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
        Box::pin(async move { work(false) })
    }

    struct Traced;

    #[async_trait]
    impl Load for Traced {
        #[measure(name = "Traced::load")]
        #[fastrace::trace]
        async fn load(&self) -> Result<u8, String> {
            work(false)
        }

        #[measure(name = "Traced::load_again", tags(ROUTE = "/"))]
        #[fastrace::trace]
        async fn load_again(&self) -> Result<u8, String> {
            assert_eq!(TagMap::current(), tags!(ROUTE = "/"));
            work(false)
        }
    }

    struct TracedInside;

    #[async_trait]
    #[measure]
    impl Load for TracedInside {
        #[fastrace::trace]
        async fn load(&self) -> Result<u8, String> {
            work(false)
        }

        #[fastrace::trace]
        async fn load_again(&self) -> Result<u8, String> {
            work(true)
        }
    }

    #[test]
    fn calls_are_counted() {
        let module = module_path!();
        let mut polled = Vec::new();
        for (function, future) in [
            ("boxed", boxed()),
            ("Traced::load", Traced.load()),
            ("Traced::load_again", Traced.load_again()),
            ("TracedInside::load", TracedInside.load()),
            ("TracedInside::load_again", TracedInside.load_again()),
        ] {
            assert_eq!(
                counts::calls_by_result(module, function).map(Option::unwrap_or_default),
                [0; 4]
            );
            assert!(poll_once(future).is_ready());
            let [ok, error, ..] = counts::calls_by_result(module, function);
            polled.push((ok, error));
        }
        let (ok, error) = ((Some(1), Some(0)), (Some(0), Some(1)));
        assert_eq!(polled, [ok, ok, ok, ok, error]);
    }
}
