use std::time::Duration;

use census::{Measure, TagKey, measure, tag, tags};

#[tag]
static ROUTE: TagKey;

#[measure]
static SIZE: Measure<u64>;

#[measure]
static LATENCY: Measure<Duration>;

async fn async_block() {
    tags!(ROUTE = "/").scope(|| async { SIZE.record(1) }).await;
}

async fn async_closure() {
    tags!(ROUTE = "/").scope(async || SIZE.record(1)).await;
}

async fn async_function() {
    tags!(ROUTE = "/").scope(async_block).await;
}

fn generic<F: Future>(future: F) -> F {
    tags!(ROUTE = "/").scope(|| future)
}

async fn without_a_closure() {
    tags!(ROUTE = "/").scope(async { SIZE.record(1) }).await;
}

async fn timed() {
    LATENCY.time(|| async { SIZE.record(1) }).await;
}

fn main() {
    let _ = (async_closure, async_function, without_a_closure, timed, generic::<std::future::Ready<()>>);
}
