//! Times, as OpenMetrics 1.0.0 writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::prometheus::text_buffer::TextBuffer;

/// Writes a time as seconds since 1970, to the millisecond.
pub(super) fn write_timestamp(out: &mut TextBuffer, time: SystemTime) {
    let time = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    out.push_str(&format!("{}.{:03}", time.as_secs(), time.subsec_millis()));
}
