//! All that generated code may name. No part of the interface: it changes without notice.

pub use census_macros::{record, tags, view};
pub use linkme;

use crate::calls::CallResult;
use crate::{AsTagValue as _, TagValueRef};

pub use crate::aggregate::{count, default_distribution, last_value, sum};
pub use crate::declare::check::{
    AsMeasure, AsTagKey, IsInFlight, IsLatency, IsMeasure, IsOfNumbers, IsSigned, IsTagKey,
    as_measure, as_tag_key, in_flight, latency, measure, of_numbers, signed, tag_key,
};
pub use crate::declare::name::{default_bytes, default_len, default_str};
pub use crate::declare::{
    AnyMeasure, FunctionCell, HasDefaultBuckets, MeasureCell, Origin, TagKeyCell, ViewCell,
};
pub use crate::declare::{
    StaticViewSource, ValueBits, column, columns, function_name, measure_cell,
};
pub use crate::record::{
    Call, CallPlan, InfallibleCall, InfallibleCall as PlainCall, Measured, OptionalValue, call,
    exemplar_label, measurement, record, record_if_viewed, record_one, viewed,
};
pub use crate::register::ViewsVersion;
pub use crate::register::{
    CENSUS_0_1_FUNCTIONS as FUNCTIONS, CENSUS_0_1_MEASURES as MEASURES,
    CENSUS_0_1_TAG_KEYS as TAG_KEYS, CENSUS_0_1_VIEWS as VIEWS,
};
pub use crate::tags::{Tag, literal_tag, tag, tags};

/// Whether a value is an `Err`, also where its type is an alias: `(&Returned(&value)).__census_outcome()` takes the method that
/// needs fewer references.
#[derive(Debug)]
pub struct Returned<'a, T>(pub &'a T);

/// See [`Returned`].
pub trait Outcome {
    /// `ok` or `error`. (Whoever is called by a method's name had better have one of his own.)
    fn __census_outcome(&self) -> TagValueRef<'static>;
}

impl<T, E> Outcome for Returned<'_, Result<T, E>> {
    fn __census_outcome(&self) -> TagValueRef<'static> {
        let result = if self.0.is_ok() {
            &CallResult::Ok
        } else {
            &CallResult::Error
        };
        result.as_tag_value()
    }
}

impl<T> Outcome for &Returned<'_, T> {
    fn __census_outcome(&self) -> TagValueRef<'static> {
        CallResult::Ok.as_tag_value()
    }
}

/// `ok`, or `error` if what was returned is an `Err`.
#[doc(hidden)]
#[macro_export]
macro_rules! __census_outcome {
    ($returned:expr) => {{
        use $crate::__private::Outcome as _;
        (&$crate::__private::Returned($returned)).__census_outcome()
    }};
}

pub use crate::__census_outcome as outcome;

/// `crate/ident`.
#[doc(hidden)]
#[macro_export]
macro_rules! __census_default_name {
    ($ident:literal) => {{
        const __CENSUS_LEN: ::core::primitive::usize =
            $crate::__private::default_len(::core::module_path!(), $ident);
        const __CENSUS_BYTES: [::core::primitive::u8; __CENSUS_LEN] =
            $crate::__private::default_bytes(::core::module_path!(), $ident);
        $crate::__private::default_str(&__CENSUS_BYTES)
    }};
}

pub use crate::__census_default_name as default_name;
