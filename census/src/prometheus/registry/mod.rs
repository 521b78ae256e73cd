//! The only users of `prometheus-client`: a registry of the user's in an exposition of ours (`user_registry`), and the views
//! in a registry that the user encodes (`collector`).

mod builder;
mod collector;
mod digits;
mod help;
mod line_rewriter;
mod sample_line;
mod user_registry;

#[cfg(feature = "protobuf")]
pub(super) use sample_line::{LabelPart, SampleLine};
