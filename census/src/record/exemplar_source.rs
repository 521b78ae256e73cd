//! The program's source of exemplars, which is asked for those of measurements that have none of their own.
//!
//! It is asked only if a view of the measure keeps exemplars: `register/interest.rs` says how a measurement learns that.
//! The source is the user's code, and may do anything: it may record, panic, or wait. So it is called while this thread
//! has no lock of the library and its cache is in its slot, and not while it is running on this thread already.

use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use crate::aggregate::{DROPPED_PANICKED, ExemplarLabels, Target};
use crate::declare::ValueBits;
use crate::panics;
use crate::register::ask_for_exemplars;
use crate::tags::{AsTagValue, TagValueRef, with_part};

/// Calls its argument with the labels of an exemplar, if there are some.
type Source = dyn Fn(&mut UseLabels<'_>) + Send + Sync;
type UseLabels<'f> = dyn FnMut(&[(&str, TagValueRef<'_>)]) + 'f;
type UseTarget<'f> = dyn FnMut(&Target) + 'f;

/// The source, once there is one.
type SourceCell = OnceLock<Box<Source>>;

/// Calls `f` with the source of the program, or with that of the isolation that this thread is within.
fn with_source<R>(f: impl FnOnce(&SourceCell) -> R) -> R {
    static SOURCE: SourceCell = OnceLock::new();
    with_part(|| &SOURCE, OnceLock::new, f)
}

thread_local! {
    /// Whether the source is running on this thread.
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// The error of a second call of [`exemplars_from`]: the source of the first call stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExemplarsFromTwice;

impl fmt::Display for ExemplarsFromTwice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the program has a source of exemplars already: call `exemplars_from` once")
    }
}

impl std::error::Error for ExemplarsFromTwice {}

/// Sets the program's source of exemplars: a closure that returns the labels of an exemplar, such as the current trace's,
/// from now on for every measurement that has no `exemplar(…)` of its own. The main function calls it.
///
/// ```standalone_crate
/// use std::cell::Cell;
/// use std::time::Duration;
/// use census::{Measure, measure, view};
///
/// thread_local!(static TRACE_ID: Cell<Option<u64>> = const { Cell::new(None) }); // what a tracing library keeps, say
///
/// #[measure]
/// static LATENCY: Measure<Duration>;
/// view! { static LATENCIES: Distribution<LATENCY>; }
///
/// census::exemplars_from(|| TRACE_ID.get().map(|id| ("trace_id", format!("{id:032x}"))))?;
///
/// TRACE_ID.set(Some(7));
/// LATENCY.record(Duration::from_millis(3));
/// let data = LATENCIES.data();
/// let exemplar = data.rows[0].data.exemplars[0].as_ref().unwrap();
/// assert_eq!(exemplar.labels, [("trace_id".to_owned(), format!("{:032x}", 7))]);
/// # Ok::<(), census::ExemplarsFromTwice>(())
/// ```
///
/// The closure returns labels and their values: an `Option` of one, or an array, a `Vec` or an iterator of several. Without
/// labels, or with values that are not set, the measurement has no exemplar. The labels are checked as those of
/// `exemplar(…)` in [`record!`](macro@crate::record) are, and may have 128 characters in all.
///
/// The closure is called on the thread that records, at the time of the measurement, and only for measures with a
/// [`Distribution`](crate::Distribution): no other aggregation keeps exemplars. It is not called for what a
/// [`hold`](crate::Measure::hold) adds. Measurements that it makes itself have no exemplars. If it panics, the measurement
/// counts without an exemplar, and the panic is counted in `census_dropped_exemplars_total{reason="panicked"}`.
///
/// Without a source, measurements cost nothing for it. With one, measurements of measures with a `Distribution` cost as
/// much as those with an exemplar of their own, and the closure.
///
/// # Errors
/// If there is a source already, which stays.
pub fn exemplars_from<L, V>(
    source: impl Fn() -> L + Send + Sync + 'static,
) -> Result<(), ExemplarsFromTwice>
where
    L: IntoIterator<Item = (&'static str, V)>,
    V: AsTagValue,
{
    let source = move |f: &mut UseLabels<'_>| {
        let labels: Vec<(&str, V)> = source().into_iter().collect();
        if labels.is_empty() {
            return;
        }
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, value)| (*name, value.as_tag_value()))
            .collect();
        f(&labels);
    };
    let is_set = with_source(|first| first.set(Box::new(source)));
    is_set.map_err(|_| ExemplarsFromTwice)?;
    ask_for_exemplars();
    Ok(())
}

/// Records a measurement, whose version says that the source is asked, to the targets that `for_each` finds.
#[cold]
#[inline(never)]
pub(super) fn record(bits: ValueBits, for_each: &dyn Fn(&mut UseTarget<'_>)) {
    let mut is_recorded = false;
    let mut record = |labels: &[(&str, TagValueRef<'_>)]| {
        // At most once, whatever the source does.
        if let Some(labels) = ExemplarLabels::new(labels)
            && !is_recorded
        {
            is_recorded = true;
            for_each(&mut |target| {
                target.record(bits);
                target.keep_exemplar(bits, &labels);
            });
        }
    };
    with_source(|source| {
        if let Some(source) = source.get()
            && !IS_ASKED.replace(true)
        {
            let asked = panics::catch(|| source(&mut record));
            IS_ASKED.set(false);
            if asked.is_err() {
                // Relaxed: a count orders no other memory.
                DROPPED_PANICKED.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    if !is_recorded {
        for_each(&mut |target| target.record(bits));
    }
}
