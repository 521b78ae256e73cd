//! What the rows have when nothing runs, and what they must have.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::thread;

use census::Data;
use census_tests::differences::Differences;
use census_tests::ledger::Ledgers;

use super::lives::Key;
use super::{IDLE, Storm};
use crate::keys::KEYS;
use crate::scraped::in_views;
use crate::timeline::{Item, Span, Timeline, nanos};
use crate::views::{Going, Of, amount_of, quiet_rows};

impl Storm {
    /// The measurements with one key that a view has seen.
    fn items(&self, view: &Going, key: usize) -> Vec<Item> {
        let measured = self.measured.lock().expect("no thread panics");
        if view.of != Of::Held {
            let of_key = measured.recorded.iter().filter(|(of, ..)| *of == key);
            return of_key.map(|(_, item, _)| *item).collect();
        }
        let ended = measured.ended.iter().filter(|(of, _)| *of == key);
        let ended = ended.map(|(_, item)| Item {
            amount: if view.is_level { 0 } else { 2 },
            ..*item
        });
        let guards = self.guards.locked();
        let held = guards.iter().filter(|guard| guard.key == key);
        let held = held.map(|guard| Item {
            begin: guard.beginning,
            end: None,
            is_held: true,
            amount: 1,
        });
        ended.chain(held).collect()
    }

    /// Whether a row can have this mark as its last value: the measurement did not end before another began. (Another one that
    /// overlaps a removal may have gone with the removed row.)
    fn may_be_last(&self, mark: u64, key: usize, removals: &[Span]) -> bool {
        let measured = self.measured.lock().expect("no thread panics");
        let of_key = || measured.recorded.iter().filter(|(of, ..)| *of == key);
        let is_counted = |item: &Item| {
            let overlaps = |it: &Span| it.begin <= item.begin.end && it.end >= item.begin.begin;
            !removals.iter().any(overlaps)
        };
        let counted = of_key().filter(|(_, item, _)| is_counted(item));
        let newest = counted.map(|(_, item, _)| item.begin.begin).max();
        let of_mark = of_key().find(|(.., of)| *of == mark);
        of_mark.is_some_and(|(_, item, _)| newest.is_none_or(|newest| item.begin.end >= newest))
    }

    /// What is wrong with the rows of a view, which nothing changes now.
    fn faults(&self, number: usize, since: u64) -> Differences {
        let view = &self.views[number];
        let (read, (rows, mut faults)) = Span::of(|| quiet_rows(view));
        let removed = self.removed.lock().expect("no thread panics");
        for (key, (name, _)) in KEYS.iter().enumerate() {
            let items = self.items(view, key);
            let removals = removed.get(&(number, key));
            let timeline = Timeline {
                items: &items,
                removals: removals.map_or(&[], Vec::as_slice),
                idle: nanos(IDLE),
                since,
                until: read.end,
            };
            let possible = timeline.possible();
            let is_right = match rows.get(&key) {
                None => timeline.may_be_gone(&possible),
                Some(Data::LastValue(mark)) => {
                    let mark = amount_of(key, &Data::LastValue(*mark));
                    self.may_be_last(mark.cast_unsigned(), key, timeline.removals)
                }
                Some(data) => {
                    let amount = amount_of(key, data);
                    possible.iter().any(|range| range.contains(&amount))
                }
            };
            if !is_right {
                let actual = rows.get(&key).map(|data| (amount_of(key, data), data));
                let removals = timeline.removals.len();
                let expected = format!("one of {possible:?} (with {removals} removals)");
                faults.add(
                    view.view.name(),
                    &[(*name).to_owned()],
                    &expected,
                    &format!("{actual:?}"),
                );
            }
        }
        faults
    }

    pub(super) fn check(&self, at: &dyn Display, since: u64, ledgers: &Ledgers<Key>) {
        let mut found = Differences::default();
        for number in 0..self.views.len() {
            found.extend(self.faults(number, since));
        }
        let held = self.views.iter().filter(|view| view.of == Of::Held);
        let held: BTreeSet<&str> = held.map(|view| view.view.name()).collect();
        let found = found.with_threads(|name| {
            ledgers.threads_of(|key| {
                let is_of_view = held.contains(name.view.as_str()) == key.is_held;
                is_of_view && name.tags == [KEYS[key.key].0]
            })
        });
        found.assert_none(at);
    }

    /// Fails the test if a level is not zero.
    pub(super) fn check_levels(&self, at: &dyn Display) {
        for view in self.views.iter().filter(|view| view.is_level) {
            let (rows, _) = quiet_rows(view);
            let is_held = |(key, data): &(&usize, &Data)| amount_of(**key, data) != 0;
            let held: Vec<_> = rows.iter().filter(is_held).collect();
            assert!(held.is_empty(), "{at}, nothing is held any more: {held:?}");
        }
    }
}
/// Fails the test if a row stays that nothing is recorded to.
pub(super) fn check_that_all_go(at: &dyn Display, views: &[Going]) {
    in_views(views).assert_none(at);
    // Each row was read after its last measurement, and the next look comes when the idle time is over.
    thread::sleep(IDLE);
    for view in views {
        let rows = view.view.rows();
        assert!(
            rows.is_empty(),
            "{at}, {} rows of {} were idle and are still there: {rows:?}",
            rows.len(),
            view.view.name()
        );
    }
}
