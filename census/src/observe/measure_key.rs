//! Which measure a view shows and an observation names.

use std::cmp::Ordering;
use std::hash::BuildHasher as _;
use std::ops::Deref;

use foldhash::fast::FixedState;

use crate::declare::{Handle, MeasureCell};

/// A measure, by its name and its definition. Of two measures of one name with different definitions the catalogue
/// rejects one, which has no views. Its readings are not those of the other one: their values may be of another type.
///
/// The order is that of a hash. A run compares the measures of thousands of observations, and names often begin alike.
#[derive(Clone, Debug)]
pub(crate) struct MeasureKey {
    hash: u64,
    cell: Handle<MeasureCell>,
}

impl MeasureKey {
    pub(crate) fn new(cell: &Handle<MeasureCell>) -> Self {
        Self {
            hash: FixedState::default().hash_one(definition(cell)),
            cell: cell.clone(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.descriptor.name
    }

    /// Whether this is the measure of a cell.
    pub(super) fn is(&self, cell: &Handle<MeasureCell>) -> bool {
        self.cell.ptr_eq(cell) || self.descriptor.is_same_definition(&cell.descriptor)
    }
}

/// What two definitions of one measure have in common: see `MeasureDescriptor::is_same_definition`.
fn definition(cell: &MeasureCell) -> (&str, u8, u8, &str, &str) {
    let it = &cell.descriptor;
    (
        &it.name,
        it.kind as u8,
        it.source as u8,
        &it.unit,
        &it.description,
    )
}

impl Deref for MeasureKey {
    type Target = MeasureCell;

    fn deref(&self) -> &MeasureCell {
        &self.cell
    }
}

impl Ord for MeasureKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_hash = self.hash.cmp(&other.hash);
        if by_hash.is_ne() || self.cell.ptr_eq(&other.cell) {
            return by_hash;
        }
        definition(self).cmp(&definition(other))
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
