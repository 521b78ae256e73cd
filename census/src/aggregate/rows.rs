//! A view's rows: whose words they are, and how they are added up.
//!
//! A thread has chunks of its own, which it writes with plain stores, and a chunk that everybody writes with locked
//! instructions takes what is left of threads that have ended. So that neither first meetings nor ends of threads wait
//! for a scrape, they only leave a note in the inbox; whoever holds the ledger reads it ([`Rows::tidy`]), and looks
//! again after he has let go of it ([`Rows::try_tidy`]), so that no note lies there for long.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, TryLockError};

use super::LiveView;
use super::chunk::{Chunk, EVERYBODY, Target};
use super::recipe::{Reading, Recipe};
use super::table::Table;

/// How many words of a crowded view may belong to threads, of all together, to the chunk: a megabyte. What more they
/// count they share, so that what a row takes does not grow with the number of threads.
pub(super) const MAX_LENT: usize = 1 << 17;

/// The rows of a view.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(super) recipe: Arc<Recipe>,
    pub(super) table: Table,
    /// Where measurements go that would need a row too many. Made by the first of them.
    overflow: OnceLock<usize>,
    overflowed: AtomicU64,
    /// How many words belong to threads.
    lent: AtomicUsize,
    /// The chunks that everybody writes, by number. Made when they are first needed.
    shared: RwLock<Vec<Option<Arc<Chunk>>>>,
    inbox: Mutex<Inbox>,
    ledger: Mutex<Ledger>,
}

/// What threads leave for whoever next holds the ledger.
#[derive(Debug, Default)]
struct Inbox {
    new: Vec<Arc<Chunk>>,
    retired: Vec<Arc<Chunk>>,
}

/// What is to be added up. Nobody who records ever waits for it.
#[derive(Debug, Default)]
struct Ledger {
    /// By number: the chunks that belong to threads.
    live: Vec<Vec<Arc<Chunk>>>,
    /// What each row's sum was when it was last read, if it may only rise. (Floats that are added in another order,
    /// because a thread has ended, make a sum that may be smaller by the last digit.)
    shown: Vec<f64>,
}

impl Rows {
    pub(super) fn new(recipe: Recipe, max: usize) -> Self {
        Self {
            recipe: Arc::new(recipe),
            table: Table::new(max),
            overflow: OnceLock::new(),
            overflowed: AtomicU64::new(0),
            lent: AtomicUsize::new(0),
            shared: RwLock::default(),
            inbox: Mutex::default(),
            ledger: Mutex::default(),
        }
    }

    /// The row of what is too much, beyond the bound. Each call counts as a measurement. A row of that key which was
    /// there before serves: two would be one series twice.
    pub(super) fn overflow(&self, key: impl FnOnce() -> String) -> usize {
        self.overflowed.fetch_add(1, Ordering::Relaxed);
        *self.overflow.get_or_init(|| self.table.add_known(&key()))
    }

    /// How many measurements went to the overflow row.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// The view's number: no other has it, or had it.
    pub(crate) fn number(&self) -> u64 {
        self.recipe.number
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether a thread may have this chunk of its own. If so, it has: retired, the chunk comes back.
    pub(super) fn lend_a_chunk(&self, number: usize) -> bool {
        let words = self.recipe.words_of_a_chunk(number);
        let most = if self.table.is_crowded() {
            MAX_LENT
        } else {
            usize::MAX
        };
        // Relaxed: nothing but the number itself is told.
        let order = Ordering::Relaxed;
        let lent = self
            .lent
            .fetch_update(order, order, |lent| (lent < most).then_some(lent + words));
        lent.is_ok()
    }

    /// Makes a thread's new chunk known.
    pub(super) fn announce(&self, chunk: &Arc<Chunk>) {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.new.push(Arc::clone(chunk));
    }

    /// Reads of the inbox what is new.
    fn take_in_new(&self, live: &mut Vec<Vec<Arc<Chunk>>>) {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        let new = std::mem::take(&mut inbox.new);
        drop(inbox);
        add_new(live, new);
    }

    fn shared(&self, number: usize) -> Option<Arc<Chunk>> {
        let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
        shared.get(number).cloned().flatten()
    }

    /// Reads some rows, one into each reading.
    fn read(&self, rows: Range<usize>, readings: &mut [Reading]) {
        let recipe = &*self.recipe;
        readings.iter_mut().for_each(Reading::reset);
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let Ledger { live, shown } = &mut *ledger;
        // A chunk after the other: the rows of one lie next to each other.
        let (mut start, mut rest) = (rows.start, &mut *readings);
        while !rest.is_empty() {
            let (number, place) = recipe.layout.place_of(start);
            let here = (recipe.layout.rows_of(number).end - start).min(rest.len());
            let (now, later) = std::mem::take(&mut rest).split_at_mut(here);
            let shared = self.shared(number);
            let mut add = |chunk: &Arc<Chunk>| {
                for (words, reading) in chunk.rows_from(place).zip(&mut *now) {
                    reading.add(recipe.kind, words);
                }
            };
            // First those of all, then what is new, too: what is seen to end there has begun here, maybe just now.
            shared.iter().for_each(&mut add);
            self.take_in_new(live);
            live.get(number).into_iter().flatten().for_each(add);
            start += here;
            rest = later;
        }
        if recipe.rounds() {
            if shown.len() < rows.end {
                shown.resize(rows.end, f64::MIN);
            }
            let shown = shown.iter_mut().skip(rows.start);
            for (reading, shown) in readings.iter_mut().zip(shown) {
                if recipe.may_only_rise(reading) {
                    *shown = reading.raise_sum(*shown);
                }
            }
        }
    }
}

impl LiveView {
    /// Where everybody records into a row.
    pub(crate) fn shared_target(self: &Arc<Self>, row: usize) -> Target {
        let (number, place) = self.rows.recipe.layout.place_of(row);
        Target::new(&self.shared_chunk(number), place)
    }

