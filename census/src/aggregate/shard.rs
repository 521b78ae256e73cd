//! The part of a view's rows that belongs to one thread.

use std::sync::{Arc, Weak};

use super::aggregation;
use super::bits::Bits;
use super::chunk::{Chunk, Target, TargetName};
use super::rows::Rows;
use crate::id::{ChunkId, RowId, ThreadId};

/// How many words of a view one thread has, rounded up to a whole chunk: half a megabyte. Further rows are counted in
/// words that the thread shares with others, by locked instructions. (A view of the default size has up to 2,000 rows,
/// and a distribution's row with the default buckets 20 words.)
const MAX_WORDS: usize = 1 << 16;

/// The chunks of a view that belong to one thread. When it is dropped, the chunks are retired: their words are added to
/// the shared ones.
#[derive(Debug)]
pub(crate) struct Shard {
    /// Weak: an unregistered view's rows are freed at once.
    rows: Weak<Rows>,
    owner: ThreadId,
    /// By the chunks' places. Those whose rows are gone stay until [`drop_gone`](Self::drop_gone).
    chunks: Vec<Option<Arc<Chunk>>>,
    /// Those whose rows are gone, and at whose places the thread has words of other rows by now. They stay as long: a row leaves
    /// the table before its measure has a new version, so the thread's hot table and its local handles may still write to them.
    replaced: Vec<Arc<Chunk>>,
    /// How many words the chunks have together.
    words: usize,
    /// The shared chunk that was used last: new rows are successive, so the next row is often in the same chunk.
    shared: Option<Arc<Chunk>>,
    /// The positions at which this thread met a row when the view had more rows than the default limit. A later row at the
    /// same position counts as met, which costs an entry in a cache.
    met: Bits,
}

impl Shard {
    pub(crate) fn new(rows: &Arc<Rows>, owner: ThreadId) -> Self {
        Self {
            rows: Arc::downgrade(rows),
            owner,
            chunks: Vec::new(),
            replaced: Vec::new(),
            words: 0,
            shared: None,
            met: Bits::default(),
        }
    }

    /// The words of a row that this thread writes.
    pub(crate) fn target(&mut self, rows: &Arc<Rows>, row: RowId) -> Target {
        let (id, index) = rows.format.locate(row);
        if let Some(chunk) = self.chunk(id) {
            return Target::new(chunk, index);
        }
        if let Some(chunk) = self.shared.as_ref().filter(|chunk| chunk.id == id) {
            return Target::new(chunk, index);
        }
        let may_own = aggregation::is_per_thread(rows.format.kind) && self.words < MAX_WORDS;
        if !(may_own && rows.reserve_chunk(id)) {
            let chunk = self.shared.insert(rows.shared_chunk(id));
            return Target::new(chunk, index);
        }
        let chunk = Chunk::new(&rows.format, id, self.owner);
        // Before the first measurement: otherwise a scrape might miss it.
        rows.publish(&chunk);
        let target = Target::new(&chunk, index);
        self.words += chunk.len();
        let place = id.place as usize;
        if self.chunks.len() <= place {
            self.chunks.resize(place + 1, None);
        }
        // A chunk that was at this place is gone.
        let former = self.chunks.get_mut(place).and_then(|it| it.replace(chunk));
        self.replaced.extend(former);
        target
    }

    /// The chunk of this thread with this identifier.
    fn chunk(&self, id: ChunkId) -> Option<&Arc<Chunk>> {
        let at_place = self.chunks.get(id.place as usize)?.as_ref();
        at_place.filter(|chunk| chunk.id == id)
    }

    /// Drops the chunks whose rows are gone. They need not be retired. The thread has no references to their words any more.
    pub(crate) fn drop_gone(&mut self) {
        let Some(rows) = self.rows.upgrade() else {
            return;
        };
        let gone = rows.gone();
        self.shared.take_if(|chunk| gone.contains(chunk.id));
        for chunk in &mut self.chunks {
            if let Some(dropped) = chunk.take_if(|chunk| gone.contains(chunk.id)) {
                self.words -= dropped.len();
            }
        }
        for dropped in self.replaced.drain(..) {
            self.words -= dropped.len();
        }
    }

    /// Whether this thread keeps chunks.
    #[cfg(all(test, census_model))]
    pub(crate) fn has_chunks(&self) -> bool {
        let has_own = self.chunks.iter().any(Option::is_some) || !self.replaced.is_empty();
        has_own || self.shared.is_some()
    }

    /// The target of this name, if this thread has its words.
    pub(crate) fn own_target(&self, name: &TargetName) -> Option<Target> {
        let chunk = self.chunk(name.chunk)?;
        (name.owner == self.owner).then(|| Target::at(chunk, name.start))
    }

