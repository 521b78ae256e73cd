//! `nm`: an event belongs to a thread and has no labels, so each label set is an event of its own. An event counts and
//! sums up integers, and has a histogram if it has bounds.

use std::thread::LocalKey;

use nm::{Event, EventBuilder, Magnitude, MetricsPusher, Push};

use crate::case::Case;
use crate::names::NM;
use crate::work::{BUCKETS, ForEachLabelSet, VALUES};

/// The bounds of `work::BUCKETS` in microseconds, because `nm` has only integers.
const MICROSECONDS: &[Magnitude] = &{
    let mut bounds = [0; BUCKETS.len()];
    let mut index = 0;
    while index < bounds.len() {
        bounds[index] = microseconds(BUCKETS[index]);
        index += 1;
    }
    bounds
};

#[expect(
    clippy::cast_possible_truncation,
    reason = "a duration of some seconds"
)]
const fn microseconds(seconds: f64) -> Magnitude {
    // Half a microsecond is added, so that a bound that a float cannot represent is not rounded down.
    (seconds * 1e6 + 0.5) as Magnitude
}

type Events = ForEachLabelSet<Event>;

/// An event for each label set, with names that begin with `prefix`. A thread has each name once.
fn events(prefix: &str, configure: impl Fn(EventBuilder) -> EventBuilder) -> Events {
    ForEachLabelSet::new(|method, status| {
        let name = format!("{prefix}_{}_{}", method.as_str(), status.as_str());
        configure(Event::builder().name(name)).build()
    })
}

fn histograms(prefix: &str) -> Events {
    events(prefix, |builder| builder.histogram(MICROSECONDS))
}

thread_local! {
    static REQUESTS: Events = events("requests", |builder| builder);
    static BOUND: Events = events("bound", |builder| builder);
    static SECONDS: Events = histograms("seconds");
    static BOUND_SECONDS: Events = histograms("bound_seconds");
    static THRICE: Events = histograms("thrice");
    static LITERAL: Event = Event::builder().name("literal_get_ok").build();
    static CALLS: Event = Event::builder().name("calls").histogram(MICROSECONDS).build();

    static PUSHER: MetricsPusher = MetricsPusher::new();
    static PUSHED: ForEachLabelSet<Event<Push>> = ForEachLabelSet::new(|method, status| {
        let name = format!("pushed_{}_{}", method.as_str(), status.as_str());
        Event::builder().name(name).pusher_local(&PUSHER).build()
    });
}

fn counters(events: &'static LocalKey<Events>) -> Case {
    Case::new(NM, |batch| {
        batch.each(|pick| events.with(|events| events.of(pick).observe_once()));
    })
}

fn observed(events: &'static LocalKey<Events>) -> Case {
    Case::new(NM, |batch| {
        batch.each(|pick| {
            let value = microseconds(VALUES.of(pick));
            events.with(|events| events.of(pick).observe(value));
        });
    })
}

pub(crate) fn counter_labels() -> Case {
    counters(&REQUESTS)
}

/// The thread publishes its counts once for each batch. Until then, reports do not have them.
pub(crate) fn counter_pushed() -> Case {
    Case::new("nm, pushed", |batch| {
        batch.each(|pick| PUSHED.with(|events| events.of(pick).observe_once()));
        PUSHER.with(MetricsPusher::push);
    })
}

pub(crate) fn histogram() -> Case {
    observed(&SECONDS)
}

/// One event has all three: the count, the sum and the histogram.
pub(crate) fn three_aggregates() -> Case {
    observed(&THRICE)
}

pub(crate) fn literal() -> Case {
    Case::new(NM, |batch| {
        batch.each(|_| LITERAL.with(Event::observe_once));
    })
}

/// An event is a handle, and the thread's look-up of its events is part of each use.
pub(crate) fn bound_counter() -> Case {
    counters(&BOUND)
}

pub(crate) fn bound_histogram() -> Case {
    observed(&BOUND_SECONDS)
}

/// The clock of `nm` has a resolution of some milliseconds.
pub(crate) fn function() -> Case {
    Case::new("nm, coarse clock", |batch| {
        batch.each(|_| CALLS.with(|event| event.observe_duration_millis(|| ())));
    })
}

#[cfg(test)]
mod tests {
    use nm::Report;

    use super::*;
    use crate::case::Batch;

    const OPERATIONS: usize = 100_000;

    /// The counts of the buckets of each event whose name begins so, after one batch of the case. Without a histogram, the
    /// count of the event.
    fn counts_after(case: &Case, prefix: &str) -> Vec<Vec<u64>> {
        case.run(Batch {
            start: 0,
            operations: OPERATIONS,
        });
        Report::collect()
            .events()
            .filter(|event| event.name().starts_with(prefix))
            .map(|event| {
                let buckets = event.histogram().map(|it| it.counts().collect());
                buckets.unwrap_or_else(|| vec![event.count()])
            })
            .collect()
    }

    #[test]
    fn sixteen_events_count_every_operation() {
        for (case, prefix) in [
            (counter_labels(), "requests_"),
            (counter_pushed(), "pushed_"),
        ] {
            let counts = counts_after(&case, prefix);
            assert_eq!(counts.len(), 16);
            assert_eq!(counts.iter().flatten().sum::<u64>(), OPERATIONS as u64);
        }
    }

    #[test]
    fn histograms_have_the_common_bounds_and_fill_every_bucket() {
        assert_eq!(MICROSECONDS[..3], [1_000, 2_500, 5_000]);
        let counts = counts_after(&histogram(), "seconds_");
        assert_eq!(counts.len(), 16);
        for buckets in counts {
            // One more is above the last bound.
            assert_eq!(buckets.len(), BUCKETS.len() + 1);
            assert!(buckets.into_iter().all(|count| count > 0));
        }
    }
}
