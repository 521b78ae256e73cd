//! The long way: by the values of all columns, the measurement's own tags' or the scope's; at a first meeting the views'
//! tables are asked for them.

use std::sync::{Arc, Weak};

use super::measure::MeasureMemo;
use super::texts::{Text, Texts, texts};
use super::{Memo, target_of};
use crate::aggregate::{LiveView, Target};
use crate::declare::{MeasureCell, TagKey, ValueBits};
use crate::register::ViewsVersion;
use crate::tags::{Tag, TagMap, with_current};

impl Memo {
    /// Adds a measurement if its tags and those of the scope tell where it goes.
    #[inline(never)]
    pub(super) fn record_by_columns(
        &self,
        version: ViewsVersion,
        tags: &[Text<'_>],
        bits: ValueBits,
    ) -> bool {
        let measure = self
            .known_measure(version)
            .and_then(|number| self.measures.get(number));
        let Some(shape) = measure.and_then(|measure| measure.scoped_shape(tags)) else {
            return false;
        };
        // See `by_values`.
        let by_columns = ViewsVersion(version.0 + 1);
        with_current(|scope| {
            let known = match shape.columns() {
                1 => self.texts.find(by_columns, &shape.texts::<1>(tags, scope)),
                2 => self.texts.find(by_columns, &shape.texts::<2>(tags, scope)),
                3 => self.texts.find(by_columns, &shape.texts::<3>(tags, scope)),
                columns @ 4..=16 => {
                    let texts = shape.texts::<16>(tags, scope);
                    self.texts
                        .find_any(by_columns, &texts.into_iter().take(columns))
                }
                _ => None,
            };
            known.map(|known| known.record(bits)).is_some()
        })
    }

    /// `None` if the measure's views have changed in this very moment.
    pub(super) fn by_columns(
        &mut self,
        cell: &MeasureCell,
        version: ViewsVersion,
        tags: &[Tag<'_>],
        f: &mut impl FnMut(&Target),
    ) -> Option<()> {
        let number = self.measure(cell, version)?;
        let measure = self.measures.get_mut(number)?;
        let shape = measure.shape(tags);
        let needs_scope = measure.needs_scope(shape, tags);
        let columns = measure.columns.len();
        if measure.needs_scope(shape, &[]) {
            self.scoped |= scoped(version);
        }
        let mut look_up = |scope: Option<&TagMap>| {
            let of = (number, shape, tags, scope);
            match columns {
                0..=2 => self.by_values::<2>(of, !needs_scope, f),
                3..=16 => self.by_values::<16>(of, !needs_scope, f),
                17..=256 => self.by_values::<256>(of, !needs_scope, f),
                _ => None,
            }
        };
        if needs_scope {
            with_current(look_up)
        } else {
            look_up(None)
        }
    }

    /// The number of what is known of a measure, if something is.
    #[inline]
    fn known_measure(&self, version: ViewsVersion) -> Option<usize> {
        let mut numbers = self.by_version.candidates(version.0);
        let number = numbers.find(|number| {
            let measure = self.measures.get(*number as usize);
            measure.is_some_and(|measure| measure.version == version)
        });
        number.map(|number| number as usize)
    }

    /// The number of what is known of a measure.
    fn measure(&mut self, cell: &MeasureCell, version: ViewsVersion) -> Option<usize> {
        if let Some(number) = self.known_measure(version) {
            return Some(number);
        }
        let measure = MeasureMemo::new(cell)?;
        if measure.version != version {
            return None;
        }
        let number = self.measures.len();
        self.by_version
            .insert(version.0, u32::try_from(number).ok()?);
        self.measures.push(measure);
        Some(number)
    }

    /// Looks the values of the columns up, which are all the measurement's `own`, or some of the scope.
    fn by_values<const N: usize>(
        &mut self,
        (number, shape, tags, scope): (usize, usize, &[Tag<'_>], Option<&TagMap>),
        own: bool,
        f: &mut impl FnMut(&Target),
    ) -> Option<()> {
        let Self {
            thread,
            places,
            texts,
            measures,
            shards,
            found,
            ..
        } = self;
        let measure = measures.get(number)?;
        let version = measure.version;
        // Then they are known by the tags alone.
        let own = own && Texts::may_know(tags);
        // Versions with views are even: the next number stands for all columns instead of the measurement's own tags.
        let by_columns = ViewsVersion(version.0 + 1);
        let values = measure.values::<N>(shape, tags, scope);
        let values = values.get(..measure.columns.len())?;
        if !own && let Some(known) = texts.find_any(by_columns, &self::texts(values)) {
            known.each(f);
            return Some(());
        }
        let value_of = |key: &TagKey| {
            let value = values.iter().find(|value| value.key == key);
            value
                .and_then(|value| value.value.get())
                .unwrap_or_default()
        };
        let views = measure.views.iter().filter_map(Weak::upgrade);
        let target = |view: &Arc<LiveView>, row| target_of(shards, *thread, view, row);
        found.find(views, value_of, target);
        found.each(f);
        if let Some(targets) = found.to_remember(measure.views.len()) {
            if own {
                // In both, if they are literals: several measurements at once, or one with an exemplar, go by texts.
                places.insert(version, tags, targets);
                texts.insert(version, tags, targets);
            } else {
                texts.insert(by_columns, values, targets);
            }
        }
        found.clear();
        Some(())
    }
}

/// A bit for a version. Others may have it, too.
#[inline]
pub(super) const fn scoped(version: ViewsVersion) -> u64 {
    1 << (version.0 >> (u64::BITS - 6))
}
