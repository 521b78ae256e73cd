//! Tasks: `future.with_tags(TagMap::current())` hands the current tags to a task.

use census::{TagMap, WithTags as _};
use tokio::task::{JoinError, JoinSet, yield_now};

use crate::work;

pub(crate) async fn run() -> Result<(), JoinError> {
    // `TagMap::current()` is evaluated here, before the task starts. Its tags are current whenever the task is polled.
    tokio::spawn(task().with_tags(TagMap::current())).await?;

    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        tasks.spawn(task().with_tags(TagMap::current()));
    }
    while let Some(result) = tasks.join_next().await {
        result?;
    }
    Ok(())
}

async fn task() {
    // The task may continue on another thread.
    yield_now().await;
    work("task");
    // Futures that are polled by the same task have its tags.
    tokio::join!(part(), part());
}

async fn part() {
    yield_now().await;
    work("part of a task");
}
