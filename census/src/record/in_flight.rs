//! The count of a call in flight: one more at its beginning, one less at its end, in the same rows.

use super::cache::{self, InFlightToken, TagAddresses, TargetList};
use crate::declare::{Measure, ValueBits};
use crate::register::{ViewsVersion, current_version};
use crate::tags::Tag;

/// How many tags the count of a call has: the function and the module.
const TAGS: usize = 2;

const ONE: ValueBits = ValueBits(1);
const MINUS_ONE: ValueBits = ValueBits((-1_i64).cast_unsigned());

/// The count of a call in flight.
///
/// *Invariant:* the end is recorded to the rows of the beginning, and to no others. So a view that was registered during the
/// call does not see its end, tags that changed during the call do not matter, and no row falls below zero. At most one of
/// the two fields is set.
#[derive(Debug)]
pub(super) struct InFlight {
    /// Set if the rows follow from the call's own tags.
    token: Option<InFlightToken>,
    /// The targets of the beginning, otherwise. This is rare, so the list is not to make each call larger.
    targets: Option<Box<TargetList>>,
}

impl InFlight {
    /// The count of a call that has not begun.
    pub(super) const NONE: Self = Self {
        token: None,
        targets: None,
    };

    /// Counts the beginning, if the measure has views.
    #[inline]
    pub(super) fn begin<'a>(&mut self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; TAGS]) {
        let Some(version) = current_version(measure.cell()) else {
            return;
        };
        let addresses = tags().map(|tag| TagAddresses::of(&tag));
        if !cache::begin(&mut self.token, version, &addresses, ONE) {
            self.begin_slow(measure, version, tags);
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_slow<'a>(
        &mut self,
        measure: &Measure<i64>,
        version: ViewsVersion,
        tags: impl Fn() -> [Tag<'a>; TAGS],
    ) {
        let targets = self.targets.get_or_insert_with(cache::take_target_list);
        cache::for_each_target(measure.cell(), version, &tags(), |target| {
            target.record(ONE);
            targets.push(target);
        });
        cache::insert_alias(version, &tags());
    }

    /// Counts the end, if the beginning was counted. The tags are those of the beginning.
    #[inline]
    pub(super) fn end<'a>(&mut self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; TAGS]) {
        if let Some(token) = &self.token {
            let addresses = tags().map(|tag| TagAddresses::of(&tag));
            if !cache::end(token, &addresses, MINUS_ONE) {
                end_elsewhere(token, measure, tags);
            }
            self.token = None;
        }
        if self.targets.is_some() {
            self.end_targets();
        }
    }

    #[cold]
    #[inline(never)]
    fn end_targets(&mut self) {
        if let Some(targets) = self.targets.take() {
            cache::end_targets(targets, MINUS_ONE);
        }
    }
}

#[cold]
#[inline(never)]
fn end_elsewhere<'a>(
    token: &InFlightToken,
    measure: &Measure<i64>,
    tags: impl Fn() -> [Tag<'a>; TAGS],
) {
    cache::end_elsewhere(token, measure.cell(), &tags(), MINUS_ONE);
}
