//! The function and the tags of a call, which are known before it begins.

use crate::declare::FunctionCell;
use crate::tags::{Scope, TagMap};

/// A function and the tags of one call.
#[doc(hidden)]
#[derive(Debug)]
pub struct CallPlan {
    pub(super) cell: &'static FunctionCell,
    pub(super) tags: Option<TagMap>,
}

impl CallPlan {
    /// A call without tags of its own.
    #[must_use]
    pub const fn new(cell: &'static FunctionCell) -> Self {
        Self { cell, tags: None }
    }

    /// A call during which these tags are current.
    #[must_use]
    pub fn with_tags(mut self, tags: TagMap) -> Self {
        self.tags = Some(tags);
        self
    }

    /// Makes the call's tags current, if it has any. The scope must be dropped after the [`Call`](super::guard::Call).
    #[must_use]
    pub fn enter(&self) -> Option<Scope> {
        self.tags.clone().map(TagMap::enter)
    }
}
