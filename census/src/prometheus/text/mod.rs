//! The text formats: OpenMetrics 1.0.0 and Prometheus text 0.0.4.
//!
//! The views are written straight as text. Through the encoder of `prometheus-client`, a line takes a dozen calls of a
//! writer that the encoder does not know, and a bucket's bound is formatted for each row: several times as slow.

mod encode;
mod encoder;
mod escape;
mod exemplar;
mod family_type;
mod head;
mod line_templates;
mod template_cache;
mod timestamp;

pub(super) use encoder::TextFormats;
#[cfg(feature = "prometheus-client")]
pub(super) use {
    escape::escape,
    family_type::{HISTOGRAM, suffixes_of},
    head::{HELP, TYPE, UNIT, write_head},
};
