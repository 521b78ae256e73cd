//! The columns of a measure's views, and the origins of their values: a measurement's own tags, or the scope.

use std::sync::{Arc, Weak};

use super::tag_text::{TagText, last_set};
use crate::aggregate::LiveView;
use crate::declare::{Address, Handle, MeasureCell, TagKey, TagKeyCell};
use crate::register::{ViewsVersion, views_of};
use crate::tags::{Tag, TagMap, TagValue, truncate};

/// How many shapes a layout holds at most. When there are more, all are dropped and made again.
const MAX_SHAPES: usize = 16;

/// The views of a measure, and their columns.
pub(super) struct MeasureLayout {
    version: ViewsVersion,
    /// In the order of their registration. Weak: an unregistered view's rows are freed at once.
    views: Box<[Weak<LiveView>]>,
    /// The columns of all the views, each once.
    columns: Vec<TagKey>,
    shapes: Vec<TagShape>,
}

/// The origins of the columns' values, for measurements whose own tags have certain keys in a certain order.
pub(super) struct TagShape {
    keys: Vec<Handle<TagKeyCell>>,
    addresses: Vec<Address>,
    /// One for each column.
    sources: Vec<ColumnSource>,
    /// Whether a column takes its value from the scope though all own tags are set.
    needs_scope: bool,
    /// Whether the columns' texts can be [found](MeasureLayout::scoped_shape) without the tags' keys: the scope is
    /// needed, all keys have addresses, and no two own tags are of one column.
    is_fast: bool,
}

/// The origin of a column's value. If that tag is not set, the value comes from the scope.
enum ColumnSource {
    /// The measurement's own tag with this index.
    OwnTag(usize),
    /// The last set one of several own tags: two handles may be of one key.
    LastSetTag,
    /// No own tag.
    Scope(TagKey),
}

/// The index of a shape in its layout. It is valid until a shape is added.
#[derive(Clone, Copy)]
pub(super) struct ShapeIndex(usize);

impl MeasureLayout {
    /// The layout of the measure's current views; `None` if it has none.
    pub(super) fn new(cell: &MeasureCell) -> Option<Self> {
        let (version, views) = views_of(cell)?;
        Some(Self {
            version,
            views: views.iter().map(Arc::downgrade).collect(),
            columns: columns_of(&views),
            shapes: Vec::new(),
        })
    }

    pub(super) fn version(&self) -> ViewsVersion {
        self.version
    }

    /// The views that are still registered.
    pub(super) fn views(&self) -> impl Iterator<Item = Arc<LiveView>> {
        self.views.iter().filter_map(Weak::upgrade)
    }

    /// How many views there were when the layout was made.
    pub(super) fn view_count(&self) -> usize {
        self.views.len()
    }

    pub(super) fn column_count(&self) -> usize {
        self.columns.len()
    }

    /// The value of a column, given the values of all columns.
    pub(super) fn column_value<'a>(&self, values: &[&'a str], column: &TagKey) -> &'a str {
        let mut columns = self.columns.iter().zip(values);
        let value = columns.find(|(other, _)| *other == column);
        value.map_or("", |(_, value)| value)
    }

    /// The shape of these tags, which is added if the layout does not have it.
    pub(super) fn find_or_add_shape(&mut self, tags: &[Tag<'_>]) -> ShapeIndex {
        let index = self.shapes.iter().position(|shape| shape.is_of(tags));
        let index = index.unwrap_or_else(|| {
            if self.shapes.len() >= MAX_SHAPES {
                self.shapes.clear();
            }
            self.shapes.push(TagShape::new(&self.columns, tags));
            self.shapes.len() - 1
        });
        ShapeIndex(index)
    }

    pub(super) fn shape(&self, ShapeIndex(index): ShapeIndex) -> Option<&TagShape> {
        self.shapes.get(index)
    }

    /// Whether a measurement took a column from the scope though all its own tags were set.
    pub(super) fn needs_scope(&self) -> bool {
        self.shapes.iter().any(TagShape::needs_scope)
    }

    /// The shape of tags with these keys, if the layout has it, and it is [fast](TagShape::is_fast).
    #[inline]
    pub(super) fn scoped_shape(&self, texts: &[TagText<'_>]) -> Option<&TagShape> {
        let shape = self.shapes.iter().find(|shape| {
            let mut keys = shape.addresses.iter().zip(texts);
            shape.addresses.len() == texts.len() && keys.all(|(key, text)| *key == text.key)
        })?;
        shape.is_fast.then_some(shape)
    }

    /// The values of the columns, of which there are at most `N`: a measurement's own tag, else the scope's, else
    /// empty.
    pub(super) fn column_values<'a, const N: usize>(
        &self,
        ShapeIndex(index): ShapeIndex,
        tags: &'a [Tag<'_>],
        scope: Option<&'a TagMap>,
    ) -> [&'a str; N] {
        let shape = self.shapes.get(index);
        let sources = shape.map_or(&[] as &[_], |shape| &shape.sources);
        let mut values = [""; N];
        let columns = self.columns.iter().zip(sources);
        for (value, (column, source)) in values.iter_mut().zip(columns) {
            let own_value = match source {
                ColumnSource::OwnTag(index) => tags.get(*index).and_then(|tag| tag.value.get()),
                ColumnSource::LastSetTag => last_set(tags, column),
                ColumnSource::Scope(_) => None,
            };
            let own_or_scoped = own_value.or_else(|| scope?.get(column).map(TagValue::as_str));
            *value = truncate(own_or_scoped.unwrap_or_default());
        }
        values
    }
}

