//! Targets that a call under way keeps, in a buffer that is used again.

use super::own;
use crate::aggregate::Target;

/// How many empty buffers a thread has, at most.
const MAX_SPARE: usize = 32;

/// The empty buffers of a thread.
#[derive(Default)]
pub(super) struct Spare {
    #[expect(clippy::vec_box, reason = "a call has a box, which makes it smaller")]
    buffers: Vec<Box<Kept>>,
}

/// Where something was counted.
#[derive(Debug, Default)]
pub(in crate::record) struct Kept {
    targets: Vec<Target>,
}

impl Kept {
    /// An empty one that was used before, if this thread has one: then nothing is allocated.
    pub(in crate::record) fn spare() -> Option<Box<Self>> {
        own::with_known(|memo| memo.spare.buffers.pop()).flatten()
    }

    pub(in crate::record) fn push(&mut self, target: &Target) {
        self.targets.push(target.clone());
    }

    /// Calls `f` for each target, and keeps the buffer, maybe another thread's, for the next call.
    pub(in crate::record) fn give_back(mut self: Box<Self>, f: impl FnMut(&Target)) {
        self.targets.iter().for_each(f);
        // A chunk that is kept here would outlive its view.
        self.targets.clear();
        own::with_known(|memo| {
            if memo.spare.buffers.len() < MAX_SPARE {
                memo.spare.buffers.push(self);
            }
        });
    }
}
