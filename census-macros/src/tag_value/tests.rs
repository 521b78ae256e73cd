//! The mistakes.
