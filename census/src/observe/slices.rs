//! The slice in which the linker gathers the functions that read observed statics. `declare/slices.rs` says how slices
//! are named and which declarations they have. This one is here because its elements know what a reading is given.

use census_macros::linked_slice;

use super::reading_function::StaticObservation;

#[linked_slice]
pub static OBSERVATIONS: [&'static StaticObservation];
