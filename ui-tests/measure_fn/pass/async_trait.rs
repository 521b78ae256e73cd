//! `#[async_trait]` above and below `#[measure]`: the calls are the same.

#![deny(warnings)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use census::calls::{CALLS, FUNCTION, MODULE, RESULT};
use census::{TagKey, measure, tag, tags};

#[tag]
static TENANT: TagKey;

#[async_trait]
trait Work {
    async fn work(&self, input: &str) -> Result<usize, ()>;

    async fn consume(self, input: String) -> usize
    where
        Self: Sized;

    async fn nothing();
}

/// `#[measure]` below: it expands the output of `#[async_trait]`.
struct Below(String);

#[async_trait]
#[measure(tags(TENANT = "below"))]
impl Work for Below {
    async fn work(&self, input: &str) -> Result<usize, ()> {
        std::future::ready(()).await;
        if input.is_empty() {
            return Err(());
        }
        Ok(self.0.len() + input.len())
    }

    async fn consume(self, input: String) -> usize {
        let len = input.len();
        drop(input);
        std::future::ready(()).await;
        self.0.len() + len
    }

    async fn nothing() {}
}

/// `#[measure]` above: it expands an `async fn`.
struct Above(String);

#[measure(tags(TENANT = "above"))]
#[async_trait]
impl Work for Above {
    async fn work(&self, input: &str) -> Result<usize, ()> {
        std::future::ready(()).await;
        if input.is_empty() {
            return Err(());
        }
        Ok(self.0.len() + input.len())
    }

    async fn consume(self, input: String) -> usize {
        let len = input.len();
        drop(input);
        std::future::ready(()).await;
        self.0.len() + len
    }

    async fn nothing() {}
}

/// `#[measure]` on the methods: `#[async_trait]` expands first.
struct Each(String);

#[async_trait]
impl Work for Each {
    #[measure(tags(TENANT = self.0), name = "Each::work")]
    async fn work(&self, input: &str) -> Result<usize, ()> {
        std::future::ready(()).await;
        if input.is_empty() {
            return Err(());
        }
        Ok(self.0.len() + input.len())
    }

    #[measure(tags(TENANT = input), name = "Each::consume")]
    async fn consume(self, input: String) -> usize {
        let len = input.len();
        drop(input);
        std::future::ready(()).await;
        self.0.len() + len
    }

    #[measure(name = "Each::nothing")]
    async fn nothing() {}
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it never waits"),
    }
}

fn check<W: Work>(name: &str, make: impl Fn() -> W) {
    assert_eq!(ready(make().work("abc")), Ok(4));
    assert_eq!(ready(make().work("")), Err(()));
    assert_eq!(ready(make().consume("ab".to_owned())), 3);
    ready(W::nothing());
    drop(make().work("never polled"));
    let data = CALLS.data();
    let calls = |method: &str, result: &str| {
        let function = format!("{name}::{method}");
        let tags = tags!(FUNCTION = function, MODULE = module_path!(), RESULT = result);
        data.get(&tags).copied()
    };
    for (result, count) in [("ok", 1), ("error", 1), ("panicked", 0), ("cancelled", 0)] {
        assert_eq!(calls("work", result), Some(count), "{name}, {result}");
    }
    assert_eq!(calls("consume", "ok"), Some(1));
    assert_eq!(calls("nothing", "ok"), Some(1));
}

fn main() {
    check("Below", || Below("x".to_owned()));
    check("Above", || Above("x".to_owned()));
    check("Each", || Each("x".to_owned()));
}
