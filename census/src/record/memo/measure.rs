//! What a thread knows of a measure: its views, and where their columns' values come from.

use std::sync::{Arc, Weak};

use crate::aggregate::LiveView;
use crate::declare::{MeasureCell, TagKey};
use crate::tags::{Tag, TagMap, TagStr, TagValue, cut};

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
}

/// Stands where there are fewer columns than room.
static UNUSED: &TagKey = &crate::calls::RESULT;

/// Where the columns' values come from, for measurements with tags of certain keys.
struct Shape {
    keys: Vec<TagKey>,
    sources: Vec<Source>,
    /// Whether the scope's tags matter, if all own tags are set.
    needs_scope: bool,
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
        shape.is_none_or(|shape| shape.needs_scope) || tags.iter().any(|tag| !tag.value.is_set())
    }

    /// A tag for each column: the measurement's own, else the scope's, else empty. There are at most `N` columns. The
    /// columns' numbers stand for the places of keys.
    #[inline]
    pub(super) fn values<'a, const N: usize>(
        &'a self,
        shape: usize,
        tags: &'a [Tag<'_>],
        scope: Option<&'a TagMap>,
    ) -> [Tag<'a>; N] {
        let sources = self
            .shapes
            .get(shape)
            .map_or(&[] as &[_], |shape| &shape.sources);
        let mut values = [Tag::new(UNUSED, TagStr::unset()); N];
        let columns = self.columns.iter().zip(sources).zip(1..);
        for (tag, ((column, source), number)) in values.iter_mut().zip(columns) {
            let own = match source {
                Source::Own(number) => tags.get(*number).and_then(|tag| tag.value.get()),
                Source::Several => last_set(tags, column),
                Source::Scope => None,
            };
            let text = own.or_else(|| scope?.get(column).map(TagValue::as_str));
            *tag = Tag {
                key: column,
                value: TagStr::borrowed(cut(text.unwrap_or_default())),
                places: (number, 0),
            };
        }
        values
    }
}

/// The value of a key: the last of its tags that is set, as in `tags!`.
pub(super) fn last_set<'a>(tags: &'a [Tag<'_>], key: &TagKey) -> Option<&'a str> {
    let mut of_key = tags.iter().rev().filter(|tag| tag.key == key);
    of_key.find_map(|tag| tag.value.get())
}

impl Shape {
    fn new(columns: &[TagKey], tags: &[Tag<'_>]) -> Self {
        let sources: Vec<Source> = columns
            .iter()
            .map(|column| {
                let mut own = tags.iter().enumerate().filter(|(_, tag)| tag.key == column);
                match (own.next(), own.next()) {
                    (Some((number, _)), None) => Source::Own(number),
                    (Some(_), Some(_)) => Source::Several,
                    (None, _) => Source::Scope,
                }
            })
            .collect();
        Self {
            keys: tags.iter().map(|tag| tag.key.clone()).collect(),
            needs_scope: sources.iter().any(|source| matches!(source, Source::Scope)),
            sources,
        }
    }

    #[inline]
    fn is_of(&self, tags: &[Tag<'_>]) -> bool {
        let mut keys = self.keys.iter().zip(tags);
        self.keys.len() == tags.len()
            && keys.all(|(known, tag)| known.handle().same(tag.key.handle()))
    }
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
