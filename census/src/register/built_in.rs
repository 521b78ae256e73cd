//! The declarations of the library's own, by module.

use crate::calls;
use crate::declare::BuiltIn;
#[cfg(feature = "process")]
use crate::process;
#[cfg(feature = "tokio")]
use crate::tokio_runtime;

pub(super) static BUILT_IN: &[&BuiltIn] = &[
    &calls::BUILT_IN,
    #[cfg(feature = "process")]
    &process::BUILT_IN,
    #[cfg(feature = "tokio")]
    &tokio_runtime::BUILT_IN,
];
