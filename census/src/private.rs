//! All that generated code may name. It is not part of the public interface: it changes without notice.
//!
//! **The convention.** Every path to the library in generated code begins with `__private::`, and this file lists what
//! may follow: public types and traits that generated code needs, and hidden functions and types. A public type has no
//! hidden methods. There are two exceptions:
//! - The methods `__count`, `__sum`, `__last_value`, `__default_distribution`, `__distribution` and `__distribution_in` of
//!   `Measure` and `Observed`, by which `view!` makes a view of either, and `__of_static`, by which `#[measure]` makes a
//!   static whose type is an alias of either. A function that is `const` cannot be generic over both. Of `__distribution` and `__distribution_in` there is one for each value type, so that the bounds in `buckets: [0, 16 * MIB]` have the type of
//!   the measure's values.
//! - The methods of `declare/other_names.rs`, whose calls do not compile.
//!
//! (The method of [`Outcome`] is also called by method syntax, but by the macro
//! `outcome!` of this file.)

pub use census_macros::{hold, record, tags, view};
pub use linkme;

// For declarations.
pub use crate::calls::{CallResult, DEFAULT_MEASURES};
pub use crate::declare::description::{paragraph_bytes, paragraph_len};
pub use crate::declare::name::{const_str, default_bytes, default_len};
pub use crate::declare::{
    AnyMeasure, ClosedSet, Count, Distribution, FunctionCell, FunctionMeasures, HasDefaultBuckets,
    HasEveryText, InSet, KnownResults, LastValue, Measure, MeasureCell, Observed, Origin,
    StaticColumn, Sum, TagKey, TagKeyCell, View, ViewCell,
};
pub use crate::declare::{
    Buckets, DEFAULT_GROWTH, FUNCTIONS, MEASURES, StaticViewSource, TAG_KEYS, VIEWS, ValueBits,
    and_native, column, columns, function_name, measure_cell, static_measure, static_observed,
    static_tag_key, static_view, tag_key_cell, total_measure_cell,
};

pub use crate::observe::{
    OBSERVATIONS, ReadingFunction, Readings, StaticObservation, StaticReading, reading,
};

// For checks of the paths that the user wrote.
pub use crate::declare::check::{
    DurationMeasure, GivenBuckets, IdleTime, InFlightMeasure, MeasureWithIdle, NumberMeasure,
    RecordedNotRead, SignedMeasure, StaticMeasure, StaticTagKey, TotalMeasure, duration_measure,
    given_buckets, idle_time, in_flight_measure, measure, measure_with_idle, number_measure,
    recorded_measure, signed_measure, tag_key,
};
pub use crate::declare::check_places::{
    AsMeasure, AsTagKey, HeldMeasure, RecordedMeasure, TypedTagKey, as_measure, as_tag_key,
};

// For recording.
pub use crate::record::{
    Call, CallExemplar, CallPlan, InfallibleCall, Measured, OptionalValue, call, call_exemplar,
    call_label, exemplar_label, hold, measurement, record, record_if_viewed, record_literals,
    record_one, version, viewed, wants_exemplar,
};
pub use crate::tags::{
    AsTagValue, Tag, TagMap, TagValue, TagValueRef, TypedValue, known_tag, literal_tag,
    owned_tag_value, tag, tag_value, tags,
};

/// A reference to the value that a function returned, for `outcome!`: whether the value is an `Err`, also where its
/// type is an alias of `Result`.
///
/// In `(&Returned(&value)).__census_outcome()` the compiler takes the implementation of [`Outcome`] that needs fewer
/// automatic references: the one for `Returned<Result<T, E>>` where the value is a `Result`, else the one for
/// `&Returned<T>`.
#[derive(Debug)]
pub struct Returned<'a, T>(pub &'a T);

/// See [`Returned`].
pub trait Outcome {
    /// `ok` or `error`. The name is mangled so that it cannot collide with a method of a user's trait.
    fn __census_outcome(&self) -> CallResult;
}

impl<T, E> Outcome for Returned<'_, Result<T, E>> {
    #[inline]
    fn __census_outcome(&self) -> CallResult {
        if self.0.is_ok() {
            CallResult::Ok
        } else {
            CallResult::Error
        }
    }
}

impl<T> Outcome for &Returned<'_, T> {
    #[inline]
    fn __census_outcome(&self) -> CallResult {
        CallResult::Ok
    }
}

/// The call result of a returned value: `error` for an `Err`, `ok` for any other value.
#[doc(hidden)]
#[macro_export]
macro_rules! __census_outcome {
    ($returned:expr) => {{
        use $crate::__private::Outcome as _;
        (&$crate::__private::Returned($returned)).__census_outcome()
    }};
}

pub use crate::__census_outcome as outcome;

/// The default name of a measure: `crate/ident`.
#[doc(hidden)]
#[macro_export]
macro_rules! __census_default_name {
    ($ident:literal) => {{
        const __CENSUS_LEN: ::core::primitive::usize =
            $crate::__private::default_len(::core::module_path!(), $ident);
        const __CENSUS_BYTES: [::core::primitive::u8; __CENSUS_LEN] =
            $crate::__private::default_bytes(::core::module_path!(), $ident);
        $crate::__private::const_str(&__CENSUS_BYTES)
    }};
}

pub use crate::__census_default_name as default_name;

/// The first paragraph of a doc comment of which a part is a macro. The parts are separated by line feeds.
#[doc(hidden)]
#[macro_export]
macro_rules! __census_first_paragraph {
    ($($part:expr),+) => {{
        const __CENSUS_DOC: &::core::primitive::str = ::core::concat!($($part, "\n"),+);
        const __CENSUS_LEN: ::core::primitive::usize =
            $crate::__private::paragraph_len(__CENSUS_DOC);
        const __CENSUS_BYTES: [::core::primitive::u8; __CENSUS_LEN] =
            $crate::__private::paragraph_bytes(__CENSUS_DOC);
        $crate::__private::const_str(&__CENSUS_BYTES)
    }};
}

pub use crate::__census_first_paragraph as first_paragraph;

/// An element for `__CENSUS_CELL`, or for another static, in one of the library's slices. The elements are references,
/// because the linker may pad a section of larger elements.
#[doc(hidden)]
#[macro_export]
macro_rules! __census_element {
    ($slice:ident, $cell:ident) => {
        $crate::__private::element! { $slice, $cell, __CENSUS_CELL }
    };
    ($slice:ident, $cell:ident, $static:ident) => {
        const _: () = {
            #[$crate::__private::linkme::distributed_slice($crate::__private::$slice)]
            #[linkme(crate = $crate::__private::linkme)]
            static __CENSUS_ELEMENT: &$crate::__private::$cell = &$static;
        };
    };
}

pub use crate::__census_element as element;

/// A reference to a static with a literal: the recording function finds such a value by its address, without reading the
/// string. (A constant may have several addresses.)
#[doc(hidden)]
#[macro_export]
macro_rules! __census_literal {
    ($literal:literal) => {{
        static __CENSUS_LITERAL: &::core::primitive::str = $literal;
        &__CENSUS_LITERAL
    }};
}

pub use crate::__census_literal as literal;
