//! What belongs to one thread of a view.

use std::sync::{Arc, Weak};

use super::chunk::{Chunk, Target};
use super::{LiveView, recipe::Op};

/// How many words a thread has of its own in a view: half a megabyte. What comes after it shares with the others, and
/// pays for with locked instructions. (A view of the default size has up to 2,000 rows, and a distribution's row with
/// the default buckets 18 words.)
const MAX_WORDS: usize = 1 << 16;

/// A thread's own chunks in a view. Dropped, it gives them back: what they count goes to the shared ones.
#[derive(Debug)]
pub(crate) struct Shard {
    /// Weak: an unregistered view is to be gone, with its rows.
    view: Weak<LiveView>,
    /// The thread's number.
    owner: u64,
    /// By number.
    chunks: Vec<Option<Arc<Chunk>>>,
    words: usize,
    /// The chunk of everybody's that was last asked for: rows that are new come one after the other.
    shared: Option<Arc<Chunk>>,
    /// A bit for each row that was met when the view was crowded.
    met: Vec<u64>,
}

impl Shard {
    pub(crate) fn new(view: &Arc<LiveView>, owner: u64) -> Self {
        Self {
            view: Arc::downgrade(view),
            owner,
            chunks: Vec::new(),
            words: 0,
            shared: None,
            met: Vec::new(),
        }
    }

    /// Whether the view is still there.
    pub(crate) fn is_alive(&self) -> bool {
        self.view.strong_count() > 0
    }

    /// Where this thread records into a row.
    pub(crate) fn target(&mut self, view: &Arc<LiveView>, row: usize) -> Target {
        let number = row / view.rows.recipe.rows_of_a_chunk();
        if let Some(Some(chunk)) = self.chunks.get(number) {
            return Target::new(chunk, row);
        }
        if let Some(chunk) = self.shared.as_ref().filter(|chunk| chunk.number == number) {
            return Target::new(chunk, row);
        }
        let may_own = view.rows.recipe.op != Op::LastValue && self.words < MAX_WORDS;
        if !(may_own && view.rows.lend_a_chunk()) {
            let chunk = self.shared.insert(view.shared_chunk(number));
            return Target::new(chunk, row);
        }
        let chunk = Chunk::new(view, number, self.owner);
        // Before the first measurement: nothing is to be in a chunk that no scrape knows.
        view.rows.announce(&chunk);
        let target = Target::new(&chunk, row);
        self.words += chunk.len();
        if self.chunks.len() <= number {
            self.chunks.resize(number + 1, None);
        }
        if let Some(place) = self.chunks.get_mut(number) {
            *place = Some(chunk);
        }
        target
    }

    /// Whether this thread is to remember what leads to a row. In a crowded view it is when it meets the row again: of
    /// very many rows most are met but once, and would only take the place of those that are not.
    pub(crate) fn is_worth_remembering(&mut self, view: &LiveView, row: usize) -> bool {
        !view.rows.table.is_crowded() || self.meets_again(row)
    }

    fn meets_again(&mut self, row: usize) -> bool {
        let (number, bit) = (row / 64, 1 << (row % 64));
        if self.met.len() <= number {
            self.met.resize(number + 1, 0);
        }
        let Some(bits) = self.met.get_mut(number) else {
            return false;
        };
        let again = *bits & bit != 0;
        *bits |= bit;
        again
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        if let Some(view) = self.view.upgrade() {
            view.retire(self.chunks.drain(..).flatten());
        }
    }
}
