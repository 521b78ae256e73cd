//! What each thread remembers: for a measure and the values of all its views' columns, the rows that these mean.
//!
//! It is a cache. It may be thrown away at any time, and is when the measure's views change, or when it is full.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;

use crate::aggregate::{Found, LiveView, Row};
use crate::declare::{MeasureCell, TagKey};
use crate::tags::{TagMap, TagStr, TagValue, cut, packed, with_current};

/// How many sets of tag values a thread remembers for one measure.
const MAX_SETS: usize = 4096;

/// Counts views that were unregistered: what is remembered of them is to go.
static UNREGISTERED: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::default();
}

#[derive(Default)]
struct Memo {
    /// By the address of the measure's cell. An address may be used again by another measure; its version is not.
    measures: HashMap<usize, MeasureMemo, RandomState>,
    /// What `UNREGISTERED` was when those without views were last forgotten.
    unregistered: u64,
    /// The key that is being looked up.
    key: String,
}

struct MeasureMemo {
    version: u64,
    /// Weak: an unregistered view is to be gone, with all its rows but those remembered here.
    views: Box<[Weak<LiveView>]>,
    columns: Vec<TagKey>,
    sets: HashMap<Box<str>, Box<[Arc<Row>]>, RandomState>,
}

/// Calls `f` with the rows that a measurement with `tags` goes to.
pub(super) fn with_rows(
    cell: &MeasureCell,
    version: u64,
    tags: &[(&TagKey, TagStr<'_>)],
    mut f: impl FnMut(&[Arc<Row>]),
) {
    let hit = MEMO.try_with(|memo| {
        let memo = &mut *memo.try_borrow_mut().ok()?;
        memo.forget();
        let Memo { measures, key, .. } = memo;
        let measure = measures
            .entry(address(cell))
            .or_insert_with(MeasureMemo::empty);
        if measure.version != version {
            *measure = MeasureMemo::new(cell);
        }
        write_key(key, &measure.columns, tags);
        if let Some(rows) = measure.sets.get(key.as_str()) {
            f(rows);
            return Some(());
        }
        let (now, views) = cell.wiring.views();
        if now != measure.version {
            // The views changed in this very moment: let the next measurement start anew.
            *measure = MeasureMemo::empty();
            return None;
        }
        let found = find(&views, &measure.columns, key);
        f(&found.rows);
        if !found.overflowed {
            if measure.sets.len() >= MAX_SETS {
                measure.sets.clear();
            }
            measure
                .sets
                .insert(Box::from(key.as_str()), found.rows.into());
        }
        Some(())
    });
    if !matches!(hit, Ok(Some(()))) {
        // Also where the memo cannot be reached: the thread is ending.
        let (_, views) = cell.wiring.views();
        let columns = columns(&views);
        let mut key = String::new();
        write_key(&mut key, &columns, tags);
        f(&find(&views, &columns, &key).rows);
    }
}

/// The rows for exactly these tags.
pub(super) fn rows_of(views: &[Arc<LiveView>], tags: &TagMap) -> FoundRows {
    let columns = columns(views);
    let mut key = String::new();
    for column in &columns {
        packed::push(&mut key, tags.get(column).map_or("", TagValue::as_str));
    }
    find(views, &columns, &key)
}

/// Has each thread forget the measures whose views are gone, this one now, the others when they next record.
pub(crate) fn forget() {
    // Relaxed: whoever sees the number late forgets late.
    UNREGISTERED.fetch_add(1, Ordering::Relaxed);
    let _ = MEMO.try_with(|memo| {
        if let Ok(mut memo) = memo.try_borrow_mut() {
            memo.forget();
        }
    });
}

impl Memo {
    fn forget(&mut self) {
        let unregistered = UNREGISTERED.load(Ordering::Relaxed);
        if self.unregistered != unregistered {
            self.unregistered = unregistered;
            // A measure that has lost only one of its views starts anew with its next measurement.
            self.measures.retain(|_, measure| measure.is_whole());
        }
    }
}

impl MeasureMemo {
    /// Belongs to no version.
    fn empty() -> Self {
        Self {
            version: u64::MAX,
            views: Box::default(),
            columns: Vec::new(),
            sets: HashMap::default(),
        }
    }

    fn new(cell: &MeasureCell) -> Self {
        let (version, views) = cell.wiring.views();
        Self {
            version,
            views: views.iter().map(Arc::downgrade).collect(),
            columns: columns(&views),
            sets: HashMap::default(),
        }
    }

    /// Whether all its views are still there.
    fn is_whole(&self) -> bool {
        self.views.iter().all(|view| view.strong_count() > 0)
    }
}

fn address(cell: &MeasureCell) -> usize {
    std::ptr::from_ref(cell).addr()
}

/// The columns of all the views, each once.
fn columns(views: &[Arc<LiveView>]) -> Vec<TagKey> {
    let mut columns: Vec<TagKey> = views
        .iter()
        .flat_map(|view| view.spec.columns.iter().cloned())
        .collect();
    columns.sort();
    columns.dedup();
    columns
}

/// The values of the columns: the measurement's own, else the scope's, else empty.
fn write_key(key: &mut String, columns: &[TagKey], tags: &[(&TagKey, TagStr<'_>)]) {
    key.clear();
    if columns.is_empty() {
        return;
    }
    with_current(|current| {
        key.clear();
        for column in columns {
            // Two handles may be of one key: the later counts, as in `tags!`.
            let mut of_key = tags.iter().rev().filter(|(tag, _)| *tag == column);
            let own = of_key.find_map(|(_, value)| value.get());
            let value = own.or_else(|| current?.get(column).map(TagValue::as_str));
            packed::push(key, cut(value.unwrap_or_default()));
        }
    });
}

/// The rows that a measurement goes to, one for each view.
pub(super) struct FoundRows {
    pub(super) rows: Vec<Arc<Row>>,
    /// Whether one of them is an overflow row. That is not to be remembered: the next measurement is to be counted, too.
    pub(super) overflowed: bool,
}

/// Asks the views: `key` has the values of `columns`, each view takes those of its own.
fn find(views: &[Arc<LiveView>], columns: &[TagKey], key: &str) -> FoundRows {
    let mut found = FoundRows {
        rows: Vec::with_capacity(views.len()),
        overflowed: false,
    };
    let mut own = String::new();
    for view in views {
        own.clear();
        for column in view.spec.columns.iter() {
            let value = columns
                .iter()
                .zip(packed::iter(key))
                .find(|(other, _)| *other == column);
            packed::push(&mut own, value.map_or("", |(_, value)| value));
        }
        match view.find(&own) {
            Found::Row(row) => found.rows.push(row),
            Found::Overflow(row) => {
                found.overflowed = true;
                found.rows.push(row);
            }
        }
    }
    found
}
