//! Targets found by what the tags say.

use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Weak};

use foldhash::fast::RandomState;

use super::Tag;
use crate::aggregate::{Index, LiveView, Target};
use crate::declare::{MeasureCell, TagKey};
use crate::tags::{TagMap, TagValue, cut};

/// How many sets of tag values a thread remembers for one measure.
const MAX_SETS: usize = 4096;
/// How many combinations of tag keys it remembers.
const MAX_SHAPES: usize = 16;

/// What a thread remembers of a measure.
pub(super) struct MeasureMemo {
    pub(super) version: u64,
    /// Weak: an unregistered view is to be gone, with its rows.
    pub(super) views: Box<[Weak<LiveView>]>,
    /// The columns of all the views, each once.
    pub(super) columns: Vec<TagKey>,
    shapes: Vec<Shape>,
    sets: Sets,
}

/// Where the columns' values come from, for measurements with tags of certain keys.
struct Shape {
    keys: Vec<TagKey>,
    sources: Vec<Source>,
    /// Whether the scope's tags matter, if all own tags are set.
    pub(super) needs_scope: bool,
}

/// Where a column's value comes from; where that tag is not set, from the scope.
#[derive(Clone, Copy)]
enum Source {
    /// The measurement's own tag of this number.
    Own(usize),
    /// One of several own tags: two handles may be of one key. The last that is set counts, as in `tags!`.
    Several,
    Scope,
}

impl MeasureMemo {
    /// What a thread knows at its first meeting with these views; the version is theirs.
    pub(super) fn new(cell: &MeasureCell) -> Self {
        let (version, views) = cell.wiring.views();
        Self {
            version,
            views: views.iter().map(Arc::downgrade).collect(),
            columns: columns(&views),
            shapes: Vec::new(),
            sets: Sets::default(),
        }
    }

    /// The number of the shape for tags of these keys.
    #[inline]
    pub(super) fn shape(&mut self, tags: &[Tag<'_>]) -> usize {
        match self.shapes.iter().position(|shape| shape.is_of(tags)) {
            Some(number) => number,
            None => self.add_shape(tags),
        }
    }

    fn add_shape(&mut self, tags: &[Tag<'_>]) -> usize {
        if self.shapes.len() >= MAX_SHAPES {
            self.shapes.clear();
        }
        self.shapes.push(Shape::new(&self.columns, tags));
        self.shapes.len() - 1
    }

    /// Whether the tags of the scope matter to measurements with these tags.
    #[inline]
    pub(super) fn needs_scope(&self, shape: usize, tags: &[Tag<'_>]) -> bool {
        let shape = self.shapes.get(shape);
        shape.is_none_or(|shape| shape.needs_scope) || tags.iter().any(|(_, value)| !value.is_set())
    }

    /// The value of a column.
    #[inline]
    pub(super) fn value<'a>(
        &self,
        shape: usize,
        column: usize,
        tags: &'a [Tag<'_>],
        scope: Option<&'a TagMap>,
    ) -> &'a str {
        let source = self
            .shapes
            .get(shape)
            .and_then(|shape| shape.sources.get(column));
        let own = match source {
            Some(Source::Own(number)) => tags.get(*number).and_then(|(_, value)| value.get()),
            Some(Source::Several) => {
                let key = self.columns.get(column);
                let mut of_key = tags.iter().rev().filter(|(tag, _)| Some(*tag) == key);
                of_key.find_map(|(_, value)| value.get())
            }
            Some(Source::Scope) | None => None,
        };
        let value = own.or_else(|| {
            let key = self.columns.get(column)?;
            scope?.get(key).map(TagValue::as_str)
        });
        cut(value.unwrap_or_default())
    }

    /// The targets of a set of values, if it is known, and its hash.
    #[inline]
    pub(super) fn find<'v>(
        &self,
        hasher: &RandomState,
        value: impl Fn(usize) -> &'v str,
    ) -> (u64, Option<&[Target]>) {
        let columns = self.columns.len();
        let mut hash = hasher.build_hasher();
        for column in 0..columns {
            hash.write(value(column).as_bytes());
        }
        let hash = hash.finish();
        let is = |set: u32| self.sets.is(set as usize, columns, &value);
        let set = self.sets.index.find(hash, is);
        (
            hash,
            set.and_then(|set| self.sets.targets(set as usize, self.views.len())),
        )
    }

    /// Remembers a set of values, which has this hash.
    pub(super) fn insert(
        &mut self,
        hash: u64,
        shape: usize,
        tags: &[Tag<'_>],
        scope: Option<&TagMap>,
        targets: &[Target],
    ) {
        let mut sets = std::mem::take(&mut self.sets);
        if sets.len >= MAX_SETS {
            sets = Sets::default();
        }
        let values = (0..self.columns.len()).map(|column| self.value(shape, column, tags, scope));
        sets.add(hash, values, targets);
        self.sets = sets;
    }
}

impl Shape {
    fn new(columns: &[TagKey], tags: &[Tag<'_>]) -> Self {
        let sources: Vec<Source> = columns
            .iter()
            .map(|column| {
                let mut own = tags
                    .iter()
                    .enumerate()
                    .filter(|(_, (key, _))| *key == column);
                match (own.next(), own.next()) {
                    (Some((number, _)), None) => Source::Own(number),
                    (Some(_), Some(_)) => Source::Several,
                    (None, _) => Source::Scope,
                }
            })
            .collect();
        Self {
            keys: tags.iter().map(|(key, _)| (*key).clone()).collect(),
            needs_scope: sources.iter().any(|source| matches!(source, Source::Scope)),
            sources,
        }
    }

    #[inline]
    fn is_of(&self, tags: &[Tag<'_>]) -> bool {
        let mut keys = self.keys.iter().zip(tags);
        self.keys.len() == tags.len()
            && keys.all(|(known, (key, _))| known.handle().same(key.handle()))
    }
}

/// Sets of values, one after the other, and where each goes.
#[derive(Default)]
struct Sets {
    index: Index,
    len: usize,
    texts: Vec<u8>,
    /// Of each value, in `texts`.
    ends: Vec<u32>,
    targets: Vec<Target>,
}

impl Sets {
    #[inline]
    fn is<'v>(&self, set: usize, columns: usize, value: impl Fn(usize) -> &'v str) -> bool {
        let first = set * columns;
        let end = |number: usize| self.ends.get(number).map_or(0, |end| *end as usize);
        let mut start = first.checked_sub(1).map_or(0, end);
        (0..columns).all(|column| {
            let end = end(first + column);
            let known = self.texts.get(start..end);
            start = end;
            known == Some(value(column).as_bytes())
        })
    }

    #[inline]
    fn targets(&self, set: usize, views: usize) -> Option<&[Target]> {
        self.targets.get(set * views..(set + 1) * views)
    }

    fn add<'v>(&mut self, hash: u64, values: impl Iterator<Item = &'v str>, targets: &[Target]) {
        let Ok(set) = u32::try_from(self.len) else {
            return;
        };
        for value in values {
            self.texts.extend_from_slice(value.as_bytes());
            // A few thousand sets of a few hundred bytes.
            self.ends
                .push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        }
        self.targets.extend_from_slice(targets);
        self.index.insert(hash, set);
        self.len += 1;
    }
}

/// The columns of all the views, each once.
pub(super) fn columns(views: &[Arc<LiveView>]) -> Vec<TagKey> {
    let mut columns: Vec<TagKey> = views
        .iter()
        .flat_map(|view| view.spec.columns.iter().cloned())
        .collect();
    columns.sort();
    columns.dedup();
    columns
}