    pub(super) fn shared_chunk(self: &Arc<Self>, number: usize) -> Arc<Chunk> {
        if let Some(chunk) = self.rows.shared(number) {
            return chunk;
        }
        let shared = &self.rows.shared;
        let mut shared = shared.write().unwrap_or_else(PoisonError::into_inner);
        if shared.len() <= number {
            shared.resize(number + 1, None);
        }
        match shared.get_mut(number) {
            Some(place) => {
                Arc::clone(place.get_or_insert_with(|| Chunk::new(self, number, EVERYBODY)))
            }
            None => Chunk::new(self, number, EVERYBODY),
        }
    }

    /// Takes back the chunks of a thread that records here no more.
    pub(super) fn retire(self: &Arc<Self>, chunks: impl Iterator<Item = Arc<Chunk>>) {
        let inbox = &self.rows.inbox;
        let mut inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.retired.extend(chunks);
        drop(inbox);
        self.try_tidy();
    }

    /// Reads the inbox, unless it is empty, or someone holds the ledger: he reads it when he lets go.
    ///
    /// The inbox's lock orders the two. Who looks into it before the note is there has let go of the ledger before, so
    /// he who leaves the note finds the ledger free, or with another who will look again.
    fn try_tidy(self: &Arc<Self>) {
        loop {
            let inbox = &self.rows.inbox;
            let inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
            if inbox.retired.is_empty() {
                return;
            }
            drop(inbox);
            match self.rows.ledger.try_lock() {
                Ok(mut ledger) => self.tidy(&mut ledger),
                Err(TryLockError::Poisoned(ledger)) => self.tidy(&mut ledger.into_inner()),
                Err(TryLockError::WouldBlock) => return,
            }
        }
    }

    /// Takes in new chunks, and moves what retired ones hold to the shared ones: under one hold of the ledger, so that
    /// no reader sees it twice, or not at all.
    fn tidy(self: &Arc<Self>, ledger: &mut Ledger) {
        let inbox = &self.rows.inbox;
        let inbox = std::mem::take(&mut *inbox.lock().unwrap_or_else(PoisonError::into_inner));
        let live = &mut ledger.live;
        add_new(live, inbox.new);
        for retired in inbox.retired {
            if let Some(chunks) = live.get_mut(retired.number) {
                // Not the last one into its place: the order of the additions shows in sums of floats.
                chunks.retain(|chunk| !Arc::ptr_eq(chunk, &retired));
            }
            retired.fold_into(&self.shared_chunk(retired.number));
            self.rows.lent.fetch_sub(retired.len(), Ordering::Relaxed);
        }
    }

    /// Reads the inbox, waiting for the ledger.
    pub(super) fn take_in(self: &Arc<Self>) {
        let ledger = &self.rows.ledger;
        let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        self.tidy(&mut ledger);
        drop(ledger);
        self.try_tidy();
    }

    /// Reads some rows, one into each reading.
    pub(super) fn read(self: &Arc<Self>, rows: Range<usize>, readings: &mut [Reading]) {
        self.rows.read(rows, readings);
        self.try_tidy();
    }
}

/// Adds threads' new chunks to those that are read.
fn add_new(live: &mut Vec<Vec<Arc<Chunk>>>, new: Vec<Arc<Chunk>>) {
    for chunk in new {
        if live.len() <= chunk.number {
            live.resize(chunk.number + 1, Vec::new());
        }
        if let Some(chunks) = live.get_mut(chunk.number) {
            chunks.push(chunk);
        }
    }
}
