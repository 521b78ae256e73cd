use std::future::{Ready, ready};

use census::{Measure, TagKey, measure, tag, tags};

#[tag]
static ROUTE: TagKey;

#[measure]
static SIZE: Measure<u64>;

/// Like `tokio::spawn`, which returns a handle that is a future.
fn spawn<F: Future>(_: F) -> Ready<()> {
    ready(())
}

fn main() {
    tags!(ROUTE = "/").scope(|| spawn(async { SIZE.record(1) }));
}