impl TagShape {
    fn new(columns: &[TagKey], tags: &[Tag<'_>]) -> Self {
        let source_of = |column: &TagKey| {
            let mut of_column = tags
                .iter()
                .enumerate()
                .filter(|(_, tag)| tag.key == column.handle());
            match (of_column.next(), of_column.next()) {
                (Some((index, _)), None) => ColumnSource::OwnTag(index),
                (Some(_), Some(_)) => ColumnSource::LastSetTag,
                (None, _) => ColumnSource::Scope(column.clone()),
            }
        };
        let sources: Vec<ColumnSource> = columns.iter().map(source_of).collect();
        let has = |is_kind: fn(&ColumnSource) -> bool| sources.iter().any(is_kind);
        let needs_scope = has(|source| matches!(source, ColumnSource::Scope(_)));
        let has_duplicates = has(|source| matches!(source, ColumnSource::LastSetTag));
        let has_addresses = tags.iter().all(|tag| tag.key_address.is_some());
        Self {
            keys: tags.iter().map(|tag| tag.key.clone()).collect(),
            addresses: tags.iter().map(|tag| tag.key_address).collect(),
            needs_scope,
            is_fast: needs_scope && has_addresses && !has_duplicates,
            sources,
        }
    }

    /// Whether a column takes its value from the scope though all own tags are set.
    pub(super) fn needs_scope(&self) -> bool {
        self.needs_scope
    }

    pub(super) fn column_count(&self) -> usize {
        self.sources.len()
    }

    /// The texts of the first `N` columns, for a [fast](Self::is_fast) shape and tags that are all set.
    #[inline]
    pub(super) fn column_texts<'a, const N: usize>(
        &self,
        tags: &[TagText<'a>],
        scope: Option<&'a TagMap>,
    ) -> [TagText<'a>; N] {
        let mut texts = [TagText::NONE; N];
        for ((text, source), number) in texts.iter_mut().zip(&self.sources).zip(1..) {
            let value = match source {
                ColumnSource::OwnTag(index) => tags.get(*index).map(|tag| tag.bytes),
                ColumnSource::LastSetTag => None,
                ColumnSource::Scope(column) => scope
                    .and_then(|scope| scope.get(column))
                    .map(|value| value.as_str().as_bytes()),
            };
            *text = TagText::of_column(number, value.unwrap_or_default());
        }
        texts
    }

    /// Whether the tags have the shape's keys, in the same order.
    #[inline]
    fn is_of(&self, tags: &[Tag<'_>]) -> bool {
        let mut pairs = self.keys.iter().zip(tags);
        self.keys.len() == tags.len() && pairs.all(|(key, tag)| key.ptr_eq(tag.key))
    }
}

/// The columns of all the views, each once.
fn columns_of(views: &[Arc<LiveView>]) -> Vec<TagKey> {
    let mut columns: Vec<TagKey> = Vec::new();
    for column in views.iter().flat_map(|view| &*view.spec.columns) {
        let key = column.key();
        if let Err(place) = columns.binary_search(key) {
            columns.insert(place, key.clone());
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{FUNCTION, MODULE, RESULT};
    use crate::record::cache::tag_text::{column_texts, own_texts};
    use crate::tags::{TagValueRef, literal_tag};

    fn layout() -> MeasureLayout {
        let mut columns = vec![FUNCTION.clone(), MODULE.clone()];
        columns.sort();
        MeasureLayout {
            version: ViewsVersion(16),
            views: Box::default(),
            columns,
            shapes: Vec::new(),
        }
    }

    fn shape_of<'l>(layout: &'l mut MeasureLayout, tags: &[Tag<'_>]) -> &'l TagShape {
        let index = layout.find_or_add_shape(tags);
        layout.shape(index).expect("it was added")
    }

    #[test]
    fn the_scope_is_needed_where_a_column_has_no_own_tag() {
        let mut layout = layout();
        let [function, module, result] =
            [&FUNCTION, &MODULE, &RESULT].map(|key| literal_tag(key, &"x"));
        assert!(!shape_of(&mut layout, &[function, module]).needs_scope);
        assert!(shape_of(&mut layout, &[function, result]).is_fast);
        assert!(!shape_of(&mut layout, &[function, function]).is_fast);
        assert_eq!(layout.shapes.len(), 3);
        let again = layout.find_or_add_shape(&[function, result]);
        assert_eq!(again.0, 1);
    }

    #[test]
    fn the_last_own_tag_that_is_set_counts() {
        let mut layout = layout();
        let tags = [
            literal_tag(&FUNCTION, &"first"),
            literal_tag(&FUNCTION, &"last"),
            Tag::new(&FUNCTION, TagValueRef::unset()),
        ];
        let shape = layout.find_or_add_shape(&tags);
        let values: [&str; 2] = layout.column_values(shape, &tags, None);
        assert_eq!(layout.column_value(&values, &FUNCTION), "last");
        assert_eq!(layout.column_value(&values, &MODULE), "");
    }

    #[test]
    fn both_ways_to_the_columns_agree() {
        let mut layout = layout();
        let mut scope = TagMap::new();
        scope.insert(&MODULE, TagValue::new("scope").expect("it is short"));
        let tags = [literal_tag(&FUNCTION, &"own")];
        let index = layout.find_or_add_shape(&tags);
        let values: [&str; 2] = layout.column_values(index, &tags, Some(&scope));
        let own: Vec<_> = own_texts(&tags).collect();
        let shape = layout.scoped_shape(&own).expect("it needs the scope");
        let texts: [TagText<'_>; 2] = shape.column_texts(&own, Some(&scope));
        let pairs = column_texts(&values).zip(&texts);
        assert!(
            pairs
                .into_iter()
                .all(|(a, b)| (a.key, a.bytes) == (b.key, b.bytes))
        );
    }
}
