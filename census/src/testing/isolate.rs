//! Isolations: a test's own measurements and views.

use std::fmt;

use super::metrics::{Metrics, metrics};
use crate::register;
use crate::tags::{Carried, Isolation, Place, Scope, TagMap, Tagged, WithTags as _};

/// A guard: while it lives, its thread is within an isolation. Made by [`isolate`].
#[must_use = "the isolation ends when the guard is dropped: write `let _isolated = isolate();`"]
pub struct Isolated {
    /// Ends before `carried`, the last reference.
    _scope: Scope,
    carried: Carried,
}

/// From here until the guard is dropped, this thread is within an isolation of its own: it records to other rows than the
/// rest of the program, and sees no others.
///
/// ```standalone_crate
/// use census::testing::isolate;
/// use census::{Measure, TagKey, measure, record, tag, tags, view};
///
/// #[tag]
/// static FRONTEND: TagKey;
/// #[measure]
/// static VIDEO: Measure<u64>;
/// view! { static VIDEOS: Count<VIDEO> by (FRONTEND); }
///
/// fn process_video() {
///     record!(VIDEO = 1, tags(FRONTEND = "ios"));
/// }
///
/// # /*
/// #[test]
/// # */
/// fn videos_are_counted() {
///     let recorded = isolate();
///     process_video();
///     assert_eq!(VIDEOS.data().get(&tags!(FRONTEND = "ios")), Some(&1));
///     recorded.assert_metrics(r#"videos_total{frontend="ios"} 1"#);
/// }
/// # videos_are_counted();
/// # videos_are_counted();
/// ```
///
/// # What an isolation has of its own
///
/// It begins with what is declared in `static`s, and without rows. Its own are: the rows of all views, those of measured
/// functions among them; levels ([`Measure::hold`](crate::Measure::hold), `in_flight`); what is registered and unregistered
/// within it; the [default of `max_series`](crate::set_default_max_series); the [source of
/// exemplars](crate::exemplars_from); observations that are added within it; and the exporters and reporters that are made
/// within it, whichever thread scrapes. Within another isolation, it is the inner one
/// that counts.
///
/// The functions of observed `static`s read the state of the program, which is not isolated. [Testing
/// metrics](crate#testing-metrics) names what else is not.
///
/// # What it follows
///
/// An isolation follows the tags. Code that is handed the current tags, as
/// [`scope`](TagMap::scope) and [`with_tags`](crate::WithTags::with_tags) show, is within it, on any thread. Tags that were
/// not made within an isolation, such as those of another process, leave it as it is. A guard that is dropped elsewhere ends
/// its level in the isolation in which it began. A [`BoundMeasure`](crate::BoundMeasure) that is used outside of all isolations
/// records in the one in which its tags were made.
///
/// A thread or a task that is handed nothing records outside: where such a measurement is missing, the message of
/// [`assert_metrics`](Metrics::assert_metrics) says what the series is outside.
///
/// The guard belongs to its thread, and covers everything that the thread does. For `async` code there is [`isolated`].
/// `let _ = isolate();` ends the isolation at once; `clippy::let_underscore_must_use` and `let_underscore_drop` find this.
pub fn isolate() -> Isolated {
    let scope = new_isolation().enter();
    Isolated {
        carried: Carried::current(),
        _scope: scope,
    }
}

/// This future, within an [isolation](isolate) of its own, on whichever threads it is polled. A task that it spawns is handed
/// the tags, as always: `tokio::spawn(future.with_tags(TagMap::current()))`.
///
/// ```standalone_crate
/// use census::testing::{assert_metrics, isolated};
/// use census::{Measure, measure, view};
///
/// #[measure]
/// static SENT: Measure<u64>;
/// view! { static SENT_BYTES: Sum<SENT>; }
///
/// async fn send(bytes: &[u8]) {
///     SENT.record(bytes.len() as u64);
/// }
///
/// # /*
/// #[tokio::test]
/// # */
/// # #[tokio::main]
/// async fn sent_bytes_are_counted() {
///     isolated(async {
///         send(b"hello").await;
///         assert_metrics("sent_bytes_total 5");
///     })
///     .await
/// }
/// # sent_bytes_are_counted();
/// ```
pub fn isolated<F: Future>(future: F) -> Tagged<F> {
    future.with_tags(new_isolation())
}

/// The current tags, which carry a new isolation.
fn new_isolation() -> TagMap {
    let tags = TagMap::current().carrying(Place::Within(Isolation::new()));
    // Before another thread can be within it.
    tags.clone().scope(register::begin_isolation);
    tags
}

/// As [`Metrics::assert_metrics`], of the isolation that this thread is within or, outside of all isolations, of the program.
///
/// # Panics
/// If a line is missing.
#[track_caller]
pub fn assert_metrics(lines: &str) {
    metrics().assert_metrics(lines);
}

/// As [`Metrics::assert_nothing`], of the isolation that this thread is within or, outside of all isolations, of the program.
///
/// # Panics
/// If something was recorded, or if no view exports samples of this name.
#[track_caller]
pub fn assert_nothing(name: &str) {
    metrics().assert_nothing(name);
}

impl Isolated {
    /// What the views of this isolation have now.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.carried.within(metrics)
    }

    /// As [`Metrics::assert_metrics`], of this isolation.
    ///
    /// # Panics
    /// If a line is missing.
    #[track_caller]
    pub fn assert_metrics(&self, lines: &str) {
        self.metrics().assert_metrics(lines);
    }

    /// As [`Metrics::assert_nothing`], of this isolation.
    ///
    /// # Panics
    /// If something was recorded, or if no view exports samples of this name.
    #[track_caller]
    pub fn assert_nothing(&self, name: &str) {
        self.metrics().assert_nothing(name);
    }
}

impl fmt::Debug for Isolated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Isolated").finish_non_exhaustive()
    }
}
