//! All that generated code may name. No part of the interface: it changes without notice.

pub use census_macros::{record, tags, view};
pub use linkme;

pub use crate::declare::name::{default_bytes, default_len, default_str};
pub use crate::declare::{
    AnyMeasure, FunctionCell, HasDefaultBuckets, MeasureCell, Origin, TagKeyCell, ViewCell,
};
pub use crate::declare::{count, default_distribution, last_value, measure, sum};
pub use crate::record::{
    Call, CallPlan, Measured, OptionalValue, call, exemplar_label, measurement, record,
};
pub use crate::register::{
    CENSUS_0_1_FUNCTIONS as FUNCTIONS, CENSUS_0_1_MEASURES as MEASURES,
    CENSUS_0_1_TAG_KEYS as TAG_KEYS, CENSUS_0_1_VIEWS as VIEWS,
};
pub use crate::tags::{tag, tags};

/// What a bare `#[measure]` on a function records into.
pub const CALLS: &[&dyn AnyMeasure] = &[&crate::calls::LATENCY, &crate::calls::ACTIVE];

/// Whether a value is an `Err`, also where its type is an alias: the method that takes fewer references wins.
///
/// Use as `(&Returned(&value)).outcome()`, with both traits in scope.
#[derive(Debug)]
pub struct Returned<'a, T>(pub &'a T);

/// See [`Returned`].
pub trait ResultOutcome {
    /// `ok` or `error`.
    fn outcome(&self) -> crate::TagStr<'static>;
}

/// See [`Returned`].
pub trait AnyOutcome {
    /// `ok`.
    fn outcome(&self) -> crate::TagStr<'static>;
}

impl<T, E> ResultOutcome for Returned<'_, Result<T, E>> {
    fn outcome(&self) -> crate::TagStr<'static> {
        crate::TagStr::literal(if self.0.is_ok() { "ok" } else { "error" })
    }
}

impl<T> AnyOutcome for &Returned<'_, T> {
    fn outcome(&self) -> crate::TagStr<'static> {
        crate::TagStr::literal("ok")
    }
}

/// `ok`, or `error` if what was returned is an `Err`.
#[doc(hidden)]
#[macro_export]
macro_rules! __census_outcome {
    ($returned:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::{AnyOutcome as _, ResultOutcome as _};
        (&$crate::__private::Returned($returned)).outcome()
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
