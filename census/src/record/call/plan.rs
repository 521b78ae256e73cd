//! The function and the tags of a future's call, which are known before it begins.

use crate::declare::FunctionCell;
use crate::tags::TagMap;

/// A function and the tags of one call of it, which is polled.
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
}
