//! Exemplars, as OpenMetrics writes them.
//!
//! A `prometheus-client` exemplar cannot be made outside that crate, so they are only in scrapes of ours.

use std::fmt::Write as _;
use std::time::UNIX_EPOCH;

use super::help::escape_help;
use crate::aggregate::Exemplar;
use crate::declare::TimeUnit;

/// Adds an exemplar to a bucket's line.
pub(super) fn write_exemplar(out: &mut String, exemplar: &Exemplar, unit: TimeUnit) {
    out.push_str(" # {");
    for (index, (name, value)) in exemplar.labels.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        // A label's value is escaped as an OpenMetrics HELP is. A string takes whatever is written to it.
        let _ = write!(out, "{name}=\"{}\"", escape_help(value, true));
    }
    let time = exemplar.time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let value = exemplar.value.in_unit(unit);
    let _ = write!(
        out,
        "}} {value:?} {}.{:03}",
        time.as_secs(),
        time.subsec_millis()
    );
}
