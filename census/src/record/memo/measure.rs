//! What a thread knows of a measure: its views, and where their columns' values come from.

use std::sync::{Arc, Weak};

use super::texts::Text;
use crate::aggregate::LiveView;
use crate::declare::{Address, MeasureCell, TagKey};
use crate::register::{ViewsVersion, views_of};
use crate::tags::{Tag, TagMap, TagValue, TagValueRef, truncate};

/// How many combinations of tag keys it remembers.
const MAX_SHAPES: usize = 16;

/// What a thread remembers of a measure.
pub(super) struct MeasureMemo {
    pub(super) version: ViewsVersion,
    /// Weak: an unregistered view is to be gone, with its rows.
    pub(super) views: Box<[Weak<LiveView>]>,
    /// The columns of all the views, each once.
    pub(super) columns: Vec<TagKey>,
    shapes: Vec<Shape>,
}

/// Stands where there are fewer columns than room.
static UNUSED: &TagKey = &crate::calls::RESULT;

/// Where the columns' values come from, for measurements with tags of certain keys.
pub(super) struct Shape {
    keys: Vec<TagKey>,
    /// The keys' places; 0 of one that is no static.
    places: Vec<usize>,
    sources: Vec<Source>,
    /// Whether the scope's tags matter, if all own tags are set.
    needs_scope: bool,
    /// Whether each own tag is a column of its own or none, and its key's place tells the key.
    is_simple: bool,
}

/// Where a column's value comes from; where that tag is not set, from the scope.
enum Source {
    /// The measurement's own tag of this number.
    Own(usize),
    /// One of several own tags: two handles may be of one key. The last that is set counts, as in `tags!`.
    Several,
    /// Always from the scope.
    Scope(TagKey),
}

impl MeasureMemo {
    /// What a thread knows at its first meeting with these views; the version is theirs.
    pub(super) fn new(cell: &MeasureCell) -> Option<Self> {
        let (version, views) = views_of(cell)?;
        Some(Self {
            version,
            views: views.iter().map(Arc::downgrade).collect(),
            columns: columns(&views),
            shapes: Vec::new(),
        })
    }

    /// The number of the shape for tags of these keys.
    #[inline]
    pub(super) fn shape(&mut self, tags: &[Tag<'_>]) -> usize {
        match self.shapes.iter().position(|shape| shape.is_of(tags)) {
            Some(number) => number,
            None => self.add_shape(tags),
        }
    }

    /// The shape for tags of keys in these places, if it is known, and if the scope matters to it.
    #[inline]
    pub(super) fn scoped_shape(&self, tags: &[Text<'_>]) -> Option<&Shape> {
        let mut shapes = self.shapes.iter();
        let shape = shapes.find(|shape| {
            let mut keys = shape.places.iter().zip(tags);
            shape.places.len() == tags.len() && keys.all(|(known, (key, _))| known == key)
        })?;
        (shape.needs_scope && shape.is_simple).then_some(shape)
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
        let mut values = [Tag::new(UNUSED, TagValueRef::unset()); N];
        let columns = self.columns.iter().zip(sources).zip(1..);
        for (tag, ((column, source), number)) in values.iter_mut().zip(columns) {
            let own = match source {
                Source::Own(number) => tags.get(*number).and_then(|tag| tag.value.get()),
                Source::Several => last_set(tags, column),
                Source::Scope(_) => None,
            };
            let text = own.or_else(|| scope?.get(column).map(TagValue::as_str));
            *tag = Tag {
                key: column,
                value: TagValueRef::borrowed(truncate(text.unwrap_or_default())),
                key_address: Address::stand_in(number),
                value_address: Address::NONE,
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
                    (None, _) => Source::Scope(column.clone()),
                }
            })
            .collect();
        Self {
            keys: tags.iter().map(|tag| tag.key.clone()).collect(),
            places: tags.iter().map(|tag| tag.key_address.get()).collect(),
            needs_scope: sources
                .iter()
                .any(|source| matches!(source, Source::Scope(_))),
            is_simple: tags.iter().all(|tag| tag.key_address.is_some())
                && !sources
                    .iter()
                    .any(|source| matches!(source, Source::Several)),
            sources,
        }
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> usize {
        self.sources.len()
    }

    /// As [`MeasureMemo::values`], of tags that are all set, each of a key of its own. The first `N` columns.
    #[inline]
    pub(super) fn texts<'a, const N: usize>(
        &self,
        tags: &[Text<'a>],
        scope: Option<&'a TagMap>,
    ) -> [Text<'a>; N] {
        let mut texts = [(0, &[] as &[u8]); N];
        for ((text, source), number) in texts.iter_mut().zip(&self.sources).zip(1..) {
            let value = match source {
                Source::Own(number) => tags.get(*number).map(|(_, text)| *text),
                Source::Several => None,
                Source::Scope(column) => scope
                    .and_then(|scope| scope.get(column))
                    .map(|value| value.as_str().as_bytes()),
            };
            *text = (number, value.unwrap_or_default());
        }
        texts
    }

    #[inline]
    fn is_of(&self, tags: &[Tag<'_>]) -> bool {
        let mut keys = self.keys.iter().zip(tags);
        self.keys.len() == tags.len()
            && keys.all(|(known, tag)| known.handle().ptr_eq(tag.key.handle()))
    }
}

/// The columns of all the views, each once.
fn columns(views: &[Arc<LiveView>]) -> Vec<TagKey> {
    let mut columns: Vec<TagKey> = views
        .iter()
        .flat_map(|view| view.spec.columns.iter().map(|column| column.key().clone()))
        .collect();
    columns.sort();
    columns.dedup();
    columns
}
