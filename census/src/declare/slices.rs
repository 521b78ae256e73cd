//! The slices in which the linker gathers the declarations of every crate of the program.
//!
//! The linker identifies a slice by its identifier alone. Two versions of this crate may be in one program, and neither
//! may read the other's elements. So [`linked_slice`] gives each static an identifier with the version, such as
//! `CENSUS_0_1_VIEWS`, and an alias without it.

use census_macros::linked_slice;

use super::{FunctionCell, MeasureCell, TagKeyCell, ViewCell};

#[linked_slice]
pub static FUNCTIONS: [&'static FunctionCell];

#[linked_slice]
pub static MEASURES: [&'static MeasureCell];

#[linked_slice]
pub static TAG_KEYS: [&'static TagKeyCell];

#[linked_slice]
pub static VIEWS: [&'static ViewCell];
