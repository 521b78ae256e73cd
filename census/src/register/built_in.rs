//! The declarations of the library's own, by module.

use crate::calls;
use crate::declare::BuiltIn;
#[cfg(feature = "process")]
use crate::process;

pub(super) static BUILT_IN: &[&BuiltIn] = &[
    &calls::BUILT_IN,
    #[cfg(feature = "process")]
    &process::BUILT_IN,
];
