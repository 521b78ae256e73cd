//! Isolations: a test's own measurements and views.

use std::fmt;

use crate::register;
use crate::tags::{Isolation, Scope, TagMap, Tagged, WithTags as _};

/// A guard: while it lives, this thread is within an isolation. Made by [`isolate`].
#[must_use = "the isolation ends when the guard is dropped: write `let _isolated = isolate();`"]
pub struct Isolated {
    _scope: Scope,
}

/// From here until the guard is dropped, what this thread records and registers is its own.
pub fn isolate() -> Isolated {
    let scope = new_isolation().enter();
    Isolated { _scope: scope }
}

/// This future, within an isolation of its own.
pub fn isolated<F: Future>(future: F) -> Tagged<F> {
    future.with_tags(new_isolation())
}

/// The current tags, which carry a new isolation.
fn new_isolation() -> TagMap {
    let tags = TagMap::current().isolated(Isolation::new());
    // Before another thread can be within it.
    tags.clone().scope(register::begin_isolation);
    tags
}

impl fmt::Debug for Isolated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Isolated").finish_non_exhaustive()
    }
}
