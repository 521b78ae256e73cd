//! The quick ways: measurements whose places or texts the thread knows.

use super::own;
use super::places::{Entry, Left, addresses, places_of};
use super::texts::{Text, Texts, texts};
use super::{Memo, columns::scoped, each_target};
use crate::declare::{MeasureCell, ValueBits};
use crate::register::ViewsVersion;
use crate::tags::Tag;

/// Adds a measurement: its own tags count, then the scope's.
///
/// There is one such function for each number of tags: that halves what it costs to look at them.
#[inline]
pub(in crate::record) fn record<'a, const N: usize>(
    cell: &MeasureCell,
    version: ViewsVersion,
    tags: impl Fn() -> [Tag<'a>; N],
    bits: ValueBits,
) {
    let places = tags().each_ref().map(addresses);
    // The compiler mostly knows.
    let all_literals = places.iter().all(|(_, value)| *value != 0);
    if !all_literals {
        if !record_texts(version, &tags(), bits) {
            record_unknown(cell, version, &tags(), bits);
        }
    } else if !record_by_place(version, &places, bits) {
        record_anew(cell, version, tags, bits);
    }
}

/// Adds a measurement if all its tags are set, and their texts tell where it goes.
#[inline]
fn record_texts<const N: usize>(
    version: ViewsVersion,
    tags: &[Tag<'_>; N],
    bits: ValueBits,
) -> bool {
    let mut texts = [(0, &[] as &[u8]); N];
    for (text, tag) in texts.iter_mut().zip(tags) {
        let Some(bytes) = tag.value.bytes() else {
            return false;
        };
        *text = (tag.key_address.get(), bytes);
    }
    record_by_text(version, &texts, bits)
}

/// Adds a measurement whose places are new. Apart, so that those which are not have nothing to keep for it.
#[cold]
#[inline(never)]
fn record_anew<'a, const N: usize>(
    cell: &MeasureCell,
    version: ViewsVersion,
    tags: impl Fn() -> [Tag<'a>; N],
    bits: ValueBits,
) {
    let tags = tags();
    if !record_texts(version, &tags, bits) {
        record_unknown(cell, version, &tags, bits);
    } else if N > 0 {
        learn(version, &tags);
    }
}

/// Has the places of tags tell what their texts do, if these do: equal literals lie in several places of a program, and
/// each is to be read but once.
pub(in crate::record) fn learn(version: ViewsVersion, tags: &[Tag<'_>]) {
    own::with_known(|memo| {
        let is_scoped = memo.scoped & scoped(version) != 0;
        if !is_scoped
            && let Some(places) = places_of(tags)
            && Texts::may_know(tags)
            && let Some(known) = memo.texts.find_any(version, &texts(tags))
        {
            memo.places
                .learn(version, tags.len(), places, known.targets());
        }
    });
}

/// Adds a measurement if the places of its tags tell where it goes.
///
/// A count of this thread's own is added here. All else is left to functions that end in its stead: as it calls nobody,
/// it has no registers to save.
#[inline(never)]
pub(super) fn record_by_place<const N: usize>(
    version: ViewsVersion,
    tags: &[(usize, usize); N],
    bits: ValueBits,
) -> bool {
    let Some(memo) = own::lend() else {
        return false;
    };
    // Whether something else has changed does not matter: this is found under its version.
    let index = memo.places.index_of(version, tags);
    let left = memo.places.at(index, version, tags).map(Entry::count);
    match left {
        Some(Left::Nothing) => {
            own::give_back(memo);
            true
        }
        Some(Left::One) => record_at(memo, index, bits),
        Some(Left::All) => record_all(memo, index, bits),
        None => record_behind(memo, index, version, tags, bits),
    }
}

#[inline(never)]
fn record_at(memo: &'static mut Memo, index: usize, bits: ValueBits) -> bool {
    if let Some(target) = memo.places.first_target(index) {
        target.record(bits);
    }
    own::give_back(memo);
    true
}

#[inline(never)]
fn record_all(memo: &'static mut Memo, index: usize, bits: ValueBits) -> bool {
    memo.places.record(index, bits);
    own::give_back(memo);
    true
}

#[inline(never)]
fn record_behind<const N: usize>(
    memo: &'static mut Memo,
    index: usize,
    version: ViewsVersion,
    tags: &[(usize, usize); N],
    bits: ValueBits,
) -> bool {
    let entry = memo.places.find_behind(index, version, tags);
    let found = entry.map(|entry| entry.record(bits)).is_some();
    own::give_back(memo);
    found
}

/// Adds a measurement if the texts of its tags tell where it goes.
#[inline(never)]
fn record_by_text<const N: usize>(
    version: ViewsVersion,
    texts: &[Text<'_>; N],
    bits: ValueBits,
) -> bool {
    let found = own::with(|memo| {
        memo.keep_up();
        if memo.scoped & scoped(version) != 0 && memo.record_by_columns(version, texts, bits) {
            return true;
        }
        let known = memo.texts.find(version, texts);
        known.map(|known| known.record(bits)).is_some()
    });
    found.unwrap_or_default()
}

/// Adds a measurement that may be met for the first time.
#[inline(never)]
pub(in crate::record) fn record_unknown(
    cell: &MeasureCell,
    version: ViewsVersion,
    tags: &[Tag<'_>],
    bits: ValueBits,
) {
    each_target(cell, version, tags, |target| target.record(bits));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::FUNCTION;
    use crate::register::current_version;
    use crate::tags::literal_tag;
    use crate::{CatalogueError, Measure, View};

    /// Two literals that are equal, and lie in different places.
    static TEXTS: [&str; 2] = ["equal", "equal"];

    #[test]
    fn equal_literals_in_two_places_are_both_found_by_their_places() -> Result<(), CatalogueError> {
        let measure = Measure::<u64>::builder("memo/equal_literals").register()?;
        let view = View::count("memo_equal_literals", &measure);
        let view = view.column(&FUNCTION).register()?;
        let version = current_version(measure.cell()).expect("it is viewed");
        for text in &TEXTS {
            let tags = || [literal_tag(&FUNCTION, text)];
            let places = tags().each_ref().map(addresses);
            // The first is met; the second is known by its text.
            record(measure.cell(), version, tags, ValueBits(1));
            assert!(record_by_place(version, &places, ValueBits(1)), "{text}");
        }
        let rows = view.data().rows;
        assert_eq!(rows.first().map(|row| row.data), Some(4));
        Ok(())
    }
}
