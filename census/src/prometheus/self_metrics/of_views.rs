//! The families of the views and their measures.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::family::{SelfFamily, SelfSample};
use super::heads::{DROPPED, FAILED_OBSERVATIONS, MAX_SERIES, OVERFLOWED, REJECTED, REMOVED, ROWS};

use crate::aggregate::{
    DROPPED_BUSY, DROPPED_INVALID, DROPPED_PANICKED, DROPPED_TOO_LONG, Removal,
};
use crate::collect::CollectedView;
use crate::observe::{self, Reason};
use crate::register;

/// The families, in their order.
pub(super) fn families<'a>(
    views: impl Iterator<Item = CollectedView<'a>> + Clone,
) -> Vec<SelfFamily<'a>> {
    // A view without columns has one row and cannot overflow. Nor can a view that never had a row.
    let with_columns = views.clone().filter(|view| !view.spec().columns.is_empty());
    let growing = with_columns.filter(|view| view.has_had_rows() || view.overflowed() > 0);
    let of_view = |count: fn(CollectedView<'a>) -> u64| {
        let samples = growing.clone();
        samples.map(move |view| SelfSample::new([("view", &*view.spec().name)], count(view)))
    };
    let rejected = register::rejected_values().into_iter();
    let rejected = rejected.map(|(measure, count)| SelfSample::new([("measure", measure)], count));
    let dropped = [
        ("busy", &DROPPED_BUSY),
        ("invalid", &DROPPED_INVALID),
        ("panicked", &DROPPED_PANICKED),
        ("too_long", &DROPPED_TOO_LONG),
    ];
    let dropped = dropped.map(|(reason, count)| {
        // Relaxed: a count orders no other memory.
        SelfSample::new([("reason", reason)], count.load(Ordering::Relaxed))
    });
    vec![
        ROWS.with(of_view(|view| view.row_counts().counted as u64)),
        MAX_SERIES.with(of_view(|view| view.max_series() as u64)),
        OVERFLOWED.with(of_view(CollectedView::overflowed)),
        REMOVED.with(removed_rows(views.clone())),
        REJECTED.with(rejected),
        DROPPED.with(dropped),
        FAILED_OBSERVATIONS.with(failed_observations(views)),
    ]
}

/// How many rows were removed. Views whose rows go when they are idle have zeros for that.
fn removed_rows<'a>(
    views: impl Iterator<Item = CollectedView<'a>>,
) -> impl Iterator<Item = SelfSample<'a>> {
    views.flat_map(|view| {
        Removal::ALL.into_iter().filter_map(move |reason| {
            let value = view.removed_rows(reason);
            let is_shown = value > 0 || reason == Removal::Idle && view.has_idle();
            let labels = [("view", &*view.spec().name), ("reason", reason.label())];
            is_shown.then(|| SelfSample::new(labels, value))
        })
    })
}

/// How often readings have failed. The observed measures of these views have zeros for the reasons that a reading itself can have.
fn failed_observations<'a>(
    views: impl Iterator<Item = CollectedView<'a>>,
) -> impl Iterator<Item = SelfSample<'static>> {
    let measures = views.map(|view| &view.spec().measure.descriptor);
    let observed = measures.filter(|measure| measure.source.is_observed());
    let zeros = observed.flat_map(|measure| {
        [Reason::Deadline, Reason::Panic].map(|reason| ((measure.name.to_string(), reason), 0))
    });
    let mut counts: BTreeMap<(String, Reason), u64> = zeros.collect();
    let failures = observe::failures().into_iter();
    counts.extend(failures.map(|(measure, reason, count)| ((measure, reason), count)));
    counts.into_iter().map(|((measure, reason), value)| {
        let labels = [("measure", measure), ("reason", reason.label().to_owned())];
        SelfSample::new(labels, value)
    })
}
