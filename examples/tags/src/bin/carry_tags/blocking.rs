//! Blocking calls of an async program: the closure enters a scope with the tags.

use census::TagMap;
use tokio::task::{JoinError, spawn_blocking};

use crate::work;

pub(crate) async fn run() -> Result<(), JoinError> {
    let tags = TagMap::current();
    spawn_blocking(|| tags.scope(|| work("blocking call"))).await
}