    /// Whether this thread should cache the target of a row. In a view with more rows than the default limit, it should
    /// only when it meets the row for the second time: most of very many rows are met once, and their entries would
    /// displace those of the others.
    pub(crate) fn should_cache(&mut self, rows: &Rows, row: RowId) -> bool {
        !rows.table.exceeds_default_limit() || !self.met.insert(row.position)
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        if let Some(rows) = self.rows.upgrade() {
            rows.retire(self.chunks.drain(..).flatten());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::chunk::SHARED_OWNER;
    use crate::aggregate::rows::MAX_OWNED_WORDS;
    use crate::aggregate::{DEFAULT_MAX_SERIES, Data, LiveView, RowLookup};
    use crate::declare::{
        Distribution, Measure, MeasureCell, OpenSet, Origin, TagKey, TagKeyCell, ValueBits, View,
        measure_cell, static_measure, static_tag_key, tag_key_cell,
    };
    use crate::id::ViewId;
    use crate::tags::row_key;

    /// A view with this many rows. Each has 64 words, so that the bounds on words are bounds on whole chunks.
    fn view(name: &str, rows: usize) -> LiveView {
        static MEASURE: MeasureCell = measure_cell::<Measure<u64>>("measure", "", None, ORIGIN);
        const ORIGIN: Origin = Origin::new(module_path!(), file!(), line!(), column!());
        const KEY: &TagKeyCell = &tag_key_cell::<TagKey>("row", "", false, ORIGIN);
        let measure: Measure<u64> = static_measure(&MEASURE);
        let builder = View::<Distribution>::distribution(name, &measure, 1..56)
            .column(&static_tag_key::<OpenSet>(KEY))
            .max_series(rows);
        let view = LiveView::new(
            ViewId::next(),
            builder.spec,
            crate::aggregate::ColumnSets::open(1),
            &crate::aggregate::SortedValues::default(),
        );
        for row in 0..rows {
            let mut key = String::new();
            row_key::push(&mut key, &row.to_string());
            assert!(
                matches!(view.find_or_add(&key, |_| false), RowLookup::Row(found) if found == RowId::first_at(row))
            );
        }
        view
    }

    /// Records once into each row from a thread with this shard. Returns in how many rows the thread has words of its
    /// own.
    fn record_into_each(shard: &mut Shard, rows: &Arc<Rows>) -> usize {
        let owned = (0..rows.len()).map(RowId::first_at).filter(|row| {
            let target = shard.target(rows, *row);
            target.record(ValueBits(1));
            if target.owner() == shard.owner {
                return true;
            }
            assert_eq!(target.owner(), SHARED_OWNER);
            false
        });
        owned.count()
    }

    fn shards(rows: &Arc<Rows>, count: usize) -> Vec<Shard> {
        let shards = (0..count).map(|_| Shard::new(rows, ThreadId::next()));
        shards.collect()
    }

    #[test]
    fn words_of_threads_are_bounded_in_a_large_view_and_released() {
        let rows = DEFAULT_MAX_SERIES + 1;
        let view = view("large", rows);
        let words = view.rows.format.words;
        assert_eq!(words, 64);
        let mut shards = shards(&view.rows, 4);
        let owned: Vec<_> = shards
            .iter_mut()
            .map(|shard| record_into_each(shard, &view.rows))
            .collect();
        let max_owned = MAX_WORDS / words;
        assert_eq!(
            owned,
            [max_owned, MAX_OWNED_WORDS / words - max_owned, 0, 0]
        );
        shards.clear();
        let mut next = Shard::new(&view.rows, ThreadId::next());
        assert_eq!(record_into_each(&mut next, &view.rows), max_owned);
        let mut read = 0;
        let whole = view.for_each_row(|row| {
            read += 1;
            match row.data() {
                Some(Data::Distribution(data)) if data.count == 5 => Ok(()),
                other => Err(other),
            }
        });
        assert_eq!((whole, read), (Ok(()), rows));
    }

    #[test]
    fn every_thread_has_words_in_a_view_of_the_default_size() {
        let view = view("default", DEFAULT_MAX_SERIES);
        let owned = MAX_WORDS.div_ceil(view.rows.format.words);
        for shard in &mut shards(&view.rows, 5) {
            assert_eq!(record_into_each(shard, &view.rows), owned);
            assert!(shard.should_cache(&view.rows, RowId::first_at(7)));
        }
    }

    #[test]
    fn rows_of_a_large_view_are_cached_at_the_second_measurement() {
        let view = view("met", DEFAULT_MAX_SERIES + 1);
        let mut shard = Shard::new(&view.rows, ThreadId::next());
        for row in [0, 64, 63, 2_000].map(RowId::first_at) {
            assert!(!shard.should_cache(&view.rows, row), "{row:?}");
            assert!(shard.should_cache(&view.rows, row), "{row:?}");
        }
    }
}
