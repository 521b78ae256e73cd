//! The guard of a measured call.

use super::optional_value::OptionalValue;
use crate::calls::{CallResult, FUNCTION, MODULE, RESULT};
use crate::declare::{FunctionCell, Measure, Value};
use crate::record::clock;
use crate::record::in_flight::InFlight;
use crate::record::measurement::{measurement, record_one, viewed};
use crate::tags::{AsTagValue, Tag, TagValueRef, literal_tag};

/// A call in flight. If it is dropped before it is finished, it ends with the result `panicked`.
///
/// *Invariant:* each call that begins ends once, with one result.
#[doc(hidden)]
#[must_use = "a call that is dropped counts as panicked"]
#[derive(Debug)]
pub struct Call {
    cell: &'static FunctionCell,
    in_flight: InFlight,
    /// `None` before the beginning, and if no duration is measured.
    start: Option<clock::Instant>,
    on_drop: OnDrop,
}

/// The effect of dropping a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum OnDrop {
    /// The call ends with this result.
    Record(CallResult),
    /// None: the call is finished.
    Done,
}

impl Call {
    /// A call that has not begun. It [begins](Self::begin) in place: moving a call costs more than the rest.
    #[inline]
    pub const fn new(cell: &'static FunctionCell) -> Self {
        Self {
            cell,
            in_flight: InFlight::NONE,
            start: None,
            on_drop: OnDrop::Record(CallResult::Panicked),
        }
    }

    /// Begins the call, with the tags that are current now.
    pub fn begin(&mut self) {
        let cell = self.cell;
        if let Some(measure) = cell.in_flight() {
            self.in_flight.begin(measure, || cell.tags(), 1);
        }
        if cell.latencies().iter().any(|measure| measure.is_viewed()) {
            self.start = Some(clock::now());
        }
    }

    /// Records a value taken from the returned one, if its measure has views.
    pub fn value<T: Value, V: OptionalValue<T>>(
        &self,
        measure: &Measure<T>,
        result: TagValueRef<'_>,
        value: impl FnOnce() -> V,
    ) {
        if let Some(version) = viewed(measure)
            && let Some(value) = value().into_option()
        {
            record_one(version, &measurement(measure, value), || self.tags(result));
        }
    }

    /// Sets the result with which the call ends when it is dropped.
    #[inline]
    pub const fn set_result(&mut self, result: CallResult) {
        self.on_drop = OnDrop::Record(result);
    }

    /// Ends the call with a result of the user's.
    pub fn finish(&mut self, result: TagValueRef<'_>) {
        self.on_drop = OnDrop::Done;
        self.end(result);
    }

    fn end(&mut self, result: TagValueRef<'_>) {
        // Before all else, because reading the clock waits for preceding instructions.
        let elapsed = self.start.map(clock::elapsed);
        let cell = self.cell;
        if let Some(measure) = cell.in_flight() {
            self.in_flight.end(measure, || cell.tags(), 1);
        }
        // If the first view of the durations was registered during the call, the start is unknown.
        let Some(elapsed) = elapsed else { return };
        for &measure in cell.latencies() {
            if let Some(version) = viewed(measure) {
                record_one(version, &measurement(measure, elapsed), || {
                    self.tags(result)
                });
            }
        }
    }

    #[inline]
    fn tags<'a>(&self, result: TagValueRef<'a>) -> [Tag<'a>; 3] {
        let [function, module] = self.cell.tags();
        [function, module, Tag::new(&RESULT, result)]
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let OnDrop::Record(result) = self.on_drop {
            self.end(result.as_tag_value());
        }
    }
}

impl FunctionCell {
    /// The tags that all measurements of a call have.
    #[inline]
    fn tags(&'static self) -> [Tag<'static>; 2] {
        [
            literal_tag(&FUNCTION, self.name()),
            literal_tag(&MODULE, self.module()),
        ]
    }
}
