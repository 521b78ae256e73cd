//! What is under way: one more at its beginning, one less at its end, in the very same rows.

use super::memo::{self, Begun, Kept};
use crate::declare::{Measure, ValueBits};
use crate::register::{ViewsVersion, current_version};
use crate::tags::Tag;

/// The number of tags that tell what is under way.
const TAGS: usize = 2;

const ONE: ValueBits = ValueBits(1);
const MINUS_ONE: ValueBits = ValueBits((-1_i64).cast_unsigned());

/// Something under way.
///
/// It ends where it was counted. So a view that was registered later does not see it end, and tags that have changed
/// meanwhile do not matter: no row goes below zero.
#[derive(Debug)]
pub(super) struct InFlight {
    /// Where it was counted, if its own tags alone lead there.
    begun: Begun,
    /// Where else it was counted: rarely, so it is not to make each call larger.
    kept: Option<Box<Kept>>,
}

impl InFlight {
    /// Nothing is under way yet.
    pub(super) const NONE: Self = Self {
        begun: Begun::NONE,
        kept: None,
    };

    /// Counts one more, if somebody views the measure.
    #[inline]
    pub(super) fn begin<'a>(&mut self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; TAGS]) {
        let Some(version) = current_version(measure.cell()) else {
            return;
        };
        let places = tags().each_ref().map(memo::addresses);
        if !memo::begin(&mut self.begun, version, &places, ONE) {
            self.begin_anew(measure, version, tags);
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_anew<'a>(
        &mut self,
        measure: &Measure<i64>,
        version: ViewsVersion,
        tags: impl Fn() -> [Tag<'a>; TAGS],
    ) {
        let kept = self
            .kept
            .get_or_insert_with(|| Kept::spare().unwrap_or_default());
        memo::each_target(measure.cell(), version, &tags(), |target| {
            target.record(ONE);
            kept.push(target);
        });
        memo::learn(version, &tags());
    }

    /// Counts one less, wherever it was counted: given what it began with.
    #[inline]
    pub(super) fn end<'a>(&mut self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; TAGS]) {
        if self.begun.is_some() {
            let places = tags().each_ref().map(memo::addresses);
            if !memo::end(&self.begun, &places, MINUS_ONE) {
                self.end_elsewhere(measure, tags);
            }
            self.begun = Begun::NONE;
        }
        if self.kept.is_some() {
            self.end_kept();
        }
    }

    #[cold]
    #[inline(never)]
    fn end_elsewhere<'a>(&self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; TAGS]) {
        memo::end_elsewhere(&self.begun, measure.cell(), &tags(), MINUS_ONE);
    }

    #[cold]
    #[inline(never)]
    fn end_kept(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.give_back(|target| memo::take_back(target, MINUS_ONE));
        }
    }
}
