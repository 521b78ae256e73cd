//! Which measure a view shows and an observation names.

use std::cmp::Ordering;
use std::ops::Deref;

use crate::declare::{Handle, MeasureCell};

/// A measure, by its name and its definition. Of two measures of one name with different definitions the catalogue
/// rejects one, which has no views. Its readings are not those of the other one: their values may be of another type.
#[derive(Clone, Debug)]
pub(crate) struct MeasureKey(Handle<MeasureCell>);

impl MeasureKey {
    pub(crate) fn new(cell: &Handle<MeasureCell>) -> Self {
        Self(cell.clone())
    }

    pub(super) fn name(&self) -> &str {
        &self.descriptor.name
    }

    /// Whether this is the measure of a cell.
    pub(super) fn is(&self, cell: &Handle<MeasureCell>) -> bool {
        self.0.ptr_eq(cell) || self.descriptor.is_same_definition(&cell.descriptor)
    }

    /// What two definitions of one measure have in common: see `MeasureDescriptor::is_same_definition`.
    fn definition(&self) -> (&str, u8, u8, &str, &str) {
        let it = &self.descriptor;
        (
            &it.name,
            it.kind as u8,
            it.source as u8,
            &it.unit,
            &it.description,
        )
    }
}

impl Deref for MeasureKey {
    type Target = MeasureCell;

    fn deref(&self) -> &MeasureCell {
        &self.0
    }
}

impl Ord for MeasureKey {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.0.ptr_eq(&other.0) {
            return Ordering::Equal;
        }
        self.definition().cmp(&other.definition())
    }
}

impl PartialOrd for MeasureKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for MeasureKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for MeasureKey {}
