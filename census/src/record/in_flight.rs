//! What is under way: one more at its beginning, one less at its end, in the very same rows.

use super::memo;
use crate::aggregate::Target;
use crate::declare::Measure;
use crate::tags::Tag;

/// Some things under way. They end when this is dropped.
///
/// It keeps where they were counted. So a view that was registered later does not see them end, and tags that have
/// changed meanwhile do not matter: no row goes below zero.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    target: Option<Target>,
    /// Mostly there is but one target, and then nothing is allocated.
    more: Option<Box<InFlight>>,
}

impl InFlight {
    /// Nothing is under way yet.
    pub(crate) const NONE: Self = Self {
        target: None,
        more: None,
    };

    /// Counts one more, if somebody views the measure.
    #[inline]
    pub(crate) fn begin<'a>(&mut self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; 2]) {
        let cell = measure.cell();
        let Some(version) = cell.wiring.viewed() else {
            return;
        };
        let mut begin = |target: &Target| {
            target.record(1);
            self.keep(target.clone());
        };
        let places = tags().map(|tag| tag.places);
        if !memo::each_placed_target(version, &places, &mut begin) {
            memo::each_target(cell, version, &tags(), begin);
        }
    }

    fn keep(&mut self, target: Target) {
        if self.target.is_none() {
            self.target = Some(target);
        } else {
            self.more.get_or_insert_default().keep(target);
        }
    }

    /// Counts one less, wherever it was counted.
    pub(crate) fn end(&mut self) {
        if let Some(target) = self.target.take() {
            memo::take_back(&target, (-1_i64).cast_unsigned());
        }
        if let Some(more) = &mut self.more {
            more.end();
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.end();
    }
}
