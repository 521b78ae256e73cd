//! Where the linker gathers what was declared, from every crate of the program.

use linkme::distributed_slice;

use super::{FunctionCell, MeasureCell, TagKeyCell, ViewCell};

// A slice is known to the linker by its identifier alone, so the identifier carries the version: two versions of this
// crate in one program must not read each other's elements.

#[doc(hidden)]
#[distributed_slice]
pub static CENSUS_0_1_FUNCTIONS: [&'static FunctionCell];

#[doc(hidden)]
#[distributed_slice]
pub static CENSUS_0_1_MEASURES: [&'static MeasureCell];

#[doc(hidden)]
#[distributed_slice]
pub static CENSUS_0_1_TAG_KEYS: [&'static TagKeyCell];

#[doc(hidden)]
#[distributed_slice]
pub static CENSUS_0_1_VIEWS: [&'static ViewCell];
