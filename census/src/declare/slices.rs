//! The slices in which the linker gathers the declarations of every crate of the program.
//!
//! The linker identifies a slice by its identifier alone. Two versions of this crate may be in one program, and neither
//! may read the other's elements. So [`linked_slice`] gives each static an identifier with the version, such as
//! `CENSUS_0_1_VIEWS`, and an alias without it.
//!
//! Not every declaration of a program is in a slice that the library reads: each executable and each shared object has
//! slices of its own, so a library in a `dylib` does not see the declarations of the executable.
//!
//! Two copies of one version in a program (from two sources) share the identifiers, and `linkme` panics when a slice of
//! them is read. Cargo does not build such a program, because of `links` in `Cargo.toml`. Another build system may.

use std::sync::LazyLock;

use census_macros::linked_slice;
use linkme::DistributedSlice;

use super::{FunctionCell, MeasureCell, TagKeyCell, ViewCell};
use crate::panics;

#[linked_slice]
pub static FUNCTIONS: [&'static FunctionCell];

#[linked_slice]
pub static MEASURES: [&'static MeasureCell];

#[linked_slice]
pub static TAG_KEYS: [&'static TagKeyCell];

#[linked_slice]
pub static VIEWS: [&'static ViewCell];

/// The elements of a slice; none, if there is a second copy of this library.
pub(crate) fn elements<T>(slice: &'static DistributedSlice<[T]>) -> &'static [T] {
    if has_second_copy() { &[] } else { slice }
}

/// Whether the linker has mixed the declarations of two copies of this library.
pub(crate) fn has_second_copy() -> bool {
    static HAS_SECOND_COPY: LazyLock<bool> =
        LazyLock::new(|| panics::catch(|| VIEWS.len()).is_err());
    *HAS_SECOND_COPY
}
