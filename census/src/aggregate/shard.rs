//! What belongs to one thread of a view.

use std::sync::{Arc, Weak};

use super::chunk::{Chunk, Target};
use super::{LiveView, recipe::Op};

/// How many words a thread has of its own in a view, to the chunk: half a megabyte. What comes after it shares with the
/// others, and pays for with locked instructions. (A view of the default size has up to 2,000 rows, and a distribution's row with
/// the default buckets 20 words.)
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
        let (number, place) = view.rows.recipe.layout.place_of(row);
        if let Some(Some(chunk)) = self.chunks.get(number) {
            return Target::new(chunk, place);
        }
        if let Some(chunk) = self.shared.as_ref().filter(|chunk| chunk.number == number) {
            return Target::new(chunk, place);
        }
        let may_own = view.rows.recipe.op != Op::LastValue && self.words < MAX_WORDS;
        if !(may_own && view.rows.lend_a_chunk(number)) {
            let chunk = self.shared.insert(view.shared_chunk(number));
            return Target::new(chunk, place);
        }
        let chunk = Chunk::new(view, number, self.owner);
        // Before the first measurement: nothing is to be in a chunk that no scrape knows.
        view.rows.announce(&chunk);
        let target = Target::new(&chunk, place);
        self.words += chunk.len();
        if self.chunks.len() <= number {
            self.chunks.resize(number + 1, None);
        }
        if let Some(empty) = self.chunks.get_mut(number) {
            *empty = Some(chunk);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::Found;
    use crate::aggregate::rows::MAX_LENT;
    use crate::declare::{Measure, View};
    use crate::register::find;
    use crate::tags::row_key;
    use crate::{CatalogueError, DEFAULT_MAX_SERIES, TagKey};

    /// A view with so many rows. Each has 64 words, so that the bounds on words are bounds on whole chunks.
    fn view(name: &str, rows: usize) -> Result<Arc<LiveView>, CatalogueError> {
        let measure = Measure::<u64>::builder(format!("{name}/measure")).register()?;
        let column = TagKey::new(format!("{name}/row"))?;
        let view = View::distribution(name.to_owned(), &measure, 1..56)
            .column(&column)
            .max_series(rows)
            .register()?;
        let view = find(&view.spec()).expect("it is registered");
        for row in 0..rows {
            let mut key = String::new();
            row_key::push(&mut key, &row.to_string());
            assert!(matches!(view.find(&key), Found::Row(found) if found == row));
        }
        Ok(view)
    }

    /// Has this thread record once into each row. How many of them are its own?
    fn record_into_each(shard: &mut Shard, view: &Arc<LiveView>) -> usize {
        let somebody_else = shard.owner + 1;
        let own = (0..view.rows.len()).filter(|row| {
            let target = shard.target(view, *row);
            assert!(target.may_be_written_by(shard.owner));
            target.record(1);
            !target.may_be_written_by(somebody_else)
        });
        own.count()
    }

    #[test]
    fn what_threads_own_in_a_crowded_view_is_bounded_and_comes_back() -> Result<(), CatalogueError>
    {
        let rows = DEFAULT_MAX_SERIES + 1;
        let view = view("crowded", rows)?;
        let words = view.rows.recipe.words;
        assert_eq!(words, 64);
        let mut shards: Vec<_> = (1..=4).map(|owner| Shard::new(&view, owner)).collect();
        let own: Vec<_> = shards
            .iter_mut()
            .map(|shard| record_into_each(shard, &view))
            .collect();
        let most = MAX_WORDS / words;
        assert_eq!(own, [most, MAX_LENT / words - most, 0, 0]);
        shards.clear();
        let mut next = Shard::new(&view, 9);
        assert_eq!(record_into_each(&mut next, &view), most);
        let mut read = 0;
        let whole = view.each(|row| {
            read += 1;
            match row.data() {
                Some(crate::Data::Distribution(data)) if data.count == 5 => Ok(()),
                other => Err(other),
            }
        });
        assert_eq!((whole, read), (Ok(()), rows));
        Ok(())
    }

    #[test]
    fn in_a_view_of_the_default_size_every_thread_has_words_of_its_own()
    -> Result<(), CatalogueError> {
        let view = view("not_crowded", DEFAULT_MAX_SERIES)?;
        let own = MAX_WORDS.div_ceil(view.rows.recipe.words);
        let mut shards: Vec<_> = (1..=5).map(|owner| Shard::new(&view, owner)).collect();
        for shard in &mut shards {
            assert_eq!(record_into_each(shard, &view), own);
            assert!(shard.is_worth_remembering(&view, 7));
        }
        Ok(())
    }

    #[test]
    fn a_row_of_a_crowded_view_is_remembered_when_it_is_met_again() -> Result<(), CatalogueError> {
        let view = view("met", DEFAULT_MAX_SERIES + 1)?;
        let mut shard = Shard::new(&view, 1);
        for row in [0, 64, 63, 2_000] {
            assert!(!shard.is_worth_remembering(&view, row), "{row}");
            assert!(shard.is_worth_remembering(&view, row), "{row}");
        }
        Ok(())
    }
}
