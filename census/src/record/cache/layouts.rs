//! The layouts of all measures that a thread has recorded.

use super::layout::{MeasureLayout, ShapeIndex};
use crate::aggregate::Index;
use crate::declare::MeasureCell;
use crate::register::ViewsVersion;
use crate::tags::Tag;

/// The layouts of measures, by the version of their views.
#[derive(Default)]
pub(super) struct Layouts {
    measures: Vec<MeasureLayout>,
    /// From versions, which serve as hashes, to indices of `measures`.
    by_version: Index,
    /// The versions of measures with a column that some measurement took from the scope.
    scoped: ScopeBloom,
}

/// A Bloom filter of versions, with one bit for each. Two versions may share a bit, which costs a look-up and nothing
/// else.
#[derive(Clone, Copy, Default)]
struct ScopeBloom(u64);

impl ScopeBloom {
    /// The highest bits of a version are spread best.
    #[inline]
    const fn bit(version: ViewsVersion) -> u64 {
        1 << (version.0 >> (u64::BITS - 6))
    }

    const fn insert(&mut self, version: ViewsVersion) {
        self.0 |= Self::bit(version);
    }

    #[inline]
    const fn may_contain(self, version: ViewsVersion) -> bool {
        self.0 & Self::bit(version) != 0
    }
}

/// The layout and the shape of a measurement. It is valid until another measurement's is looked up.
#[derive(Clone, Copy)]
pub(super) struct MeasurementShape {
    pub(super) layout: LayoutIndex,
    pub(super) shape: ShapeIndex,
    pub(super) columns: usize,
    /// Whether a column takes its value from the scope.
    pub(super) needs_scope: bool,
}

#[derive(Clone, Copy)]
pub(super) struct LayoutIndex(usize);

impl Layouts {
    #[inline]
    pub(super) fn find(&self, version: ViewsVersion) -> Option<&MeasureLayout> {
        self.measures.get(self.index_of(version)?)
    }

    #[inline]
    fn index_of(&self, version: ViewsVersion) -> Option<usize> {
        let mut indices = self.by_version.candidates(version.0);
        let index = indices.find(|index| {
            let layout = self.measures.get(*index as usize);
            layout.is_some_and(|layout| layout.version() == version)
        });
        index.map(|index| index as usize)
    }

    /// The versions of the layouts.
    #[cfg(all(test, census_model))]
    pub(super) fn versions(&self) -> impl Iterator<Item = ViewsVersion> {
        self.measures.iter().map(MeasureLayout::version)
    }

    pub(super) fn get(&self, LayoutIndex(index): LayoutIndex) -> Option<&MeasureLayout> {
        self.measures.get(index)
    }

    /// The layout and the shape of a measurement; they are added if they are not there. `None` if the measure's views
    /// have changed since the version was loaded.
    pub(super) fn shape_of(
        &mut self,
        cell: &MeasureCell,
        version: ViewsVersion,
        tags: &[Tag<'_>],
    ) -> Option<MeasurementShape> {
        let index = match self.index_of(version) {
            Some(index) => index,
            None => self.add(MeasureLayout::new(cell)?, version)?,
        };
        let layout = self.measures.get_mut(index)?;
        let shape = layout.find_or_add_shape(tags);
        let needs_scope = layout.shape(shape)?.needs_scope();
        let columns = layout.column_count();
        if needs_scope {
            self.scoped.insert(version);
        }
        Some(MeasurementShape {
            layout: LayoutIndex(index),
            shape,
            columns,
            needs_scope: needs_scope || tags.iter().any(|tag| !tag.value.is_set()),
        })
    }

    fn add(&mut self, layout: MeasureLayout, version: ViewsVersion) -> Option<usize> {
        if layout.version() != version {
            return None;
        }
        let index = self.measures.len();
        self.by_version
            .insert(version.0, u32::try_from(index).ok()?);
        self.measures.push(layout);
        Some(index)
    }

    /// Drops the layouts of these versions.
    pub(super) fn drop_versions(&mut self, is_ended: impl Fn(ViewsVersion) -> bool) {
        let mut kept = Self::default();
        for layout in self.measures.drain(..) {
            let version = layout.version();
            if !is_ended(version) {
                if layout.needs_scope() {
                    kept.scoped.insert(version);
                }
                kept.add(layout, version);
            }
        }
        *self = kept;
    }

    /// Whether a measurement may need the scope though all its own tags are set. Then the values of all columns are
    /// looked up first.
    #[inline]
    pub(super) const fn may_need_scope(&self, version: ViewsVersion) -> bool {
        self.scoped.may_contain(version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_was_inserted_is_always_contained() {
        let versions = [0, 1, 31, 63].map(|high| ViewsVersion(high << 58));
        let mut bloom = ScopeBloom::default();
        for (index, version) in versions.into_iter().enumerate() {
            assert!(!bloom.may_contain(version));
            bloom.insert(version);
            let inserted = versions.iter().take(index + 1);
            assert!(inserted.copied().all(|version| bloom.may_contain(version)));
        }
    }
}
