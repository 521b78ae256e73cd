//! What the tests need, and say nothing about.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests, which clippy takes for anything but"
)]

pub(crate) mod exposition;
pub(crate) mod program;
pub(crate) mod tree;
