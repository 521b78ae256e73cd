//! The count of a call in flight: one more at its beginning, one less at its end, in the same rows.

use std::mem;

use super::cache::{self, Beginning, InFlightToken, TagAddresses};
use crate::declare::{Measure, ValueBits};
use crate::register::{ViewsVersion, current_version};
use crate::tags::Tag;

/// How many tags the count of a call has: the function and the module.
const TAGS: usize = 2;

const ONE: ValueBits = ValueBits(1);
const MINUS_ONE: ValueBits = ValueBits((-1_i64).cast_unsigned());

/// The count of a call in flight.
///
/// *Invariant:* the end is recorded to the rows of the beginning, and to no others. So a view that was registered
/// during the call does not see its end, tags that changed during the call do not matter, and no row ends below zero.
#[derive(Debug)]
pub(super) struct InFlight(Beginning);

impl InFlight {
    /// The count of a call that has not begun.
    pub(super) const NONE: Self = Self(Beginning::NotCounted);

    /// Counts the beginning, if the measure has views.
    #[inline]
    pub(super) fn begin<'a>(&mut self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; TAGS]) {
        let Some(version) = current_version(measure.cell()) else {
            return;
        };
        let addresses = tags().map(|tag| TagAddresses::of(&tag));
        if !cache::begin(&mut self.0, version, &addresses, ONE) {
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
        let mut targets = cache::take_pooled_list().unwrap_or_default();
        cache::for_each_target(measure.cell(), version, &tags(), |target| {
            target.record(ONE);
            targets.push(target);
        });
        self.0 = Beginning::Targets(targets);
        cache::insert_alias(version, &tags());
    }

    /// Counts the end, if the beginning was counted. Called at most once, with the tags of the beginning.
    #[inline]
    pub(super) fn end<'a>(&mut self, measure: &Measure<i64>, tags: impl Fn() -> [Tag<'a>; TAGS]) {
        match &self.0 {
            Beginning::NotCounted => {}
            Beginning::Token(token) => {
                let addresses = tags().map(|tag| TagAddresses::of(&tag));
                if !cache::end(token, &addresses, MINUS_ONE) {
                    end_elsewhere(token, measure, tags);
                }
            }
            Beginning::Targets(_) => self.end_targets(),
        }
    }

    #[cold]
    #[inline(never)]
    fn end_targets(&mut self) {
        let beginning = mem::replace(&mut self.0, Beginning::NotCounted);
        if let Beginning::Targets(targets) = beginning {
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
