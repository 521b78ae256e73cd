//! The guard of a measured call.

use super::exemplar::CallExemplar;
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
    start: Start,
    on_drop: OnDrop,
}

/// When a call began.
#[derive(Debug)]
enum Start {
    /// It has not begun, or no duration is measured.
    Unknown,
    At(clock::Instant),
    /// The exemplar has the time.
    WithExemplar(Box<CallExemplar>),
}

/// The effect of dropping a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum OnDrop {
    /// None: the call, which a future will begin, has not begun.
    NotBegun,
    /// The call ends with this result.
    Record(CallResult),
    /// The call ends as `panicked` if the thread is unwinding, and as `ok` otherwise.
    AskThread,
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
            start: Start::Unknown,
            on_drop: OnDrop::Record(CallResult::Panicked),
        }
    }

    /// A call that has not begun, whose measurements have this exemplar.
    pub fn with_exemplar(cell: &'static FunctionCell, exemplar: Option<Box<CallExemplar>>) -> Self {
        let mut this = Self::new(cell);
        if let Some(exemplar) = exemplar {
            this.start = Start::WithExemplar(exemplar);
        }
        this
    }

    /// A call that is dropped without an effect unless [`resume`](Self::resume) begins it.
    pub(super) fn not_begun(cell: &'static FunctionCell, exemplar: Box<CallExemplar>) -> Self {
        let mut this = Self::with_exemplar(cell, Some(exemplar));
        this.on_drop = OnDrop::NotBegun;
        this
    }

    /// Begins the call if it has not begun. Until the next result is set, it ends as `panicked`.
    pub(super) fn resume(&mut self) {
        if let OnDrop::NotBegun = self.on_drop {
            self.begin();
        }
        self.set_result(CallResult::Panicked);
    }

    /// Begins the call, with the tags that are current now.
    #[inline]
    pub fn begin(&mut self) {
        let cell = self.cell;
        if let Some(measure) = cell.in_flight() {
            self.in_flight.begin(measure, || cell.tags(), 1);
        }
        if cell.latencies().iter().any(|measure| measure.is_viewed()) {
            let now = clock::now();
            match &mut self.start {
                Start::WithExemplar(exemplar) => exemplar.start = Some(now),
                start => *start = Start::At(now),
            }
        }
    }

    /// Begins a call that ends as `panicked` if the thread is unwinding, and as `ok` otherwise.
    #[inline]
    pub(super) fn begin_infallible(&mut self) {
        // If the thread is unwinding now, a destructor makes the call, and the thread is unwinding at the call's end, too,
        // even if the call does not panic. (If it does, and the destructor catches the panic, the result is `ok`: nothing
        // tells the cases apart.)
        self.on_drop = if std::thread::panicking() {
            OnDrop::Record(CallResult::Ok)
        } else {
            OnDrop::AskThread
        };
        self.begin();
    }

    /// Records a value taken from the returned one, if its measure has views.
    pub fn value<T: Value, V: OptionalValue<T>>(
        &self,
        measure: &Measure<T>,
        result: TagValueRef<'_>,
        value: impl FnOnce() -> V,
    ) {
        if viewed(measure)
            && let Some(value) = value().into_option()
        {
            let measurement = measurement(measure, value);
            match &self.start {
                Start::WithExemplar(exemplar) => exemplar.record(measurement, &self.tags(result)),
                Start::At(_) | Start::Unknown => {
                    record_one(&measurement, || self.tags(result));
                }
            }
        }
    }

    /// Sets the result with which the call ends when it is dropped.
    #[inline]
    pub const fn set_result(&mut self, result: CallResult) {
        self.on_drop = OnDrop::Record(result);
    }

    /// Ends the call with a result of the user's.
    #[inline]
    pub fn finish(&mut self, result: TagValueRef<'_>) {
        self.on_drop = OnDrop::Done;
        self.end(result);
    }

    #[inline]
    fn end(&mut self, result: TagValueRef<'_>) {
        // Before all else, because reading the clock waits for preceding instructions.
        let elapsed = match &self.start {
            Start::At(start) => clock::elapsed(*start),
            // If the first view of the durations was registered during the call, the start is unknown.
            Start::Unknown => return self.end_in_flight(),
            Start::WithExemplar(_) => return self.end_with_exemplar(result),
        };
        self.end_in_flight();
        for &measure in self.cell.latencies() {
            if viewed(measure) {
                record_one(&measurement(measure, elapsed), || self.tags(result));
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn end_with_exemplar(&mut self, result: TagValueRef<'_>) {
        let start = match &self.start {
            Start::WithExemplar(exemplar) => exemplar.start,
            Start::At(_) | Start::Unknown => None,
        };
        let elapsed = start.map(clock::elapsed);
        self.end_in_flight();
        if let Start::WithExemplar(exemplar) = &self.start
            && let Some(elapsed) = elapsed
        {
            for &measure in self.cell.latencies() {
                exemplar.record(measurement(measure, elapsed), &self.tags(result));
            }
        }
    }

    #[inline]
    fn end_in_flight(&mut self) {
        if let Some(measure) = self.cell.in_flight() {
            self.in_flight.end(measure, 1);
        }
    }

    #[inline]
    fn tags<'a>(&self, result: TagValueRef<'a>) -> [Tag<'a>; 3] {
        let [function, module] = self.cell.tags();
        [function, module, Tag::new(&RESULT, result)]
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        let result = match self.on_drop {
            OnDrop::Record(result) => result,
            OnDrop::AskThread if std::thread::panicking() => CallResult::Panicked,
            OnDrop::AskThread => CallResult::Ok,
            OnDrop::NotBegun | OnDrop::Done => return,
        };
        self.end(result.as_tag_value());
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
