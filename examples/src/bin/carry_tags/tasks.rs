//! Tasks: `future.with_tags(TagMap::current())` hands the tags over.

use census::{TagMap, WithTags as _};
use tokio::task::{JoinError, JoinSet, yield_now};

use crate::work;

pub(crate) async fn run() -> Result<(), JoinError> {
    // The tags are looked up here, where the task is made, and current wherever it is polled.
    tokio::spawn(task().with_tags(TagMap::current())).await?;

    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        tasks.spawn(task().with_tags(TagMap::current()));
    }
    while let Some(ended) = tasks.join_next().await {
        ended?;
    }
    Ok(())
}

async fn task() {
    // It may go on on another thread.
    yield_now().await;
    work("task");
    // What belongs to the same task needs nothing.
    tokio::join!(part(), part());
}

async fn part() {
    yield_now().await;
    work("part of a task");
}
