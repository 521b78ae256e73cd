//! A value that is in a measure's rows for a time: added at its beginning, subtracted at its end, in the same rows. It is
//! the one of a call in flight, or the value of a [`Held`](super::Held).

use std::mem;

use super::cache::{self, Beginning, TagAddresses};
use crate::aggregate::{Target, TargetName};
use crate::declare::{Measure, ValueBits};
use crate::id::BoundId;
use crate::register::{ViewsVersion, current_version};
use crate::tags::{Carried, Tag, TagMap};

/// A value in flight: one for each call, and that of each [`Held`](super::Held).
///
/// *Invariant:* the end is recorded to the rows of the beginning, and to no others. So a view that was registered
/// meanwhile does not see the end, tags that changed meanwhile do not matter, and no row ends below zero.
#[derive(Debug)]
pub(super) struct InFlight {
    beginning: Beginning,
    /// Where the rows are.
    carried: Carried,
}

impl InFlight {
    /// A value that has not begun.
    pub(super) const NONE: Self = Self {
        beginning: Beginning::NotCounted,
        carried: Carried::NONE,
    };

    /// Adds `value`, if the measure has views, with the tags of the scope and `tags` over them.
    #[inline]
    pub(super) fn begin<'a, const N: usize>(
        &mut self,
        measure: &Measure<i64>,
        tags: impl Fn() -> [Tag<'a>; N],
        value: i64,
    ) {
        let Some(version) = current_version(measure.cell()) else {
            return;
        };
        let addresses = tags().map(|tag| TagAddresses::of(&tag));
        self.carried = Carried::current();
        if !cache::begin(&mut self.beginning, version, addresses, added(value)) {
            self.begin_slow(measure, version, tags, added(value));
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_slow<'a, const N: usize>(
        &mut self,
        measure: &Measure<i64>,
        version: ViewsVersion,
        tags: impl Fn() -> [Tag<'a>; N],
        bits: ValueBits,
    ) {
        self.begin_in_each(bits, |f| {
            cache::for_each_target(measure.cell(), version, &tags(), f);
        });
        if N > 0 {
            cache::insert_alias(version.of_list(), &tags());
        }
    }

    /// Adds `value`, if the measure has views, with exactly these tags, which are those of the bound measure with this
    /// identifier.
    pub(super) fn begin_bound(
        &mut self,
        measure: &Measure<i64>,
        id: BoundId,
        tags: &TagMap,
        value: i64,
    ) {
        let carried = Carried::current_or_of(tags);
        carried.within(|| {
            if let Some(version) = current_version(measure.cell()) {
                self.begin_in_each(added(value), |f| {
                    cache::for_each_bound_target(measure.cell(), version, id, tags, f);
                });
            }
        });
    }

    /// Adds `value`, if the measure has views, with these tags and those of the scope. The rows are kept, whatever the tags
    /// are at the end.
    pub(super) fn begin_with_tags(&mut self, measure: &Measure<i64>, tags: &[Tag<'_>], value: i64) {
        if let Some(version) = current_version(measure.cell()) {
            self.begin_in_each(added(value), |f| {
                cache::for_each_target(measure.cell(), version, tags, f);
            });
        }
    }

    /// Adds a value to all targets that `for_each` finds, and keeps their names for the end.
    fn begin_in_each(&mut self, bits: ValueBits, for_each: impl FnOnce(&mut dyn FnMut(&Target))) {
        let mut rows = cache::take_pooled_list().unwrap_or_default();
        for_each(&mut |target| {
            target.begin(bits);
            rows.push(target);
        });
        self.beginning = Beginning::Rows(rows);
        self.carried = Carried::current();
    }

    /// Subtracts the value, if it was added. Called at most once, with the value of the beginning.
    #[inline]
    pub(super) fn end(&mut self, measure: &Measure<i64>, value: i64) {
        match &self.beginning {
            Beginning::NotCounted => {}
            Beginning::Row(place, name) => {
                if !cache::end(*place, name, subtracted(value)) {
                    self.end_elsewhere(*name, measure, subtracted(value));
                }
            }
            Beginning::Rows(_) => self.end_in_each(measure, subtracted(value)),
        }
    }

    #[cold]
    #[inline(never)]
    fn end_elsewhere(&self, name: TargetName, measure: &Measure<i64>, bits: ValueBits) {
        let end = || cache::end_elsewhere(name, measure.cell(), bits);
        self.carried.within(end);
    }

    #[cold]
    #[inline(never)]
    fn end_in_each(&mut self, measure: &Measure<i64>, bits: ValueBits) {
        let beginning = mem::replace(&mut self.beginning, Beginning::NotCounted);
        if let Beginning::Rows(rows) = beginning {
            let end = || cache::end_in_each(rows, measure.cell(), bits);
            self.carried.within(end);
        }
    }
}

#[inline]
const fn added(value: i64) -> ValueBits {
    ValueBits(value.cast_unsigned())
}

/// The bits of `-value`. Those of `i64::MIN` are its own: sums wrap around, so it is taken back, too.
#[inline]
const fn subtracted(value: i64) -> ValueBits {
    ValueBits(value.wrapping_neg().cast_unsigned())
}
