//! What a row that may be idle can show, by the times of its measurements.
//!
//! A look removes a row that was not written for the idle time. A measurement is written somewhere between its begin and
//! its end. So there was a moment, the *cut*, with these properties:
//! - For the idle time before it, no measurement lay wholly before it. Otherwise the row was seen to be written.
//! - A guard that was held at the cut, and before, would have kept the row.
//! - What ended before the cut has gone with the row.
//! - What began after the cut is in the new row.
//! - A thread may have been stopped over the cut, after it had found the row: what it measures may be in no row.
//!
//! Removals by the program have a begin and an end, too. Only the last cut matters.

use std::ops::RangeInclusive;
use std::sync::LazyLock;
use std::sync::atomic::{Ordering, fence};
use std::time::{Duration, Instant};

/// Some time, in nanoseconds since the program's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) begin: u64,
    pub(super) end: u64,
}

/// The time now, in nanoseconds since the program's start. What is written before is visible to all threads by then, and
/// what is read after is read later.
pub(super) fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let start = *START;
    fence(Ordering::SeqCst);
    let now = nanos(start.elapsed());
    fence(Ordering::SeqCst);
    now
}

pub(super) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).expect("a short time")
}

impl Span {
    /// Runs a function, and returns when.
    pub(super) fn of<T>(function: impl FnOnce() -> T) -> (Self, T) {
        let begin = now();
        let result = function();
        let span = Self { begin, end: now() };
        (span, result)
    }
}

/// A measurement, or a guard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) begin: Span,
    /// The end of a guard.
    pub(super) end: Option<Span>,
    /// Whether it is a guard that is held now.
    pub(super) is_held: bool,
    /// What it adds to its row by now.
    pub(super) amount: i64,
}

/// All that was measured with one key since there was no row.
pub(super) struct Timeline<'a> {
    pub(super) items: &'a [Item],
    /// Removals of the row by the program.
    pub(super) removals: &'a [Span],
    /// The idle time, in nanoseconds.
    pub(super) idle: u64,
    /// There was no row before.
    pub(super) since: u64,
    /// When the row was read.
    pub(super) until: u64,
}

impl Timeline<'_> {
    /// Which amounts the row can have: one of several ranges.
    pub(super) fn possible(&self) -> Vec<RangeInclusive<i64>> {
        let mut possible = vec![self.if_never_idle()];
        let idle = self.idle_times();
        let guards: Vec<&Item> = self
            .items
            .iter()
            .filter(|it| self.keeps_its_row(it, &idle))
            .collect();
        for cut in &idle {
            let held = |guard: &&&Item| {
                let end = guard.end.map_or(u64::MAX, |end| end.begin);
                guard.begin.end <= cut.begin && end >= cut.end
            };
            if !guards.iter().any(|guard| held(&guard)) {
                // A cut is anywhere in this time, in which nothing ends.
                let most = self.amount(|it| it.begin.end > cut.begin);
                let least = self.amount(|it| it.begin.begin >= cut.end);
                possible.push(least..=most);
            }
        }
        possible
    }

    /// Whether a row that shows nothing can be there or not: it may have gone with everything, or there was nothing.
    pub(super) fn may_be_gone(&self, possible: &[RangeInclusive<i64>]) -> bool {
        self.items.is_empty() || possible.iter().any(|range| range.contains(&0))
    }

    fn if_never_idle(&self) -> RangeInclusive<i64> {
        let newest = |of: fn(&Span) -> u64| self.removals.iter().map(of).max();
        let begun = newest(|span| span.begin);
        let ended = newest(|span| span.end);
        let least = self.amount(|it| ended.is_none_or(|ended| it.begin.begin > ended));
        let most = self.amount(|it| begun.is_none_or(|begun| it.begin.end > begun));
        least..=most
    }

    fn amount(&self, is_there: impl Fn(&Item) -> bool) -> i64 {
        let there = self.items.iter().filter(|it| is_there(it));
        there.map(|it| it.amount).sum()
    }

    /// The times in which the row may have gone because it was idle. In each of them nothing ends.
    fn idle_times(&self) -> Vec<Span> {
        let spans = self.items.iter().flat_map(|it| [Some(it.begin), it.end]);
        let mut spans: Vec<Span> = spans.flatten().collect();
        spans.sort_unstable_by_key(|span| span.end);
        let removed = self.removals.iter().map(|span| span.begin).max();
        // A row is not idle before it was there.
        let mut newest = removed.unwrap_or(0).max(self.since);
        let mut times = Vec::new();
        let mut begin = self.since;
        let ends = spans.iter().map(|span| Some(*span)).chain([None]);
        for next in ends {
            let end = next.map_or(self.until, |next| next.end);
            // What has ended lies wholly before.
            let from = begin.max(newest + self.idle);
            if from < end {
                times.push(Span { begin: from, end });
            }
            if let Some(next) = next {
                newest = newest.max(next.begin);
                begin = next.end;
            }
        }
        times
    }

    /// Whether a guard surely is in the row that is there while it is held.
    fn keeps_its_row(&self, guard: &Item, idle: &[Span]) -> bool {
        let is_guard = guard.is_held || guard.end.is_some();
        let begin = guard.begin;
        let was_removed = self.removals.iter().any(|span| span.end >= begin.begin);
        let may_be_lost = idle
            .iter()
            .any(|cut| cut.begin <= begin.end && cut.end >= begin.begin);
        is_guard && !was_removed && !may_be_lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measurement(begin: u64, end: u64) -> Item {
        Item {
            begin: Span { begin, end },
            end: None,
            is_held: false,
            amount: 1,
        }
    }

    fn possible(items: &[Item], removals: &[(u64, u64)]) -> Vec<RangeInclusive<i64>> {
        let span = |(begin, end): &(u64, u64)| Span {
            begin: *begin,
            end: *end,
        };
        let removals: Vec<Span> = removals.iter().map(span).collect();
        let timeline = Timeline {
            items,
            removals: &removals,
            idle: 100,
            since: 0,
            until: 1_000,
        };
        timeline.possible()
    }

    #[test]
    fn a_row_that_is_always_written_has_everything() {
        let items: Vec<Item> = (0..20)
            .map(|at| measurement(at * 50, at * 50 + 10))
            .collect();
        assert_eq!(possible(&items, &[]), [20..=20]);
        // The seventh began before the removal had ended.
        assert_eq!(possible(&items, &[(305, 325)]), [13..=14]);
    }

    #[test]
    fn a_pause_may_begin_anew_and_a_stopped_thread_may_lose() {
        let mut items: Vec<Item> = (0..10)
            .map(|at| measurement(at * 50, at * 50 + 10))
            .collect();
        items.extend((12..20).map(|at| measurement(at * 50, at * 50 + 10)));
        assert_eq!(possible(&items, &[]), [18..=18, 7..=8]);
        items.push(measurement(455, 605));
        assert_eq!(possible(&items, &[]), [19..=19, 7..=9, 7..=8]);
    }

    #[test]
    fn a_guard_keeps_its_row() {
        let guard = |end: Option<Span>| Item {
            end,
            is_held: end.is_none(),
            ..measurement(0, 1)
        };
        assert_eq!(possible(&[guard(None)], &[]), [1..=1]);
        let ended = guard(Some(Span {
            begin: 500,
            end: 510,
        }));
        // It may have gone while the end was under way, or after it.
        assert_eq!(possible(&[ended], &[]), [1..=1, 0..=0, 0..=0]);
        assert_eq!(possible(&[guard(None)], &[(200, 201)]), [0..=0, 0..=0]);
    }
}
