//! All that generated code may name. No part of the interface: it changes without notice.

pub use census_macros::{record, tags, view};
pub use linkme;

pub use crate::declare::name::{default_bytes, default_len, default_str};
pub use crate::declare::{HasDefaultBuckets, MeasureCell, Origin, TagKeyCell, ViewCell};
pub use crate::declare::{count, default_distribution, last_value, measure, sum};
pub use crate::record::{exemplar_label, measurement, record};
pub use crate::register::{
    CENSUS_0_1_MEASURES as MEASURES, CENSUS_0_1_TAG_KEYS as TAG_KEYS, CENSUS_0_1_VIEWS as VIEWS,
};
pub use crate::tags::{tag, tags};

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
