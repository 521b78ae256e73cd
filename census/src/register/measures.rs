//! The measures of the catalogue, by name.

use std::collections::HashMap;

use super::{Problem, ProblemKind};
use crate::declare::{Handle, MeasureCell, WeakHandle};

/// Those of one name are one measure: they have one definition, and feed the same views. A measure made at run time is
/// not kept alive here, but by its handles and the views over it.
#[derive(Default)]
pub(super) struct Measures {
    /// The first registered first.
    by_name: HashMap<String, Vec<WeakHandle<MeasureCell>>>,
    /// How many names there may be before the dead ones are cleared away.
    clear_at: usize,
}

impl Measures {
    /// The live measures of this name.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = Handle<MeasureCell>> {
        self.by_name
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(WeakHandle::upgrade)
    }

    /// The first of them, which says how it is defined.
    pub(super) fn first(&self, name: &str) -> Option<Handle<MeasureCell>> {
        self.named(name).next()
    }

    /// The names.
    pub(super) fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    /// Adds a measure, unless one of its name has another definition.
    pub(super) fn add(&mut self, cell: &Handle<MeasureCell>) -> Result<(), Problem> {
        let descriptor = &cell.descriptor;
        if let Some(first) = self
            .first(&descriptor.name)
            .filter(|first| !first.descriptor.same(descriptor))
        {
            return Err(Problem {
                kind: ProblemKind::Conflict,
                message: format!(
                    "measure `{}` is declared twice, with different definitions",
                    descriptor.name
                ),
                refused: descriptor.origin,
                first: Some(first.descriptor.origin),
            });
        }
        if self.by_name.len() >= self.clear_at {
            self.by_name
                .retain(|_, cells| cells.iter().any(|cell| cell.upgrade().is_some()));
            self.clear_at = 2 * self.by_name.len().max(32);
        }
        let cells = self.by_name.entry(descriptor.name.to_string()).or_default();
        cells.retain(|cell| cell.upgrade().is_some());
        cells.push(cell.downgrade());
        Ok(())
    }
}
